"""Runs a converted network with onnxruntime.

The last layer's integer products are exact only on processors that add them up in 32 bits. Those without such an
instruction for unsigned by signed bytes saturate at 16 bits; there its weights are stored as unsigned integers, which
are multiplied at half the speed. A product of the largest numbers shows which processor this is.

Source: https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html (on U8S8 and saturation).
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clean_news.language.neural import conversion
from clean_news.language.neural import onnx_encoding as onnx
from clean_news.language.neural.gguf_model import EXTRA
from clean_news.language.neural.network_graph import HIDDEN, INPUT, MASKED, MAX_POSITIONS
from clean_news.language.neural.weights_file import NeuralModelError, WeightsFile
from clean_news.optional_library import load_optional

ROWS = 16  # of the last layer in one run: its output, of shape (rows, vocabulary), then fits into the cache
TEST_ROWS, TEST_INPUTS, TEST_OUTPUTS = 5, 576, 96
QUIET = 3  # log level: errors only

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Doubles = NDArray[np.float64]


class Network:
    """A network that is ready to run.

    Attributes:
        contents: what was converted.
        tokeniser_file: its tokeniser.
        max_tokens: the most tokens of a run.

    Args:
        folder: see :func:`conversion.converted`.
        contents: see there.
        threads: number of threads; the result does not depend on it.

    Raises:
        NeuralModelError: if it cannot be opened.
        MissingLibraryError: if onnxruntime is not installed.
    """

    def __init__(self, folder: Path, contents: conversion.Contents, threads: int) -> None:
        self.contents = contents
        self.tokeniser_file = folder / conversion.TOKENISER
        self.max_tokens = min(contents.shape.context, MAX_POSITIONS)
        self._embeddings = np.load(folder / conversion.EMBEDDINGS, mmap_mode="r", allow_pickle=False)
        self._network = _session(str(folder / conversion.NETWORK), threads)
        self._last_layer = _session(str(folder / conversion.LAST_LAYER), threads)

    def log_probabilities(self, tokens: Ints, positions: Ints, seen: Flags, sources: Ints, targets: Ints) -> Doubles:
        """Return the natural log-probability of tokens, each after another token and what that one sees.

        Args:
            tokens: the tokens of a run; shape (tokens,).
            positions: the position of each in its text; shape (tokens,).
            seen: whether the token of the row sees that of the column; shape (tokens, tokens). Each sees itself.
            sources: index of the token before each of those that are scored; shape (scored,).
            targets: the tokens that are scored; shape (scored,).
        """
        mask = np.where(seen, np.float32(0), np.float32(MASKED))
        given = {INPUT: self._embeddings[tokens][None].astype(np.float32), "positions": positions[None], "mask": mask}
        hidden = self._network.run(None, given)[0][0][sources]
        found = [
            self._last_layer.run(None, {HIDDEN: hidden[at : at + ROWS], "tokens": targets[at : at + ROWS, None]})[0]
            for at in range(0, len(targets), ROWS)
        ]
        return np.concatenate([np.zeros((0, 1)), *found])[:, 0].astype(np.float64)


def opened(source: WeightsFile, threads: int) -> Network:
    """Open a network, which is converted first if need be.

    Args:
        source: the file of weights.
        threads: see :class:`Network`.

    Raises:
        NeuralModelError: see :func:`conversion.converted`.
        MissingLibraryError: if a library is not installed.
    """
    folder, contents = conversion.converted(source, unsigned=not multiplies_exactly())
    try:
        return Network(folder, contents, threads)
    except (OSError, ValueError, RuntimeError) as error:
        raise NeuralModelError(
            f"{folder}: the second opinion cannot be opened ({error}); delete this folder"
        ) from error


@lru_cache(maxsize=1)
def multiplies_exactly() -> bool:
    """Whether the products of unsigned and signed bytes are exact on this processor.

    Raises:
        MissingLibraryError: if onnxruntime is not installed.
    """
    weights = np.full((TEST_INPUTS, TEST_OUTPUTS), 127, np.int8)
    weights[:, ::2] = -127
    inputs = np.full((TEST_ROWS, TEST_INPUTS), 255, np.uint8)
    model = onnx.model(
        [onnx.node("MatMulInteger", ["a", "b"], ["c"])],
        [onnx.tensor("b", weights)],
        [onnx.value("a", "uint8", list(inputs.shape))],
        [onnx.value("c", "int32", [TEST_ROWS, TEST_OUTPUTS])],
    )
    found = _session(model, 1).run(None, {"a": inputs})[0]
    return bool(np.array_equal(found, inputs.astype(np.int64) @ weights.astype(np.int64)))


def _session(model: str | bytes, threads: int) -> Any:  # noqa: ANN401  # of an optional library
    """Open an ONNX model, given by its path or its bytes."""
    runtime = load_optional("onnxruntime", EXTRA)
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = QUIET
    # Weights stay where they are mapped, shared by all processes, rather than rearranged in each.
    options.add_session_config_entry("session.disable_prepacking", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the processor free
    # onnxruntime's own allocator uses freed blocks again. The C library's leaves such large ones scattered: an article
    # then takes 250 MB more at its peak, and a sixth more time. A plan of the memory for each length of a text would
    # only be kept: every text has another.
    options.enable_cpu_mem_arena, options.enable_mem_pattern = True, False
    return runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
