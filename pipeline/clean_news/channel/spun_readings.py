"""What a spun text may have been: all readings of a document, as arrays.

Every token may be kept; every run of tokens that the lexicon knows as a spun form may stand for each of its
originals, in the form's own capitals.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.channel.growing_tables import ranges
from clean_news.channel.lattice import Edges
from clean_news.channel.spun_forms import Key, SpunForms
from clean_news.channel.tokens import SAME, Sentence

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PARTS = ("body", "quotation", "capital")
BODY, QUOTATION, CAPITAL = range(3)
QUOTED = re.compile(r"[“\"][^“”\"\n]*(?:[”\"]|$)", re.MULTILINE)


class Readings(NamedTuple):
    """The readings of a document, one element of each array a reading.

    Attributes:
        edges: the tokens that each covers and the model's words for them.
        token: number in the document of the first token it covers.
        text: number of the text that would stand there, in ``Phrases.texts``; -1 where the tokens are kept.
        cost: see :class:`Row`.
        readiness: see :class:`Row`; 0 where not swappable.
        swappable: whether the spinner could have swapped what this reading takes for the original.
        original: number of the original.
        pair: number of form and original together.
        part: index in ``PARTS`` of the part of the document that it stands in.
    """

    edges: Edges
    token: Ints
    text: Ints
    cost: Floats
    readiness: Floats
    swappable: NDArray[np.bool_]
    original: Ints
    pair: Ints
    part: Ints


def readings_of(
    sentences: Sequence[Sentence], parts: Ints, forms: SpunForms, guarded: Sequence[Collection[int]] = ()
) -> Readings:
    """All readings of a document.

    Args:
        sentences: its sentences; at least one token together.
        parts: for each token the part it belongs to; see :func:`parts_of`.
        forms: the table of forms.
        guarded: by sentence the indices of tokens that are never read as spun; none if empty.
    """
    covered: list[tuple[int, int, int, int]] = []  # sentence, start, end, first token's number in the document
    keys: list[Key] = []
    token = 0
    longest, inverse, prefixes = forms.lexicon.longest, forms.lexicon.inverse, forms.prefixes
    for number, sentence in enumerate(sentences):
        observed = [form if form.isascii() else form.translate(SAME) for form in sentence.forms]
        lowered = [form.lower() for form in observed]
        kept = guarded[number] if guarded else ()
        count, titled, first_word = len(observed), sentence.titled, sentence.first_word
        for start, (form, low) in enumerate(zip(observed, lowered, strict=True)):
            free = titled or start == first_word
            covered.append((number, start, start + 1, token))
            keys.append((form, free, start in kept))
            token += 1
            if start + 1 == count or (
                f"{low} {lowered[start + 1]}" not in prefixes and f"{form} {observed[start + 1]}" not in prefixes
            ):
                continue
            most = max(longest.get(low, 1), longest.get(form, 1))
            for end in range(start + 2, min(start + most, count) + 1):
                cased = " ".join(observed[start:end])
                if cased.lower() in inverse or cased in inverse:
                    if kept and any(place in kept for place in range(start, end)):
                        break
                    covered.append((number, start, end, token - 1))
                    keys.append((cased, free, False))
    return joined(forms, np.array(covered, np.int64), np.array(forms.places_of(keys), np.int64), parts)


def joined(forms: SpunForms, covered: Ints, places: Ints, parts: Ints) -> Readings:
    """The readings of the forms found, from the table's rows.

    Args:
        forms: the table.
        covered: for each form its sentence, the first token there and the one behind its last, and the first's number
            in the document; shape (forms, 4).
        places: for each form where its rows begin and how many there are; shape (forms, 2).
        parts: see :func:`readings_of`.
    """
    begins, counts = places.T
    rows = ranges(begins, counts)
    sentence, start, end, token = covered.T[:, np.repeat(np.arange(len(covered)), counts)]
    lengths = forms.word_count.array()[rows]
    words = forms.phrases.words.array()[ranges(forms.word_begin.array()[rows], lengths)]
    readiness = forms.readiness.array()[rows]
    swappable = ~np.isnan(readiness)
    return Readings(
        Edges(sentence, start, end, words, lengths),
        token,
        forms.text.array()[rows],
        forms.cost.array()[rows],
        np.where(swappable, readiness, 0.0),
        swappable,
        forms.original.array()[rows],
        forms.pair.array()[rows],
        parts[token],
    )


def without(readings: Readings, dropped: NDArray[np.bool_]) -> Readings:
    """The readings that are not dropped."""
    stays = ~dropped
    edges = readings.edges
    words = edges.words[np.repeat(stays, edges.lengths)]
    kept = Edges(edges.sentence[stays], edges.start[stays], edges.end[stays], words, edges.lengths[stays])
    columns: list[NDArray[Any]] = [column[stays] for column in readings[1:]]
    return Readings(kept, *columns)


def parts_of(text: str, sentences: Sequence[Sentence]) -> Ints:
    """For each token the part of the document that it stands in, as index in ``PARTS``."""
    starts = np.array([start for sentence in sentences for start, _ in sentence.spans], np.int64)
    named = np.array(
        [
            form[0].isupper() and place != sentence.first_word and not sentence.titled
            for sentence in sentences
            for place, form in enumerate(sentence.forms)
        ],
        bool,
    )
    # Every quotation's ends, in order: a token behind an odd number of them is inside one.
    ends = np.array([end for match in QUOTED.finditer(text) for end in match.span()], np.int64)
    inside = np.searchsorted(ends, starts, "right") % 2 == 1
    return np.where(inside, QUOTATION, np.where(named, CAPITAL, BODY))
