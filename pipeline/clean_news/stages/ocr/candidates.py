"""Generate candidates for misread forms: similar words, scored with the confusion table.

symspellpy finds the words at edit distance 1, also for a word split in two. If none of these is likely enough, the form
is compared with all common words (:mod:`clean_news.stages.ocr.lookalikes`). A known word, a single letter, and a form
that the article repeats are compared with very common words only.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from clean_news.language import language_model, vocabulary
from clean_news.language.vocabulary import SHORT_WORD_LETTERS
from clean_news.stages.ocr import lookalikes
from clean_news.stages.ocr.costs import reading_costs

if TYPE_CHECKING:
    from symspellpy import SymSpell

# Minimum natural log probabilities: of a candidate for a known word (1,300 words), and of a candidate for a form of up
# to three letters (2,400 words).
COMMON = -9.0
COMMON_SHORT = -9.5
MAX_CANDIDATES = 20  # per form
MAX_COST, MAX_COST_COMMON = 30.0, 8.0  # nats; channel cost of a candidate, and of one for very common words only
MAX_MARGIN = 14.0  # nats, channel and word together, by which a candidate may be less likely than the best
MAX_SETTLED_SCORE = 14.0  # nats, channel and word together; below, lookalikes further away are not searched
INDEXED_WORDS, LOOKALIKE_WORDS = 45_000, 30_000  # most common words, for edit distance 1 and for lookalikes
MAX_NEAREST_COMMON = 10  # words compared with a form for which only very common words are candidates
MAX_CACHED_FORMS = 50_000  # then the cache is cleared
PREFIX_LETTERS = 6  # indexed by symspellpy; with 7 building takes 1.5 times as long and finds no more


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


def _normalised(form: str) -> str:
    """Normalise a form for lookup."""
    return form.lower().replace(" ", "").replace("’", "'")


def _common_candidates(forms: Collection[str]) -> dict[str, tuple[Candidate, ...]]:
    """Find the candidates of the forms among very common words."""
    near = lookalikes.nearest({_normalised(form) for form in forms}, _very_common_words(), MAX_NEAREST_COMMON)
    return _ranked({form: near[_normalised(form)] for form in forms}, MAX_COST_COMMON)


def _all_candidates(forms: Collection[str]) -> dict[str, tuple[Candidate, ...]]:
    """Find the candidates of the forms at edit distance 1, and lookalikes if none of these is likely enough."""
    near = {form: _within_one_edit(_normalised(form)) if len(form) > SHORT_WORD_LETTERS else [] for form in forms}
    found = _ranked(near, MAX_COST)
    far = {form for form in forms if " " not in form and not _is_settled(found[form])}
    alike = lookalikes.nearest({_normalised(form) for form in far}, lookalikes.common_words(LOOKALIKE_WORDS))
    further = _ranked({form: [*set(alike[_normalised(form)]).difference(near[form])] for form in far}, MAX_COST)
    return found | {form: _best((*found[form], *further[form])) for form in far}


def _is_settled(found: tuple[Candidate, ...]) -> bool:
    """Whether the best candidate is so likely that lookalikes further away need not be searched."""
    return bool(found) and found[0].cost - found[0].entry.log_probability < MAX_SETTLED_SCORE


@lru_cache(maxsize=1)
def _very_common_words() -> lookalikes.WordsByLength:
    """The very common words that may be misread as another word, in lower case."""
    known = vocabulary.standard()
    scores = ((word, known.log_probability(word)) for word in known.model_log_probability)
    return lookalikes.sorted_words({word: score for word, score in scores if score >= COMMON_SHORT})


@lru_cache(maxsize=1)
def _symspell_index() -> "SymSpell":
    """The symspellpy index of the words of more than three letters; building it takes 0.6 s."""
    from symspellpy import SymSpell
    from symspellpy.editdistance import DistanceAlgorithm, EditDistance

    found = SymSpell(1, PREFIX_LETTERS, distance_comparer=EditDistance(DistanceAlgorithm.DAMERAU_OSA_FAST))
    for word in lookalikes.common_words(INDEXED_WORDS).words:
        if len(word) > SHORT_WORD_LETTERS:
            found.create_dictionary_entry(word, 1)
    return found


def _within_one_edit(form: str) -> list[str]:
    """Return the words at edit distance 0 or 1 of a form."""
    from symspellpy import Verbosity

    return [item.term for item in _symspell_index().lookup(form, Verbosity.ALL, max_edit_distance=1)]


def _best(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the most likely of the candidates, in order."""
    scored = sorted((candidate.cost - candidate.entry.log_probability, candidate) for candidate in found)
    return tuple(candidate for score, candidate in scored[:MAX_CANDIDATES] if score <= scored[0][0] + MAX_MARGIN)


