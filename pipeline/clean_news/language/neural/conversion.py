"""Converts a file of weights once and keeps the result in the user's cache, checked whenever it is opened.

The folder of a converted model is renamed into place when it is complete, and has the SHA-256 of each of its files. It
holds two ONNX models, their weights, which onnxruntime maps into memory, the embeddings, and the tokeniser.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from clean_news.language.neural import network_graph
from clean_news.language.neural.gguf_model import GgufModel, Shape
from clean_news.language.neural.onnx_encoding import Stored
from clean_news.language.neural.weights_file import NeuralModelError, WeightsFile

FORMAT = 1  # of the converted files; increased with every change of them
CONTENTS = "contents.json"
NETWORK, LAST_LAYER, WEIGHTS, EMBEDDINGS, TOKENISER = (
    "network.onnx",
    "last-layer.onnx",
    "weights.bin",
    "embeddings.npy",
    "tokeniser.json",
)
ALIGNMENT = 4096  # bytes; a tensor that is mapped into memory begins at a page


class Contents(msgspec.Struct, frozen=True):
    """What a converted model consists of.

    Attributes:
        name: name of the model; empty if its file has none.
        licence: its licence; empty if its file has none.
        shape: dimensions of the network.
        start_token: the token that begins a text.
        sha256: SHA-256 of each file, in hex, by its name.
    """

    name: str
    licence: str
    shape: Shape
    start_token: int
    sha256: dict[str, str]


def converted(source: WeightsFile, unsigned: bool) -> tuple[Path, Contents]:
    """Return the folder of a converted model and its contents; it is converted if it is not in the cache, or damaged.

    Args:
        source: the file of weights.
        unsigned: whether the last layer's weights are stored as unsigned integers.

    Raises:
        NeuralModelError: if the model is not supported, or the cache cannot be written.
        MissingLibraryError: if a library is not installed.
    """
    from platformdirs import user_cache_path

    kind = "u8" if unsigned else "s8"
    place = user_cache_path("clean-news") / "second-opinion" / f"{source.sha256[:16]}-{kind}-{FORMAT}"
    contents = _checked(place)
    if contents is None:
        try:
            _convert(source, unsigned, place)
        except OSError as error:
            raise NeuralModelError(
                f"{place}: the converted weights of the second opinion cannot be written ({error.strerror}); make room "
                "there, or set another cache folder for your account"
            ) from error
        contents = _checked(place)
    if contents is None:
        raise NeuralModelError(f"{place}: the converted weights of the second opinion are damaged; delete this folder")
    return place, contents


def _checked(place: Path) -> Contents | None:
    """The contents of a converted model; None if there is none, or a file is missing or damaged."""
    try:
        contents = msgspec.json.decode((place / CONTENTS).read_bytes(), type=Contents)
        for name in (NETWORK, LAST_LAYER, WEIGHTS, EMBEDDINGS, TOKENISER):
            with (place / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != contents.sha256.get(name):
                    return None
    except (OSError, msgspec.DecodeError):
        return None
    return contents


def _convert(source: WeightsFile, unsigned: bool, place: Path) -> None:
    """Convert a model in a temporary folder, then put it in its place.

    Raises:
        NeuralModelError, MissingLibraryError: see :func:`converted`.
        OSError: if it cannot be written.
    """
    model = GgufModel(source.path)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="converting-", dir=place.parent) as temporary:
        folder = Path(temporary) / place.name
        folder.mkdir()
        (folder / TOKENISER).write_text(model.tokeniser_json(), encoding="utf-8")
        np.save(folder / EMBEDDINGS, model.weights("token_embd.weight").astype(np.float16))
        with (folder / WEIGHTS).open("wb") as file:
            store = _Weights(file)
            (folder / NETWORK).write_bytes(network_graph.network(model, store, unsigned))
            (folder / LAST_LAYER).write_bytes(network_graph.last_layer(model, store, unsigned))
        sha256 = {}
        for path in sorted(folder.iterdir()):
            with path.open("rb") as file:
                sha256[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
        contents = Contents(model.name, model.licence, model.shape, model.start_token, sha256)
        (folder / CONTENTS).write_bytes(msgspec.json.encode(contents))
        _put_in_place(folder, place)


class _Weights:
    """Appends arrays to a file.

    Args:
        file: the file, empty.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __call__(self, array: NDArray[np.generic]) -> Stored:
        """Append an array; returns its place."""
        self._file.write(bytes(-self._file.tell() % ALIGNMENT))
        offset = self._file.tell()
        self._file.write(array.tobytes())
        return Stored(WEIGHTS, offset, array.nbytes)


def _put_in_place(folder: Path, place: Path) -> None:
    """Rename a folder, whatever another process does with the same place at the same time.

    Raises:
        OSError: if it cannot be renamed, and no whole model of another process is there.
    """
    if place.exists():  # damaged, or just put there by another process
        if _checked(place) is not None:
            return
        os.replace(place, folder.parent / "damaged")  # noqa: PTH105  # fails if another process was faster
    try:
        os.replace(folder, place)  # noqa: PTH105
    except OSError:
        if _checked(place) is None:
            raise
    for older in place.parent.glob(f"{place.name.rpartition('-')[0]}-*"):
        if older != place:
            shutil.rmtree(older, ignore_errors=True)
