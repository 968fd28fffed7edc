"""Correctors of scanned text as functions of a text: libraries with default settings, and clean-news."""

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from clean_news.language import vocabulary
from clean_news.settings import STAGES, Settings

if TYPE_CHECKING:
    from symspellpy import SymSpell

Corrector = Callable[[str], str]
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
MAX_EDIT_DISTANCE = 2  # of symspellpy's corrections
MIN_WORD_LETTERS = 4  # of words that the guarded look-up corrects


class NamedCorrector(NamedTuple):
    """A corrector with its name in the table.

    Attributes:
        name: of the row.
        build: builds the corrector, including imports and loading; picklable.
    """

    name: str
    build: Callable[[], Corrector]


def correctors() -> Iterator[NamedCorrector]:
    """All correctors, those of clean-news last."""
    yield NamedCorrector("identity", identity)
    yield NamedCorrector("ftfy fix_text", fix_text)
    yield NamedCorrector("symspellpy lookup", every_lookup)
    yield NamedCorrector(
        f"symspellpy lookup, guarded by {'wordfreq' if wordfreq_words() else 'our vocabulary'}", guarded_lookup
    )
    yield NamedCorrector("symspellpy lookup_compound", lookup_compound)
    for names in (("ocr",), ("encoding", "characters", "layout", "ocr"), STAGES):
        name = "all stages" if names == STAGES else ", ".join(names)
        yield NamedCorrector(f"clean-news: {name}", partial(stages, names))


def identity() -> Corrector:
    """Correct nothing."""
    return str


def fix_text() -> Corrector:
    """ftfy with its defaults."""
    import ftfy

    return ftfy.fix_text


@cache
def symspell() -> "SymSpell":
    """symspellpy with the frequency list that it ships with."""
    from symspellpy import SymSpell
    from symspellpy.editdistance import DistanceAlgorithm, EditDistance

    found = SymSpell(MAX_EDIT_DISTANCE, distance_comparer=EditDistance(DistanceAlgorithm.DAMERAU_OSA_FAST))
    found.load_dictionary(vocabulary.frequency_list(), 0, 1, encoding="utf-8-sig")
    return found


def with_case(word: str, of: str) -> str:
    """Transfer the case of another word to a lower-case word; symspellpy itself lower-cases unknown words."""
    if of.isupper() and len(of) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if of[0].isupper() else word


def lookup(is_candidate: Callable[[str], bool]) -> Corrector:
    """symspellpy word by word: the nearest word, of several the most frequent one.

    Args:
        is_candidate: whether a word is looked up at all.
    """
    from symspellpy import Verbosity

    index = symspell()

    def correct(match: re.Match[str]) -> str:
        form = match.group()
        if not is_candidate(form):
            return form
        found = index.lookup(form.lower(), Verbosity.TOP, MAX_EDIT_DISTANCE)
        return with_case(found[0].term, form) if found else form

    return lambda text: WORD.sub(correct, text)


def every_lookup() -> Corrector:
    """symspellpy for every word."""
    return lookup(lambda _: True)


def wordfreq_words() -> Collection[str]:
    """wordfreq's English words; empty if it is not installed."""
    try:
        from wordfreq import get_frequency_dict
    except ModuleNotFoundError:
        return ()
    return get_frequency_dict("en")


def guarded_lookup() -> Corrector:
    """symspellpy for lower-case words of four or more letters that a larger vocabulary does not have."""
    known = wordfreq_words() or vocabulary.standard().words
    return lookup(lambda form: form.islower() and len(form) >= MIN_WORD_LETTERS and form not in known)


def lookup_compound() -> Corrector:
    """symspellpy's correction of whole lines, including word segmentation."""
    index = symspell()

    def line(text: str) -> str:
        return (
            index.lookup_compound(text, MAX_EDIT_DISTANCE, transfer_casing=True)[0].term if WORD.search(text) else text
        )

    return lambda text: "\n".join(map(line, text.split("\n")))


def stages(names: tuple[str, ...]) -> Corrector:
    """clean-news with these stages."""
    from clean_news import Cleaner

    cleaner = Cleaner(Settings(stages=names))
    return lambda text: cleaner.clean(text).text
