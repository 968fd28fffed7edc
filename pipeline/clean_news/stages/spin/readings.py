"""All readings of a possibly spun document, as arrays.

Every token may be kept. Every run of tokens that is a spun form in the lexicon may be read as each of its originals, in
the form's capitals.
"""

import re
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growable_arrays import ranges
from clean_news.language.lattice import Edges
from clean_news.language.tokens import FOLDED_PUNCTUATION, Sentence
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.phrase_hashes import Hashes, hashes_of_spans
from clean_news.stages.spin.spun_forms import FormKey, SpunForms

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PARTS = ("body", "quotation", "capital")
BODY, QUOTATION, CAPITAL = range(3)
QUOTED = re.compile(r"[“\"][^“”\"\n]*(?:[”\"]|$)", re.MULTILINE)


class Readings(NamedTuple):
    """The readings of a document; all arrays have shape (readings,).

    Attributes:
        edges: the tokens that each reading covers and the word ids it reads them as.
        token: index in the document of the first token it covers.
        text: number of the replacement in ``Phrases.texts``; -1 where the tokens are kept.
        cost: see :class:`clean_news.stages.spin.spun_forms.CandidateRows`.
        readiness: see there; 0 where not swappable.
        swappable: whether the spinner could have swapped the original that this reading assumes.
        original: id of the original.
        pair: id of the pair of form and original.
        part: index in ``PARTS`` of the part of the document that the reading is in.
        lexicon_row: see :class:`clean_news.stages.spin.spun_forms.CandidateRows`.
        lexicon_original: see there.
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
    lexicon_row: Ints
    lexicon_original: Ints


def readings_of(
    sentences: Sequence[Sentence],
    parts: Ints,
    forms: SpunForms,
    capitals: Sequence[Sequence[bool]],
    guarded: Sequence[Collection[int]] = (),
) -> Readings:
    """Return all readings of a document.

    Args:
        sentences: its sentences; at least one token in total.
        parts: the part of each token; see :func:`parts_of`.
        forms: the table of forms.
        capitals: what :func:`unreliable_capitals` gives for the sentences.
        guarded: by sentence, the indices of tokens that are never read as spun; empty for no such tokens.
    """
    singles: list[FormKey] = []
    multiword: list[FormKey] = []
    covered: list[
        tuple[int, int, int, int]
    ] = []  # by multiword form: sentence, start, end, document index of the first token
    lexicon = forms.lexicon
    tokens = [
        [form if form.isascii() else form.translate(FOLDED_PUNCTUATION) for form in sentence.forms]
        for sentence in sentences
    ]
    spans = _multiword_forms(tokens, lexicon)
    for number, (observed, case_unreliable) in enumerate(zip(tokens, capitals, strict=True)):
        kept = guarded[number] if guarded else ()
        token = len(singles)
        singles += zip(observed, case_unreliable, map(kept.__contains__, range(len(observed))), strict=True)
        for start, end in spans[number]:
            if not (kept and any(index in kept for index in range(start, end))):
                multiword.append((" ".join(observed[start:end]), case_unreliable[start], False))
                covered.append((number, start, end, token + start))
    sizes = np.array([len(sentence.forms) for sentence in sentences])
    starts = ranges(np.zeros_like(sizes), sizes)
    of_singles = np.repeat(np.arange(len(sizes)), sizes), starts, starts + 1, np.arange(len(starts))
    of_multiword = np.array(covered, np.int64).reshape(-1, 4)
    both = np.concatenate((np.column_stack(of_singles), of_multiword))
    return _readings_of_rows(forms, both, *forms.rows_of(singles + multiword), parts)


def unreliable_capitals(sentences: Sequence[Sentence]) -> list[list[bool]]:
    """Return, by sentence and token, whether an initial capital carries no information.

    That is so at the start of a sentence and in a headline, but not of a word that elsewhere in the document has a
    capital inside a sentence and is never in lower case: it is a name, or part of one. The first of a list of names
    is a name as well (*Signal, Discord and Slack*).
    """
    found = [[sentence.title_case] * len(sentence.forms) for sentence in sentences]
    for sentence, unreliable in zip(sentences, found, strict=True):
        first = sentence.first_word
        if first >= 0 and not sentence.title_case:
            unreliable[first] = not _begins_list_of_names(sentence.forms, first)
    forms = [form for sentence in sentences for form in sentence.forms]
    lower = {form for form in forms if form.islower()}
    names = {
        form
        for sentence, unreliable in zip(sentences, found, strict=True)
        for form, without_information in zip(sentence.forms, unreliable, strict=True)
        if form[0].isupper() and not without_information and form.lower() not in lower
    }
    return [
        [
            without_information and form not in names
            for form, without_information in zip(sentence.forms, unreliable, strict=True)
        ]
        if any(unreliable)
        else unreliable
        for sentence, unreliable in zip(sentences, found, strict=True)
    ]


def _begins_list_of_names(forms: Sequence[str], start: int) -> bool:
    """Whether a token is the first of three or more, all capitalised, with commas and a conjunction between them.

    >>> _begins_list_of_names("Signal , Discord and Slack agreed".split(), 0)
    True
    >>> _begins_list_of_names("Meanwhile , Discord agreed".split(), 0)
    False
    """
    at = start
    while forms[at + 1 : at + 2] == [","] and forms[at + 2 : at + 3] and forms[at + 2][0].isupper():
        at += 2
    last = forms[at + 1 : at + 4]
    if last[:1] == [","]:
        last = forms[at + 2 : at + 4]  # a serial comma
    return at > start and last[:1] in (["and"], ["or"]) and len(last) > 1 and last[1][0].isupper()


def _multiword_forms(sentences: Sequence[Sequence[str]], lexicon: Lexicon) -> list[list[tuple[int, int]]]:
    """Return the spans (first token, exclusive end) of the spun forms of two or more tokens, in both cases.

    All phrases of a document are looked up at once, by their hashes.

    Args:
        sentences: the tokens of each.
        lexicon: the lexicon.
    """
    sizes = np.array(list(map(len, sentences)), np.int64)
    ends = np.repeat(np.cumsum(sizes), sizes)  # of each token's sentence
    tokens = list(chain.from_iterable(sentences))
    cases = [list(map(str.lower, tokens))]
    if cases[0] != tokens:
        cases.append(tokens)
    spans = np.concatenate([_spans_of_forms(lexicon.token_hashes.of(each), ends, lexicon) for each in cases], axis=1)
    begins, stops = np.divmod(np.unique(spans[0] * (len(tokens) + 1) + spans[1]), len(tokens) + 1)
    numbers = np.searchsorted(np.cumsum(sizes), begins, "right")
    offsets = (np.cumsum(sizes) - sizes)[numbers]
    found: list[list[tuple[int, int]]] = [[] for _ in sentences]
    for number, start, end in zip(
        numbers.tolist(), (begins - offsets).tolist(), (stops - offsets).tolist(), strict=True
    ):
        found[number].append((start, end))
    return found


def _spans_of_forms(tokens: Hashes, ends: Ints, lexicon: Lexicon) -> Ints:
    """Return the first tokens and the exclusive ends of the spun forms of two or more tokens; shape (2, forms).

    Args:
        tokens: the hashes of a document's tokens.
        ends: exclusive end of each token's sentence.
        lexicon: the lexicon.
    """
    starts = np.flatnonzero(np.arange(len(tokens)) + 2 <= ends)
    starts = starts[lexicon.prefixes.indices_of(hashes_of_spans(tokens, starts, starts + 2)) >= 0]
    rows = lexicon.longest.indices_of(hashes_of_spans(tokens, starts, starts + 1))
    counts = np.minimum(lexicon.longest.values_of(rows), ends[starts] - starts) - 1
    begins = np.repeat(starts, counts)
    stops = begins + 2 + ranges(np.zeros_like(counts), counts)
    held = lexicon.inverse.indices_of(hashes_of_spans(tokens, begins, stops)) >= 0
    return np.stack((begins[held], stops[held]))


def _readings_of_rows(forms: SpunForms, covered: Ints, begins: Ints, counts: Ints, parts: Ints) -> Readings:
    """The readings of the forms of a document, from the table's rows.

    Args:
        forms: the table.
        covered: sentence, first token in it, exclusive end, and document index of the first token, for each form; shape
            (forms, 4).
        begins: first row of each form.
        counts: number of rows of each form.
        parts: see :func:`readings_of`.
    """
    rows = ranges(begins, counts)
    sentence, start, end, token = covered.T[:, np.repeat(np.arange(len(covered)), counts)]
    lengths = forms.word_count.array().take(rows)
    words = forms.phrases.words.array()[ranges(forms.word_begin.array().take(rows), lengths)]
    readiness = forms.readiness.array().take(rows)
    swappable = ~np.isnan(readiness)
    return Readings(
        Edges(sentence, start, end, words, lengths),
        token,
        forms.text.array().take(rows),
        forms.cost.array().take(rows),
        np.where(swappable, readiness, 0.0),
        swappable,
        forms.original.array().take(rows),
        forms.pair.array().take(rows),
        parts[token],
        forms.lexicon_row.array().take(rows),
        forms.lexicon_original.array().take(rows),
    )


def without_readings(readings: Readings, dropped: NDArray[np.bool_]) -> Readings:
    """Return the readings without those that are marked as dropped."""
    stays = ~dropped
    edges = readings.edges
    words = edges.words[np.repeat(stays, edges.lengths)]
    kept = Edges(edges.sentence[stays], edges.start[stays], edges.end[stays], words, edges.lengths[stays])
    columns: list[NDArray[Any]] = [column[stays] for column in readings[1:]]
    return Readings(kept, *columns)


def parts_of(text: str, sentences: Sequence[Sentence], capitals: Sequence[Sequence[bool]]) -> Ints:
    """Return the part of the document that each token is in, as an index in ``PARTS``.

    Args:
        text: the document.
        sentences: its sentences.
        capitals: what :func:`unreliable_capitals` gives for the sentences.
    """
    starts = np.array([start for sentence in sentences for start, _ in sentence.spans], np.int64)
    named = np.array(
        [
            form[0].isupper() and not without_information
            for sentence, unreliable in zip(sentences, capitals, strict=True)
            for form, without_information in zip(sentence.forms, unreliable, strict=True)
        ],
        bool,
    )
    # The boundaries of all quotations, in order: a token after an odd number of them is inside a quotation.
    ends = np.array([end for match in QUOTED.finditer(text) for end in match.span()], np.int64)
    inside = np.searchsorted(ends, starts, "right") % 2 == 1
    return np.where(inside, QUOTATION, np.where(named, CAPITAL, BODY))
