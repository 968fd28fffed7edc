"""Scores the variants of the places of a text with a neural language model.

Two processors may differ in the last digits of a log-probability, so scores are rounded to :data:`DECIMALS`. On one
processor they are the same in every run, whatever the number of threads or processes.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from clean_news.language.neural import network
from clean_news.language.neural.gguf_model import EXTRA
from clean_news.language.neural.network import Network
from clean_news.language.neural.variant_tree import TAIL_TOKENS, Encoded, Place, trees
from clean_news.language.neural.weights_file import WeightsFile
from clean_news.optional_library import load_optional

DECIMALS = 2


class NeuralModel(NamedTuple):
    """A neural language model that is ready.

    Attributes:
        source: the file of its weights.
        network: the network.
        tokeniser: of the library ``tokenizers``.
    """

    source: WeightsFile
    network: Network
    tokeniser: object

    def encode(self, text: str) -> Encoded:
        """Return the tokens of a text."""
        found = self.tokeniser.encode(text)  # type: ignore[attr-defined]
        return Encoded(found.ids, [start for start, _ in found.offsets], [end for _, end in found.offsets])


@lru_cache(maxsize=1)
def opened(source: WeightsFile, threads: int = 1) -> NeuralModel:
    """Open a model once in each process; it is converted first if need be.

    Args:
        source: see :func:`weights_file.located`.
        threads: number of threads.

    Raises:
        NeuralModelError: if it is not supported, or cannot be converted.
        MissingLibraryError: if a library is not installed.
    """
    tokenizers = load_optional("tokenizers", EXTRA)
    found = network.opened(source, threads)
    return NeuralModel(source, found, tokenizers.Tokenizer.from_file(str(found.tokeniser_file)))


def log_probabilities(
    text: str, places: Sequence[Place], model: NeuralModel, tail: int = TAIL_TOKENS
) -> list[tuple[float, ...]]:
    """Score what may stand at the places of a text.

    Args:
        text: the text.
        places: its places, in order, without overlaps.
        model: the model.
        tail: number of tokens after a place that are scored with it.

    Returns:
        For each place the natural log-probability of its own text and of each variant, given what precedes them, and
        that of the tokens that follow, given them. Only differences between those of one place mean something.
        Empty for a place whose surroundings have too many tokens.
    """
    found: list[tuple[float, ...]] = [()] * len(places)
    start_token, max_tokens = model.network.contents.start_token, model.network.max_tokens
    for scored, tree in trees(text, places, model.encode, start_token, max_tokens, tail):
        values = model.network.log_probabilities(tree.tokens, tree.positions, tree.seen, tree.sources, tree.targets)
        each = values.tolist()
        for number, of_place in zip(scored, tree.scored, strict=True):
            found[number] = tuple(round(math.fsum(each[at] for at in rows), DECIMALS) for rows in of_place)
    return found
