"""What a spun text may have been: all readings of a document, as arrays.

Every token may be kept; every run of tokens that the lexicon knows as a spun form may stand for each of its
originals, in the form's own capitals.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growing_tables import ranges
from clean_news.language.lattice import Edges
from clean_news.language.tokens import SAME, Sentence
from clean_news.stages.spin.forms import Key, SpunForms

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
    singles: list[Key] = []
    several: list[Key] = []
    covered: list[tuple[int, int, int, int]] = []  # by several: sentence, start, end, number of the first token
    lexicon = forms.lexicon
    for number, sentence in enumerate(sentences):
        observed = [form if form.isascii() else form.translate(SAME) for form in sentence.forms]
        kept = guarded[number] if guarded else ()
        free = [sentence.titled] * len(observed)
        if sentence.first_word >= 0:
            free[sentence.first_word] = True
        token = len(singles)
        singles += zip(observed, free, map(kept.__contains__, range(len(observed))), strict=True)
        for start, end in _phrases_in(observed, forms.prefixes, lexicon.longest, lexicon.inverse):
            if not (kept and any(place in kept for place in range(start, end))):
                several.append((" ".join(observed[start:end]), free[start], False))
                covered.append((number, start, end, token + start))
    sizes = np.array([len(sentence.forms) for sentence in sentences])
    starts = ranges(np.zeros_like(sizes), sizes)
    of_singles = np.repeat(np.arange(len(sizes)), sizes), starts, starts + 1, np.arange(len(starts))
    of_several = np.array(covered, np.int64).reshape(-1, 4)
    both = np.concatenate((np.column_stack(of_singles), of_several))
    return joined(forms, both, *forms.rows_of(singles + several), parts)


def _phrases_in(
    observed: Sequence[str], prefixes: Collection[str], longest: Mapping[str, int], inverse: Collection[str]
) -> Iterator[tuple[int, int]]:
    """Where several tokens of a sentence are a spun form together: the first and the one behind the last.

    Args:
        observed: the tokens.
        prefixes: of :class:`SpunForms`.
        longest: of :class:`clean_news.stages.spin.lexicon.Lexicon`.
        inverse: of the same.
    """
    lowered = [form.lower() for form in observed]
    of_two = zip(lowered, lowered[1:], observed, observed[1:], strict=False)
    begins = [
        start
        for start, (low, next_low, form, next_form) in enumerate(of_two)
        if f"{low} {next_low}" in prefixes or f"{form} {next_form}" in prefixes
    ]
    for start in begins:
        most = max(longest.get(lowered[start], 1), longest.get(observed[start], 1))
        for end in range(start + 2, min(start + most, len(observed)) + 1):
            if " ".join(lowered[start:end]) in inverse or " ".join(observed[start:end]) in inverse:
                yield start, end


def joined(forms: SpunForms, covered: Ints, begins: Ints, counts: Ints, parts: Ints) -> Readings:
    """The readings of the forms found, from the table's rows.

    Args:
        forms: the table.
        covered: for each form its sentence, the first token there and the one behind its last, and the first's number
            in the document; shape (forms, 4).
        begins: for each form where its rows begin.
        counts: how many there are.
        parts: see :func:`readings_of`.
    """
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
