"""How well words fit their context, by the language model: for corrections that were not found with its help."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from clean_news.language.language_model import ORDER
from clean_news.language.model_mixture import NgramModel
from clean_news.language.tokens import CLASSES, TOKEN

START = 0  # id of the beginning of a sentence
AROUND_CHARS = 60  # code points on either side in which tokens are looked for


class Place(NamedTuple):
    """Words in their context.

    Attributes:
        before: the tokens before them; the last three matter.
        words: the words, perhaps none.
        after: the tokens after them; one to three.
    """

    before: Sequence[str]
    words: str
    after: Sequence[str]


class Fit(NamedTuple):
    """How well words fit.

    Attributes:
        log_probability: natural log probability of the words and what follows them, after what precedes them.
        gain: that above the probability of the words alone, without context.
        known: whether the model has all of the words; those that it lacks are scored by their class.
    """

    log_probability: float
    gain: float
    known: bool


def fits(places: Sequence[Place], model: NgramModel) -> list[Fit]:
    """Score words in their context, all in one query of the model.

    Args:
        places: the words.
        model: the language model.
    """
    grams: list[list[int]] = []
    owner: list[int] = []
    alone, known = np.zeros(len(places)), np.ones(len(places), bool)
    for number, (before, words, after) in enumerate(places):
        own = model.ids_of(words)
        ids = [START] * (ORDER - 1) + [model.id_of(token) for token in before[1 - ORDER :]]
        at = len(ids)
        ids += [*own, *map(model.id_of, after)]
        grams += [ids[end - ORDER : end] for end in range(at + 1, len(ids) + 1)]
        owner += [number] * (len(ids) - at)
        alone[number] = sum(float(model.unigram[word]) for word in own)
        known[number] = all(word >= len(CLASSES) for word in own)
    each = model.log_probability(np.array(grams, np.uint16).reshape(-1, ORDER))
    total = np.bincount(np.array(owner, np.intp), each, len(places))
    return list(map(Fit, total.tolist(), (total - alone).tolist(), known.tolist()))


def tokens_around(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """The three tokens before a span and the two after it, across line breaks.

    Args:
        text: the text.
        start: offset of the span in code points.
        end: its exclusive end.
    """
    before = TOKEN.findall(text[max(0, start - AROUND_CHARS) : start].replace("\n", " "))
    after = TOKEN.findall(text[end : end + AROUND_CHARS].replace("\n", " "))
    return before[-3:], after[:2]
