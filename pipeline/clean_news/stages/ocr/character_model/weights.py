"""The weights file of the character model: int8 arrays with a scale per output unit.

A ``.npz`` archive: ``characters`` and ``edits`` (the alphabet, UTF-8), each matrix as int8 with ``NAME_scale``
(float32, one for each column), each bias as float32.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.dictionaries import folder
from clean_news.stages.ocr.character_model.pieces import Alphabet

DILATIONS = (1, 2, 4, 8, 16, 1)  # of the convolutions, in characters
WIDTH_CHARS = 3  # of each convolution: the character, and one on either side at the distance of the dilation
FILE = "character-model.npz"
SEPARATOR = "\x1f"  # between edits
MAX_INT8 = 127.0

Floats = NDArray[np.float32]


class Weights(NamedTuple):
    """The parameters of the network and what its ids stand for.

    Attributes:
        alphabet: the characters and edits.
        embedding: shape (characters, channels).
        convolutions: for each of :data:`DILATIONS`, its weights, of shape (WIDTH_CHARS × channels, channels), and
            its bias.
        first_products: the embeddings times the first convolution; shape (WIDTH_CHARS, characters, channels).
        context: weights of the encoded character in the head; shape (channels, hidden).
        context_bias: shape (hidden,).
        history: weights of the corrected characters before; shape (HISTORY_CHARS, characters, hidden).
        edits: shape (hidden, edits).
        edits_bias: shape (edits,).
    """

    alphabet: Alphabet
    embedding: Floats
    convolutions: tuple[tuple[Floats, Floats], ...]
    first_products: Floats
    context: Floats
    context_bias: Floats
    history: Floats
    edits: Floats
    edits_bias: Floats


def write(path: Path, alphabet: Alphabet, arrays: Mapping[str, Floats]) -> None:
    """Quantise and write the weights.

    Args:
        path: path of the file.
        alphabet: the characters and edits.
        arrays: the parameters by name, as in :class:`Weights`; ``convolutionN`` has shape (offset, input, output).
    """
    stored: dict[str, NDArray[np.generic]] = {
        "characters": np.frombuffer(alphabet.characters.encode(), np.uint8),
        "edits_text": np.frombuffer(SEPARATOR.join(alphabet.edits).encode(), np.uint8),
    }
    for name, array in arrays.items():
        if array.ndim == 1:
            stored[name] = array.astype(np.float32)
            continue
        scale = np.maximum(np.abs(array).max(axis=tuple(range(array.ndim - 1))) / MAX_INT8, 1e-9).astype(np.float32)
        stored[name] = np.rint(array / scale).astype(np.int8)
        stored[f"{name}_scale"] = scale
    with path.open("wb") as file:
        np.savez_compressed(file, **stored)  # type: ignore[arg-type]


def read(path: Path) -> Weights:
    """Read and dequantise the weights.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is no such file.
    """
    with np.load(path, allow_pickle=False) as stored:

        def matrix(name: str) -> Floats:
            dequantised: Floats = stored[name].astype(np.float32) * stored[f"{name}_scale"]
            return dequantised

        def convolution(number: int) -> tuple[Floats, Floats]:
            weights = matrix(f"convolution{number}")
            return weights.reshape(-1, weights.shape[-1]), stored[f"convolution{number}_bias"]

        alphabet = Alphabet(
            stored["characters"].tobytes().decode(), tuple(stored["edits_text"].tobytes().decode().split(SEPARATOR))
        )
        embedding, convolutions = matrix("embedding"), tuple(convolution(number) for number in range(len(DILATIONS)))
        return Weights(
            alphabet,
            embedding,
            convolutions,
            embedding @ convolutions[0][0].reshape(WIDTH_CHARS, *embedding.shape[1:], -1),
            matrix("context"),
            stored["context_bias"],
            matrix("history"),
            matrix("edits"),
            stored["edits_bias"],
        )


@lru_cache(maxsize=1)
def standard() -> Weights:
    """The weights of ``dictionaries/ocr/character-model.npz``."""
    return read(folder() / "ocr" / FILE)
