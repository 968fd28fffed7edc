"""The forward pass of the character model, in NumPy."""

from typing import TYPE_CHECKING

import numpy as np

from clean_news.stages.ocr.character_model.pieces import HISTORY_CHARS
from clean_news.stages.ocr.character_model.weights import DILATIONS, Floats, Weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHUNK_CHARS = 1024  # encoded at once: 1 MB for each intermediate result
RECEPTIVE_CHARS = sum(DILATIONS)  # on either side of a character, that its encoding depends on


def encode(ids: "NDArray[np.uint8]", weights: Weights) -> Floats:
    """Encode the characters of a text as inputs of the head's hidden layer.

    Args:
        ids: ids of the characters.
        weights: the network.

    Returns:
        Shape (characters, hidden).
    """
    encoded = [
        _encode_chunk(ids[max(0, start - RECEPTIVE_CHARS) : end + RECEPTIVE_CHARS], weights)[
            start - max(0, start - RECEPTIVE_CHARS) :
        ][: end - start]
        for start, end in _chunks(len(ids))
    ]
    return np.concatenate(encoded) if encoded else np.zeros((0, weights.context.shape[1]), np.float32)


def _chunks(length: int) -> "Iterator[tuple[int, int]]":
    """Yield the starts and exclusive ends of the chunks of a text."""
    for start in range(0, length, CHUNK_CHARS):
        yield start, min(start + CHUNK_CHARS, length)


def _encode_chunk(ids: "NDArray[np.uint8]", weights: Weights) -> Floats:
    """Encode characters that are context of each other; outside them there is nothing."""
    layer = weights.embedding[ids]
    width = layer.shape[1]
    layer = layer + np.maximum(_first_convolution(ids, weights), 0.0)
    for dilation, (matrix, bias) in zip(DILATIONS[1:], weights.convolutions[1:], strict=True):
        found = layer @ matrix[width : 2 * width] + bias
        found[dilation:] += layer[:-dilation] @ matrix[:width]
        found[:-dilation] += layer[dilation:] @ matrix[2 * width :]
        layer = layer + np.maximum(found, 0.0)
    return layer @ weights.context + weights.context_bias


def _first_convolution(ids: "NDArray[np.uint8]", weights: Weights) -> Floats:
    """The first convolution: its products are looked up, since its inputs are the embeddings of 124 characters."""
    dilation, products = DILATIONS[0], weights.first_products
    found: Floats = products[1][ids] + weights.convolutions[0][1]
    found[dilation:] += products[0][ids[:-dilation]]
    found[:-dilation] += products[2][ids[dilation:]]
    return found


def edit_log_probabilities(encoded: Floats, histories: "NDArray[np.uint8]", weights: Weights) -> Floats:
    """Compute the log probabilities of the edits of characters.

    Args:
        encoded: see :func:`encode`; shape (positions, hidden).
        histories: ids of the corrected characters before each position; shape (positions, HISTORY_CHARS).
        weights: the network.

    Returns:
        Natural logarithms, of shape (positions, edits).
    """
    hidden = encoded.copy()
    for offset in range(HISTORY_CHARS):
        hidden += weights.history[offset][histories[:, offset]]
    logits = np.maximum(hidden, 0.0) @ weights.edits + weights.edits_bias
    logits -= logits.max(axis=1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return logits


def keep_probabilities(encoded: Floats, histories: "NDArray[np.uint8]", weights: Weights) -> Floats:
    """Compute the probability of keeping each character; arguments as of :func:`edit_log_probabilities`."""
    kept = [
        np.exp(edit_log_probabilities(encoded[start:end], histories[start:end], weights)[:, 0])
        for start, end in _chunks(len(encoded))
    ]
    return np.concatenate(kept) if kept else np.zeros(0, np.float32)
