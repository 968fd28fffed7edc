"""What repairs scanned text, each as a function of one text: libraries as they come, and clean-news."""

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
FARTHEST = 2  # edits between a word and what symspellpy puts there
SHORTEST = 4  # letters of a word that the guarded look-up corrects


class Named(NamedTuple):
    """A corrector and what it is called in the table.

    Attributes:
        name: for the row.
        build: makes the corrector; imports and loading happen here. It can be pickled.
    """

    name: str
    build: Callable[[], Corrector]


def correctors() -> Iterator[Named]:
    """All of them, ours last."""
    yield Named("identity", identity)
    yield Named("ftfy fix_text", fix_text)
    yield Named("symspellpy lookup", every_lookup)
    yield Named(f"symspellpy lookup, guarded by {'wordfreq' if wordfreq_words() else 'our vocabulary'}", guarded_lookup)
    yield Named("symspellpy lookup_compound", lookup_compound)
    for names in (("ocr",), ("encoding", "characters", "layout", "ocr"), STAGES):
        name = "all stages" if names == STAGES else ", ".join(names)
        yield Named(f"clean-news: {name}", partial(stages, names))


def identity() -> Corrector:
    """Nothing is corrected."""
    return str


def fix_text() -> Corrector:
    """ftfy with its defaults."""
    import ftfy

    return ftfy.fix_text


@cache
def symspell() -> "SymSpell":
    """symspellpy with the frequency list that it comes with."""
    from symspellpy import SymSpell
    from symspellpy.editdistance import DistanceAlgorithm, EditDistance

    found = SymSpell(FARTHEST, distance_comparer=EditDistance(DistanceAlgorithm.DAMERAU_OSA_FAST))
    found.load_dictionary(vocabulary.frequency_list(), 0, 1, encoding="utf-8-sig")
    return found


def with_case(word: str, of: str) -> str:
    """A word in small letters in the case of another; symspellpy's own way puts unknown words in small letters."""
    if of.isupper() and len(of) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if of[0].isupper() else word


def lookup(asked: Callable[[str], bool]) -> Corrector:
    """symspellpy word by word: the nearest, then commonest word.

    Args:
        asked: whether a word is looked up at all.
    """
    from symspellpy import Verbosity

    index = symspell()

    def correct(match: re.Match[str]) -> str:
        form = match.group()
        if not asked(form):
            return form
        found = index.lookup(form.lower(), Verbosity.TOP, FARTHEST)
        return with_case(found[0].term, form) if found else form

    return lambda text: WORD.sub(correct, text)


def every_lookup() -> Corrector:
    """symspellpy for every word."""
    return lookup(lambda _: True)


def wordfreq_words() -> Collection[str]:
    """wordfreq's English words; none if it is not installed."""
    try:
        from wordfreq import get_frequency_dict
    except ModuleNotFoundError:
        return ()
    return get_frequency_dict("en")


def guarded_lookup() -> Corrector:
    """symspellpy for words in small letters, neither short nor known to a larger vocabulary."""
    known = wordfreq_words() or vocabulary.standard().words
    return lookup(lambda form: form.islower() and len(form) >= SHORTEST and form not in known)


def lookup_compound() -> Corrector:
    """symspellpy's correction of whole lines, spaces included."""
    index = symspell()

    def line(text: str) -> str:
        return index.lookup_compound(text, FARTHEST, transfer_casing=True)[0].term if WORD.search(text) else text

    return lambda text: "\n".join(map(line, text.split("\n")))


def stages(names: tuple[str, ...]) -> Corrector:
    """These stages of clean-news."""
    from clean_news import Cleaner

    cleaner = Cleaner(Settings(stages=names))
    return lambda text: cleaner.clean(text).text
