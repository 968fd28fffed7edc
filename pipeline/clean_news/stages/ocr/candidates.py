"""Generate candidates for misread forms: similar words, scored with the confusion table.

First come the words at edit distance 1, also for a word split in two. If none of these is likely enough, the form is
compared with all common words (:mod:`clean_news.stages.ocr.lookalikes`). A known word, a single letter, and a form that
the article repeats are compared with very common words only.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import vocabulary
from clean_news.stages.ocr import lookalikes, word_table
from clean_news.stages.ocr.costs import Ints
from clean_news.stages.ocr.one_edit import within_one_edit
from clean_news.stages.ocr.spelling import (
    COMMON_SHORT,
    Forms,
    Scored,
    forms_of,
    is_spelled_as_name,
    scored,
    spelled,
)

COMMON = -9.0  # minimum natural log probability of a candidate for a known word; 1,300 words have it
MAX_CANDIDATES = 20  # per form
MAX_COST, MAX_COST_COMMON = 30.0, 8.0  # nats; channel cost of a candidate, and of one for very common words only
MAX_MARGIN = 14.0  # nats, channel and word together, by which a candidate may be less likely than the best
MAX_NEAREST_COMMON = 10  # words compared with a form for which only very common words are candidates
MAX_CACHED_FORMS = 10_000  # then the cache is cleared


class Search(NamedTuple):
    """A search for lookalikes among some of the words.

    Attributes:
        settled_score: nats, channel and word together; forms with a candidate below are not searched for.
        min_log_probability: minimum natural log probability of the words.
        max_log_probability: maximum, excluded.
        most: maximum number of words per form.
        limits: how many edits are possible.
        max_length_difference: of form and word, both folded.
    """

    settled_score: float
    min_log_probability: float
    max_log_probability: float
    most: int
    limits: tuple[lookalikes.EditLimit, ...]
    max_length_difference: int


# A quarter of the words are as frequent as FREQUENT; 93% of the right corrections that lookalikes make in ocr-train
# write one of these. A rare word costs at least 11 nats, and its misread letters, at least two, some 3 nats each.
FREQUENT = -11.0
SEARCHES = (
    Search(14.0, FREQUENT, 0.0, 20, lookalikes.FREQUENT_LIMITS, 2),
    Search(18.0, -100.0, FREQUENT, 8, lookalikes.RARE_LIMITS, 1),
)


class WordEntry(NamedTuple):
    """A word as it is spelled in the middle of a sentence.

    Attributes:
        word: in lower case, or capitalised if it is a name.
        id: its id in the language model.
        log_probability: its natural log probability.
        out_of_vocabulary_cost: negative log probability among the words that the model lacks, in nats; 0 for others.
    """

    word: str
    id: int
    log_probability: float
    out_of_vocabulary_cost: float


class Candidate(NamedTuple):
    """A word that may have been printed where a form was read.

    Attributes:
        entry: the word.
        text: its spelling in place of the form.
        cost: channel cost: negative log probability of reading the text as the form, in nats.
    """

    entry: WordEntry
    text: str
    cost: float


@lru_cache(maxsize=1)
def candidate_cache() -> tuple[dict[str, tuple[Candidate, ...]], dict[str, tuple[Candidate, ...]]]:
    """The cached candidates by form: among all words, and among very common words."""
    return {}, {}


def candidates(forms: Iterable[str], *, common: bool) -> dict[str, tuple[Candidate, ...]]:
    """Find the words that each form may be a misreading of, most likely first.

    Args:
        forms: the forms as read, including symbols and capital letters read for letters, and a space where a word
            was split. One call for all forms of an article is ten times as fast as one call per form.
        common: whether to consider very common words only.

    Returns:
        The candidates of each form, at most :data:`MAX_CANDIDATES` and never the form itself; the cache also has
        other forms.
    """
    known = candidate_cache()[common]
    if len(known) > MAX_CACHED_FORMS:
        known.clear()
    new = set(forms) - known.keys()
    if new:
        known.update(_common_candidates(new) if common else _all_candidates(new))
    return known


def _common_candidates(forms: Collection[str]) -> dict[str, tuple[Candidate, ...]]:
    """Find the candidates of the forms among very common words."""
    own = forms_of(forms)
    near = lookalikes.nearest(
        set(own.normalised), _very_common_words(), MAX_NEAREST_COMMON, lookalikes.FREQUENT_LIMITS, 2
    )
    return _likeliest(own, scored(own, *_pairs(enumerate(near[form] for form in own.normalised)), MAX_COST_COMMON))


def _all_candidates(forms: Collection[str]) -> dict[str, tuple[Candidate, ...]]:
    """Find the candidates of the forms at edit distance 1, and lookalikes if none of these is likely enough."""
    own = forms_of(forms)
    longer = np.flatnonzero(~own.is_short)
    form, word = within_one_edit(own.compared.rows(longer))
    near = longer[form], word
    found = scored(own, *near, MAX_COST)
    whole = np.array([" " not in form for form in own.forms])
    tried = _numbered(*near)
    for search in SEARCHES:
        left = np.flatnonzero(whole & (_best_scores(own, found) >= search.settled_score)).tolist()
        alike = lookalikes.nearest(
            {own.normalised[number] for number in left},
            _lookalike_words(search.min_log_probability, search.max_log_probability),
            search.most,
            search.limits,
            search.max_length_difference,
        )
        form, word = _pairs((number, alike[own.normalised[number]]) for number in left)
        fresh = ~np.isin(_numbered(form, word), tried)
        further = scored(own, form[fresh], word[fresh], MAX_COST)
        found = found.joined(further)
    return _likeliest(own, found)


def _pairs(found: Iterable[tuple[int, Ints]]) -> tuple[Ints, Ints]:
    """Return the pairs of forms and words, given as a form and its words, as two arrays."""
    some = list(found)
    numbers = np.array([number for number, _ in some], np.int64)
    counts = np.array([len(words) for _, words in some], np.int64)
    return np.repeat(numbers, counts), np.concatenate([numbers[:0], *(words for _, words in some)])


def _numbered(form: Ints, word: Ints) -> Ints:
    """Return a number for each pair of a form and a word."""
    return form * len(word_table.standard().words) + word


def _best_scores(forms: Forms, found: Scored) -> NDArray[np.float64]:
    """Return the score of the best candidate of each form; infinite if there is none."""
    best = np.full(len(forms.forms), np.inf)
    np.minimum.at(best, found.form, found.score)
    return best


@lru_cache(maxsize=1)
def _very_common_words() -> lookalikes.Lookalikes:
    """The very common words that may be misread as another word, in lower case."""
    table, known = word_table.standard(), vocabulary.standard().model_log_probability
    modelled = np.array([word in known for word in table.words])
    return lookalikes.lookalikes_of(table, modelled & (table.word_score >= COMMON_SHORT), table.word_score)


@lru_cache(maxsize=len(SEARCHES))
def _lookalike_words(minimum: float, maximum: float) -> lookalikes.Lookalikes:
    """The words that unknown forms are compared with, of these log probabilities (the maximum excluded)."""
    table = word_table.standard()
    score = table.lookalike_score
    return lookalikes.lookalikes_of(table, (score >= minimum) & (score < maximum), score)


def _likeliest(forms: Forms, found: Scored) -> dict[str, tuple[Candidate, ...]]:
    """Return the most likely candidates of each form, in order."""
    kept = np.flatnonzero(found.score <= _best_scores(forms, found)[found.form] + MAX_MARGIN)
    kept = kept[np.argsort(found.score[kept])]
    of_form: list[list[tuple[float, Candidate]]] = [[] for _ in forms.forms]
    columns = (found.form, found.word, found.spelling, found.cost, found.score)
    form, word, spelling, cost, score = (column[kept].tolist() for column in columns)
    texts = spelled(forms, form, word, spelling)
    entries = _entries(found.word[kept], found.spelling[kept])
    for number, own, text, nats, order in zip(form, entries, texts, cost, score, strict=True):
        some = of_form[number]
        if len(some) < MAX_CANDIDATES:
            some.append((order, Candidate(own, text, nats)))
    for some in of_form:
        some.sort()  # equal scores are ordered by the word
    return {form: tuple([candidate for _, candidate in some]) for form, some in zip(forms.forms, of_form, strict=True)}


def _entries(word: Ints, spelling: Ints) -> list[WordEntry]:
    """Return the entries of words of the table, or of the names that are spelled like them."""
    table = word_table.standard()
    is_name = is_spelled_as_name(word, spelling)
    columns = (
        is_name,
        np.where(is_name, table.name_id[word], table.word_id[word]),
        np.where(is_name, table.name_score[word], table.word_score[word]),
        np.where(is_name, 0.0, table.out_of_vocabulary_cost[word]),
    )
    texts = (table.words[index] for index in word.tolist())
    return [
        WordEntry(text[0].upper() + text[1:] if name else text, number, score, cost)
        for text, name, number, score, cost in zip(texts, *(column.tolist() for column in columns), strict=True)
    ]
