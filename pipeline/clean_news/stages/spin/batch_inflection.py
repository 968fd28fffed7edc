"""Inflects thousands of dictionary entries at once, as arrays of word ids instead of strings.

It gives what :mod:`clean_news.stages.spin.inflection` gives one by one: ``announce → introduce`` also means
``announced → introduced``. Only distinct words are inflected and looked up; everything else is arithmetic.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growable_arrays import Interner, ranges
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import UNKNOWN, key_of
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import Entry
from clean_news.stages.spin.phrase_hashes import Hashes, Ints, Runs, hashed_runs, hashes_of, phrase_hashes, run_sums
from clean_news.stages.spin.word_log_ratios import LOWER_CASE_WORD

KINDS = ("-", "noun", "adj", "verb")
NOUN, ADJECTIVE, VERB = 1, 2, 3
SLOTS = np.array([1, *(1 + inflection.INFLECTION_COUNTS[kind] for kind in KINDS[1:])])  # the base form and the others
MAX_SLOTS = int(SLOTS.max())


class WeighedEntry(NamedTuple):
    """An entry and where the weights of its forms come from.

    Attributes:
        entry: the entry.
        first_code: code of the weight of its first form; see :mod:`clean_news.stages.spin.lexicon_inputs`.
        step: by how much the code grows from form to form.
    """

    entry: Entry
    first_code: int
    step: int


class Inflected(NamedTuple):
    """Phrases in all their inflections; a row for each, all arrays have shape (rows,) unless said otherwise.

    Attributes:
        phrase: index of the phrase.
        slot: which inflection it is, the base form first.
        words: indices of the words in the word table, of all rows, concatenated.
        counts: number of words.
        written: hash of the row as it is written.
        key: hash of the row as tokens.
    """

    phrase: Ints
    slot: Ints
    words: Ints
    counts: Ints
    written: Hashes
    key: Hashes


class Batch(NamedTuple):
    """Some entries, inflected and paired.

    Attributes:
        original_entry: by original, the index of its entry.
        original_slot: by original, which inflection of the entry it is.
        original_written: by original, its hash as written.
        original_key: by original, its hash as tokens.
        original_log_probability: by original, its natural log probability without context.
        original_words: hashes of the lower-case words of all originals, concatenated.
        original_word_counts: by original, the number of these.
        pair_original: by pair, the index of its original.
        pair_key: by pair, the hash of its spun form as tokens.
        pair_code: by pair, the code of its weight.
        pair_lower: by pair, whether the form is in lower case.
        pair_words: hashes of the lower-case words of all forms, concatenated.
        pair_word_counts: by pair, the number of these.
        first_tokens: hashes of the first token of the forms of several tokens.
        token_counts: number of tokens of these forms.
        prefixes: hashes of the first two tokens of these forms.
    """

    original_entry: Ints
    original_slot: Ints
    original_written: Hashes
    original_key: Hashes
    original_log_probability: NDArray[np.float64]
    original_words: Hashes
    original_word_counts: Ints
    pair_original: Ints
    pair_key: Hashes
    pair_code: Ints
    pair_lower: NDArray[np.bool_]
    pair_words: Hashes
    pair_word_counts: Ints
    first_tokens: Hashes
    token_counts: Ints
    prefixes: Hashes


class _Phrases:
    """The phrases of some entries as word ids: the original of each entry, followed by its forms."""

    def __init__(self, weighed: Iterable[WeighedEntry]) -> None:
        ids: Interner[str] = Interner()
        words: list[int] = []
        counts: list[int] = []
        sizes: list[int] = []
        kinds: list[int] = []
        first_codes: list[int] = []
        steps: list[int] = []
        number_of = ids.__getitem__
        kind_of = {kind: number for number, kind in enumerate(KINDS)}
        for (original, kind, forms), first_code, step in weighed:
            sizes.append(1 + len(forms))
            kinds.append(kind_of[kind])
            first_codes.append(first_code)
            steps.append(step)
            for phrase in (original, *forms):
                split = phrase.split(" ")
                words.extend(map(number_of, split))
                counts.append(len(split))
        self.ids = ids
        self.words, self.counts = np.array(words, np.int64), np.array(counts, np.int64)
        self.begin = np.cumsum(self.counts) - self.counts
        of_entry = np.array(sizes, np.int64)
        self.entry = np.repeat(np.arange(len(of_entry)), of_entry)
        self.rank = ranges(np.zeros_like(of_entry), of_entry)  # 0 is the original
        self.original = np.repeat(np.cumsum(of_entry) - of_entry, of_entry)
        self.kind = np.repeat(np.array(kinds, np.int64), of_entry)
        self.code = np.array(first_codes, np.int64)[self.entry] + (self.rank - 1) * np.array(steps)[self.entry]


def _word_inflections(ids: Interner[str], words: Ints, kinds: Ints, table: inflection.Inflections) -> Ints:
    """Ids of the inflections of words, the word itself first; -1 where there is none. Shape (words, MAX_SLOTS)."""
    found = np.full((len(words), MAX_SLOTS), -1)
    found[:, 0] = words
    texts = ids.interned
    for number, kind in enumerate(KINDS[1:], 1):
        rows = np.flatnonzero(kinds == number)
        forms: list[str] = []
        for word in words[rows].tolist():
            text = texts[word]
            forms += table.get((text, kind)) or inflection.regular(text, kind)
        inflected = np.fromiter([ids[form] if form else -1 for form in forms], np.int64, len(forms))
        found[rows, 1 : SLOTS[number]] = inflected.reshape(len(rows), SLOTS[number] - 1)
    return found


def _inflected(phrases: _Phrases, table: inflection.Inflections) -> tuple[Ints, Ints, Ints, Ints]:
    """All inflections of the phrases.

    Returns:
        See :class:`Inflected`: ``phrase``, ``slot``, ``words`` and ``counts``; without the inflections that do not
        exist.
    """
    at = phrases.begin + np.where(phrases.kind == VERB, 0, phrases.counts - 1)  # the word that is inflected
    kinds = np.where((phrases.kind == ADJECTIVE) & (phrases.counts > 1), 0, phrases.kind)
    distinct, row = np.unique(phrases.words[at] * len(KINDS) + kinds, return_inverse=True)
    inflections = _word_inflections(phrases.ids, distinct // len(KINDS), distinct % len(KINDS), table)
    phrase = np.repeat(np.arange(len(kinds)), SLOTS[kinds])
    slot = ranges(np.zeros_like(kinds), SLOTS[kinds])
    replaced = inflections[row[phrase], slot]
    phrase, slot, replaced = phrase[replaced >= 0], slot[replaced >= 0], replaced[replaced >= 0]
    counts = phrases.counts[phrase]
    words = phrases.words[ranges(phrases.begin[phrase], counts)]
    words[np.cumsum(counts) - counts + (at - phrases.begin)[phrase]] = replaced
    return phrase, slot, words, counts


def _is_plain(word: str) -> bool:
    """Whether a word is its own token, in lower case, without marks, and its own normal form in the model."""
    return word.isascii() and word.isalpha() and word.islower() and word != "an"


class _Words:
    """What the words of phrases consist of, by word: hashes, tokens, lower-case words and ids of the model."""

    def __init__(self, words: Sequence[str], model: LanguageModel) -> None:
        self.written = hashes_of(words)
        marked = {index: word for index, word in enumerate(words) if not _is_plain(word)}
        keys = {index: key_of(word) for index, word in marked.items()}
        self.not_lower = np.zeros(len(words), np.bool_)
        self.not_lower[[index for index, key in keys.items() if key != key.lower()]] = True
        self.tokens = hashed_runs(self.written, {index: key.split() for index, key in keys.items()})
        self.in_key = hashed_runs(self.written, {index: LOWER_CASE_WORD.findall(key) for index, key in keys.items()})
        self.in_text = hashed_runs(
            self.written, {index: LOWER_CASE_WORD.findall(word) for index, word in marked.items()}
        )
        known, unknown = model.ids.get, itertools.repeat(model.ids[UNKNOWN])
        ids = np.fromiter(map(known, words, unknown), np.uint16, len(words))
        self.model_ids = Runs(ids, {index: model.ids_of(word) for index, word in marked.items()})


def _log_probabilities(words: NDArray[np.uint16], counts: Ints, model: LanguageModel) -> NDArray[np.float64]:
    """Natural log probability of phrases of word ids without context, as ``phrase_log_probability`` gives it."""
    found = np.zeros(len(counts))
    begin = np.cumsum(counts) - counts
    some = counts > 0
    found[some] = model.unigram[words[begin[some]]]
    owner = np.repeat(np.arange(len(counts)), counts)
    follows = np.flatnonzero(owner[1:] == owner[:-1])
    if len(follows):
        found += np.bincount(owner[follows], model.bigrams(words[follows], words[follows + 1])[0], len(counts))
    return found


def inflect_batch(weighed: Iterable[WeighedEntry], table: inflection.Inflections, model: LanguageModel) -> Batch:
    """Inflect entries and pair their originals with their forms.

    Args:
        weighed: the entries.
        table: the listed inflections; see :func:`inflection.read`.
        model: the language model.
    """
    phrases = _Phrases(weighed)
    phrase, slot, words, counts = _inflected(phrases, table)
    known = _Words(phrases.ids.interned, model)
    written = phrase_hashes(known.written[words], counts)
    tokens, token_counts = known.tokens.of(words, counts)
    rows = Inflected(phrase, slot, words, counts, written, phrase_hashes(tokens, token_counts))
    # The row of each phrase in each slot, to find the original of each form; the last one is for missing rows.
    row_of = np.full((len(phrases.counts), MAX_SLOTS), -1)
    row_of[phrase, slot] = np.arange(len(phrase))
    original = row_of[phrases.original[phrase], slot]
    is_form = phrases.rank[phrase] > 0
    pairs = np.flatnonzero(is_form & (original >= 0) & (written[original] != written))
    originals = np.flatnonzero(~is_form)
    place = np.zeros(len(phrase), np.int64)
    place[originals] = np.arange(len(originals))
    first_tokens, token_counts_, prefixes = _beginnings(tokens, token_counts, pairs)
    return Batch(
        phrases.entry[phrase[originals]],
        slot[originals],
        written[originals],
        rows.key[originals],
        _log_probabilities(*_runs_of(rows, originals, known.model_ids), model),
        *_runs_of(rows, originals, known.in_text),
        place[original[pairs]],
        rows.key[pairs],
        phrases.code[phrase[pairs]],
        run_sums(known.not_lower[words], counts)[pairs] == 0,
        *_runs_of(rows, pairs, known.in_key),
        first_tokens,
        token_counts_,
        prefixes,
    )


def _runs_of(rows: Inflected, chosen: Ints, runs: Runs) -> tuple[Any, Ints]:
    """What the words of some rows consist of, concatenated, and how much each row has."""
    counts = rows.counts[chosen]
    begin = (np.cumsum(rows.counts) - rows.counts)[chosen]
    return runs.of(rows.words[ranges(begin, counts)], counts)


def _beginnings(tokens: Hashes, counts: Ints, chosen: Ints) -> tuple[Hashes, Ints, Hashes]:
    """First token, number of tokens and first two tokens of those among the chosen rows that have two or more."""
    several = chosen[counts[chosen] > 1]
    begin = (np.cumsum(counts) - counts)[several]
    one, two = np.ones(len(several), np.int64), np.full(len(several), 2)
    first = phrase_hashes(tokens[begin], one)
    return first, counts[several], phrase_hashes(tokens[ranges(begin, two)], two)
