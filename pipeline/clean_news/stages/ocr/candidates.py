"""What misread forms may have been: the words that look alike, weighed by the confusion table.

symspellpy finds the words one edit away, also for a word torn in two. Where none of these is likely enough, the form
is compared with all common words (:mod:`clean_news.stages.ocr.lookalikes`). A known word, a letter, and a form that the
article insists on are compared with the very common words only.
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

COMMON = -9.0  # log probability of words common enough to be misread as another word; 1,300 words
COMMON_SHORT = -9.5  # the same of a word that is proposed for a form of up to three letters; 2,400 words
MOST = 12  # candidates of one form, likeliest first
DEAREST, DEAREST_COMMON = 20.0, 8.0  # nats; a candidate that costs more to have been read so is none
LIKELY = 14.0  # nats of a misreading and a word together; below, nothing further away is looked for
NEAR, FAR = 45_000, 20_000  # words looked through for what is one edit away from a form, and further
MOST_KEPT = 50_000  # forms whose candidates are remembered; then all are forgotten
PREFIX = 6  # letters that symspellpy indexes: 7 takes half as long again to build and finds no more


class Entry(NamedTuple):
    """A word as it is spelled inside a sentence.

    Attributes:
        word: in small letters, or with a capital if it is a name.
        id: the model's.
        commonness: its natural log probability.
        outside: minus its log probability among all that the model lacks, in nats; 0 if the model has it.
    """

    word: str
    id: int
    commonness: float
    outside: float


class Candidate(NamedTuple):
    """A word that may have been misread.

    Attributes:
        entry: the word.
        text: as it would stand where the form stands.
        cost: minus the log probability that the text was read as the form, in nats.
    """

    entry: Entry
    text: str
    cost: float


@lru_cache(maxsize=1)
def remembered() -> tuple[dict[str, tuple[Candidate, ...]], dict[str, tuple[Candidate, ...]]]:
    """The candidates found so far, by form, among all words and among the common ones: the same come again."""
    return {}, {}


def candidates(forms: Iterable[str], *, common: bool) -> dict[str, tuple[Candidate, ...]]:
    """What each form may have been, likeliest first; at most :data:`MOST`, never the form itself.

    Args:
        forms: as read, with whatever capitals and signs were read for letters; a space where a word was torn. All
            that a page asks should be asked together: that is ten times as fast as one by one.
        common: whether only the very common words come into question.

    Returns:
        The candidates of each of the forms; of other forms, too.
    """
    known = remembered()[common]
    if len(known) > MOST_KEPT:
        known.clear()
    new = set(forms) - known.keys()
    if new:
        known.update(commonest(new) if common else likeliest(new))
    return known


def plain(form: str) -> str:
    """The form as words are looked up."""
    return form.lower().replace(" ", "").replace("’", "'")


def commonest(forms: Collection[str]) -> dict[str, tuple[Candidate, ...]]:
    """The forms' candidates among the very common words."""
    near = lookalikes.nearest({plain(form) for form in forms}, common_words())
    return _ranked({form: near[plain(form)] for form in forms}, DEAREST_COMMON)


def likeliest(forms: Collection[str]) -> dict[str, tuple[Candidate, ...]]:
    """The forms' candidates: one edit away, and among all words where none of these is likely enough."""
    near = {form: _within_one_edit(plain(form)) if len(form) > SHORT_WORD_LETTERS else [] for form in forms}
    found = _ranked(near, DEAREST)
    far = {form for form in forms if " " not in form and not _is_settled(found[form])}
    alike = lookalikes.nearest({plain(form) for form in far}, lookalikes.common_words(FAR))
    further = _ranked({form: [*set(alike[plain(form)]).difference(near[form])] for form in far}, DEAREST)
    return found | {form: best((*found[form], *further[form])) for form in far}


def _is_settled(found: tuple[Candidate, ...]) -> bool:
    """Whether a candidate is so likely that nothing further away is."""
    return bool(found) and found[0].cost - found[0].entry.commonness < LIKELY


@lru_cache(maxsize=1)
def common_words() -> lookalikes.Words:
    """The words in small letters that may be misread as another word."""
    known = vocabulary.standard()
    scores = ((word, known.log_probability(word)) for word in known.model_log_probability)
    return lookalikes.sorted_words({word: score for word, score in scores if score >= COMMON_SHORT})


@lru_cache(maxsize=1)
def index() -> "SymSpell":
    """An index, by symspellpy, of the words of more than three letters; building it takes 0.6 s."""
    from symspellpy import SymSpell
    from symspellpy.editdistance import DistanceAlgorithm, EditDistance

    found = SymSpell(1, PREFIX, distance_comparer=EditDistance(DistanceAlgorithm.DAMERAU_OSA_FAST))
    for word in lookalikes.common_words(NEAR).words:
        if len(word) > SHORT_WORD_LETTERS:
            found.create_dictionary_entry(word, 1)
    return found


def _within_one_edit(form: str) -> list[str]:
    """The words at most one edit away from a form, which may be one of them."""
    from symspellpy import Verbosity

    return [item.term for item in index().lookup(form, Verbosity.ALL, max_edit_distance=1)]


def best(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The likeliest of these, in order."""
    scored = [(candidate.cost - candidate.entry.commonness, candidate) for candidate in found]
    return tuple(candidate for _, candidate in sorted(scored)[:MOST])


def _ranked(words: dict[str, list[str]], dearest: float) -> dict[str, tuple[Candidate, ...]]:
    """The likeliest of the words found for each form, none that costs more than ``dearest``."""
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
        if cost <= dearest:
            found[form].append(Candidate(entry, text, cost))
    return {form: best(some) for form, some in found.items()}


@lru_cache(maxsize=100_000)
def entries(lowered: str) -> tuple[Entry | None, Entry | None]:
    """A word in small letters, and the name that is spelled so; None for what it is not."""
    known, model = vocabulary.standard(), language_model.standard()
    title = lowered[0].upper() + lowered[1:]
    word = name = None
    if lowered in known.words:
        word = Entry(
            lowered, model.id_of(lowered), known.log_probability(lowered), known.out_of_vocabulary_cost(lowered)
        )
    if title in model.ids:
        score = float(model.unigram[model.ids[title]])
        name = Entry(title, model.ids[title], max(score, word.commonness if word else score), 0.0)
    return word, name


def spellings(form: str, lowered: str) -> Iterator[tuple[Entry, str]]:
    """How a word may be written where a form stands: as an entry, and as it would stand.

    Args:
        form: as read.
        lowered: the word or name that it may have been, in small letters.

    >>> [[text for _, text in spellings(*pair)] for pair in (("tbo", "the"), ("Sydnoy", "sydney"), ("TBE", "the"))]
    [['the'], ['Sydney'], ['THE']]
    """
    word, name = entries(lowered)
    if len(form) <= SHORT_WORD_LETTERS:
        name = name if word else None
        if word is None or word.commonness < COMMON_SHORT:
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
        if word and (word.outside == 0.0 or not name):  # book lists have names in small letters
            yield word, written
        if name and len(form) > SHORT_WORD_LETTERS:
            yield name, name.word


def _hyphenated(form: str, word: str) -> str:
    """The word with the hyphen that the form has, if it is so written, too.

    >>> _hyphenated("to-niorrow", "tomorrow"), _hyphenated("tomor-row", "tomorrow")
    ('to-morrow', 'tomorrow')
    """
    at = form.find("-")
    older = f"{word[:at]}-{word[at:]}"
    return older if at > 0 and older in vocabulary.standard().words else word
