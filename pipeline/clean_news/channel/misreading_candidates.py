"""What a misread form may have been: symspellpy proposes words, the confusion table weighs them."""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import Postfix, Prefix

from clean_news.channel import confusion, language_model, vocabulary

if TYPE_CHECKING:
    from symspellpy import SymSpell

FARTHEST = 2  # edits between a form and a candidate
PREFIX = 6  # letters that symspellpy indexes: 7 takes half as long again to build and finds no more
RAREST = 3e-8  # a rarer word of books is taken for right where it stands, but not proposed for another
COMMON = -9.5  # log probability from which a word is proposed for a form of up to three letters; 2,400 words
COMMON_NAME = -12.0  # the same, in the model, for a name; 4,400 names
MOST = 12  # candidates of one form, likeliest first
DEAREST = 14.0  # nats; a candidate that costs more to have been read so is none

# Letters that are misread throughout a page: where "before" became "boforo", "reference" is four edits away.
REPEATED = (("o", "e"), ("c", "e"), ("i", "r"), ("u", "n"), ("l", "t"), ("n", "a"))


class Candidate(NamedTuple):
    """A word that may have been misread.

    Attributes:
        word: in small letters, or with a capital if it is a name.
        cost: minus the log probability that it was read as the form at hand, in nats.
    """

    word: str
    cost: float


def index_of(words: Iterable[str]) -> "SymSpell":
    """An index, by symspellpy, of these words; building it takes 30 µs a word."""
    from symspellpy import SymSpell
    from symspellpy.editdistance import DistanceAlgorithm, EditDistance

    found = SymSpell(FARTHEST, PREFIX, distance_comparer=EditDistance(DistanceAlgorithm.DAMERAU_OSA_FAST))
    for word in words:
        found.create_dictionary_entry(word, 1)
    return found


@lru_cache(maxsize=1)
def words_index() -> "SymSpell":
    """The words in small letters that may be proposed."""
    known = vocabulary.standard()
    common = (word for word in known.words if word in known.modelled or known.probability.get(word, 0) >= RAREST)
    return index_of(word for word in common if word.isalpha())


@lru_cache(maxsize=1)
def names_index() -> "SymSpell":
    """The names that may be proposed: common ones, in news."""
    model = language_model.standard()
    scored = zip(model.words, model.unigram.tolist(), strict=True)
    return index_of(word for word, score in scored if score >= COMMON_NAME and word.isalpha() and word.istitle())


@lru_cache(maxsize=1)
def regrouped() -> dict[str, tuple[str, ...]]:
    """For letters that scanners read for another number of letters, these: ``li`` → ``h``, ``m`` → ``rn``."""
    groups: dict[str, list[str]] = {}
    for printed, read in confusion.standard().costs:
        if len(printed) != len(read) and (printed + read).isalpha() and (printed + read).islower():
            groups.setdefault(read, []).append(printed)
    return {read: tuple(sorted(printed)) for read, printed in groups.items()}


def variants(form: str) -> set[str]:
    """The form with one group of letters undone, or one letter throughout; not the form itself.

    >>> sorted(variants("tlio") & {"tlio", "tho"})
    ['tho']
    """
    found = {form.replace(read, printed) for read, printed in REPEATED if form.count(read) > 1}
    groups = regrouped()
    for length in range(1, confusion.LONGEST):
        for start in range(len(form) - length + 1):
            for printed in groups.get(form[start : start + length], ()):
                found.add(form[:start] + printed + form[start + length :])
    return found - {form}


def reading_cost(observed: str, original: str) -> float:
    """The cost in nats of reading one word as another, weighed from where they begin to differ to where they cease.

    What they have in common at their ends is taken as read correctly, which is many times as fast as weighing
    all of it with :func:`confusion.cost`.
    """
    begin: int = Prefix.similarity(observed, original)
    rest = min(len(observed), len(original)) - begin
    end: int = min(Postfix.similarity(observed, original), rest)
    middle = middle_cost(observed[begin : len(observed) - end], original[begin : len(original) - end])
    return middle + kept_cost(original[:begin]) + kept_cost(original[len(original) - end :])


@lru_cache(maxsize=100_000)
def middle_cost(observed: str, original: str) -> float:
    """:func:`confusion.cost`, kept: the same few letters are at issue again and again."""
    return confusion.cost(observed, original)


def kept_cost(form: str) -> float:
    """The cost in nats of reading every character correctly."""
    costs = confusion.standard().costs
    return sum(costs.get((character, character), 0.0) for character in form)


def variant_reach(form: str) -> int:
    """How many further edits a variant of a form may be away from a candidate."""
    if len(form) <= vocabulary.SHORT:
        return 0
    return FARTHEST if len(form) > 2 * vocabulary.SHORT else 1


@lru_cache(maxsize=20_000)
def candidates(form: str, least: float = -math.inf) -> tuple[Candidate, ...]:
    """The words in small letters that a form may have been, likeliest first; at most :data:`MOST`.

    Args:
        form: as read, with whatever capitals and signs were read for letters. It is not among the candidates.
        least: log probability that a candidate must have; for a form of up to three letters never less than
            :data:`COMMON`, because nearly every short word lies within two edits of it.
    """
    from symspellpy import Verbosity

    known, index, lowered = vocabulary.standard(), words_index(), form.lower()
    words = {item.term for item in index.lookup(lowered, Verbosity.ALL, max_edit_distance=FARTHEST)}
    for variant in variants(lowered):
        items = index.lookup(variant, Verbosity.ALL, max_edit_distance=variant_reach(lowered))
        words.update(item.term for item in items)
    least = max(least, COMMON) if len(form) <= vocabulary.SHORT else least
    words = {word for word in words if word != form and known.commonness(word) >= least}
    weighed = ((reading_cost(form, word), word) for word in words)
    likely = sorted((cost - known.commonness(word), word, cost) for cost, word in weighed if cost <= DEAREST)
    return tuple(Candidate(word, cost) for _, word, cost in likely[:MOST])


@lru_cache(maxsize=20_000)
def name_candidates(form: str) -> tuple[Candidate, ...]:
    """The common names that a capitalised form may have been, cheapest first; at most :data:`MOST`."""
    from symspellpy import Verbosity

    names = {item.term for item in names_index().lookup(form, Verbosity.ALL, max_edit_distance=FARTHEST)}
    weighed = sorted((reading_cost(form, name), name) for name in names - {form})
    return tuple(Candidate(name, cost) for cost, name in weighed[:MOST] if cost <= DEAREST)