def _ranked(words: dict[str, list[str]], max_cost: float) -> dict[str, tuple[Candidate, ...]]:
    """Score the words found for each form, and return the best whose cost is at most ``max_cost``."""
    proposed = [
        (form, *spelling)
        for form, near in words.items()
        for word in near
        for spelling in spellings(form, word)
        if spelling[1] != form
    ]
    costs = reading_costs([(form.replace("’", "'"), text) for form, _, text in proposed])
    found: dict[str, list[Candidate]] = {form: [] for form in words}
    for (form, entry, text), cost in zip(proposed, costs, strict=True):
        if cost <= max_cost:
            found[form].append(Candidate(entry, text, cost))
    return {form: _best(some) for form, some in found.items()}


@lru_cache(maxsize=100_000)
def _word_and_name(lowered: str) -> tuple[WordEntry | None, WordEntry | None]:
    """Return the entries of a lower-case string as a word and as a name; None where it is not one."""
    known, model = vocabulary.standard(), language_model.standard()
    title = lowered[0].upper() + lowered[1:]
    word = name = None
    if lowered in known.words:
        word = WordEntry(
            lowered, model.id_of(lowered), known.log_probability(lowered), known.out_of_vocabulary_cost(lowered)
        )
    if title in model.ids:
        score = float(model.unigram[model.ids[title]])
        name = WordEntry(title, model.ids[title], max(score, word.log_probability if word else score), 0.0)
    return word, name


def spellings(form: str, lowered: str) -> Iterator[tuple[WordEntry, str]]:
    """Yield the possible spellings of a word in place of a form.

    Args:
        form: the form as read.
        lowered: the candidate word or name, in lower case.

    Yields:
        The entry of the word, and its spelling with the capitals and hyphens of the form.

    >>> [[text for _, text in spellings(*pair)] for pair in (("tbo", "the"), ("Sydnoy", "sydney"), ("TBE", "the"))]
    [['the'], ['Sydney'], ['THE']]
    """
    if form.islower() and "-" not in form:
        yield from (_short_spellings if len(form) <= SHORT_WORD_LETTERS else _lower_case_spellings)(lowered)
        return
    word, name = _word_and_name(lowered)
    if len(form) <= SHORT_WORD_LETTERS:
        name = name if word else None
        if word is None or word.log_probability < COMMON_SHORT:
            return
    either = word or name
    if either is None:
        return
    written = _hyphenated(form, lowered)
    if form.isupper() and len(form) > 1:
        yield either, written.upper()
    elif form[0].isupper():
        yield name or either, written[0].upper() + written[1:]
        if word and (form[0].lower() != written[0] or form[0] == "I"):
            yield word, written
    else:
        if word and (word.out_of_vocabulary_cost == 0.0 or not name):
            yield word, written
        if name and len(form) > SHORT_WORD_LETTERS:
            yield name, name.word


@lru_cache(maxsize=100_000)
def _lower_case_spellings(lowered: str) -> tuple[tuple[WordEntry, str], ...]:
    """The spellings of a word in place of a form of more than three lower-case letters."""
    word, name = _word_and_name(lowered)
    as_word = word and (word.out_of_vocabulary_cost == 0.0 or not name)
    return (((word, lowered),) if word and as_word else ()) + (((name, name.word),) if name else ())


@lru_cache(maxsize=20_000)
def _short_spellings(lowered: str) -> tuple[tuple[WordEntry, str], ...]:
    """The spellings of a common word in place of a form of up to three lower-case letters."""
    word, name = _word_and_name(lowered)
    if word is None or word.log_probability < COMMON_SHORT:
        return ()
    return ((word, lowered),) if word.out_of_vocabulary_cost == 0.0 or not name else ()


def _hyphenated(form: str, word: str) -> str:
    """Return the word with the hyphen of the form if this spelling exists, else the word.

    >>> _hyphenated("to-niorrow", "tomorrow"), _hyphenated("tomor-row", "tomorrow")
    ('to-morrow', 'tomorrow')
    """
    at = form.find("-")
    older = f"{word[:at]}-{word[at:]}"
    return older if at > 0 and older in vocabulary.standard().words else word
