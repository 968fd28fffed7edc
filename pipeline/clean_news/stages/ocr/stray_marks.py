"""Signs that a scanner put where none was printed, and the space behind a sign that it lost.

A speck of dirt is read as a full stop, a quotation mark or a letter: ``' to``, ``.down``, ``said'``. Such signs
are improbable as they stand, and dropping or parting them is a reading of its own.
"""

from collections.abc import Iterator
from typing import NamedTuple

from clean_news.language.tokens import Sentence

SPECKS = frozenset("'’‘.|¡!?^«»•■~_*\\>{}[]`°")  # alone before a word
LETTERS = frozenset("Iijl")  # the same, read as letters
BEFORE = frozenset(".,;:!?]|^*«»_~\\")  # at a word's beginning, where none of them belongs
QUOTES = frozenset("'‘’")
GLUING = frozenset(".,;:!?")
DOMAINS = frozenset({"com", "org", "net", "gov", "edu", "co", "uk", "au", "twitter"})


class Stray(NamedTuple):
    """A sign that is not where it should be.

    Attributes:
        place: index of its token.
        start: index of the first token of the reading without it.
        end: index behind the last.
        word: index of the word that is left.
    """

    place: int
    start: int
    end: int
    word: int


def _gap_before(sentence: Sentence, place: int) -> bool:
    """Whether white space stands before a token, or nothing."""
    return place == 0 or sentence.spans[place][0] > sentence.spans[place - 1][1]


def _gap_behind(sentence: Sentence, place: int) -> bool:
    """Whether white space stands behind a token, or nothing."""
    return place + 1 == len(sentence.forms) or _gap_before(sentence, place + 1)


def is_speck(sentence: Sentence, place: int) -> bool:
    """Whether a token stands alone before a word and may be a speck of dirt, read as a sign."""
    return sentence.forms[place] in SPECKS and _gap_before(sentence, place) and _gap_behind(sentence, place)


def strays(sentence: Sentence) -> Iterator[Stray]:
    """The signs of a sentence that may be specks beside a word."""
    forms = sentence.forms
    last = len(forms) - 1
    quotes = [place for place, form in enumerate(forms) if form in QUOTES]
    for place, form in enumerate(forms):
        ahead = place < last and forms[place + 1].isalpha()
        behind = place > 0 and forms[place - 1].isalpha()
        lone_quote = form in QUOTES and len(quotes) == 1
        alone = is_speck(sentence, place) or (form in LETTERS and is_lone_letter(sentence, place))
        leads = (form in BEFORE or lone_quote) and _gap_before(sentence, place) and not _gap_behind(sentence, place)
        trails = lone_quote and _gap_behind(sentence, place) and not _gap_before(sentence, place)
        if ahead and (alone or leads):
            yield Stray(place, place, place + 2, place + 1)
        elif behind and trails and not forms[place - 1].lower().endswith("s"):
            yield Stray(place, place - 1, place + 1, place - 1)


def is_lone_letter(sentence: Sentence, place: int) -> bool:
    """Whether a letter stands between white space, not at the beginning or the end."""
    return 0 < place < len(sentence.forms) - 1 and _gap_before(sentence, place) and _gap_behind(sentence, place)


def glued(sentence: Sentence) -> Iterator[int]:
    """Places of punctuation with words on both sides and no white space: ``groan.After``, ``cases,though``."""
    forms = sentence.forms
    for place in range(1, len(forms) - 1):
        if forms[place] not in GLUING or _gap_before(sentence, place) or _gap_behind(sentence, place):
            continue
        before, behind = forms[place - 1], forms[place + 1]
        if not before.isalpha() or not behind.isalpha() or min(len(before), len(behind)) < 2:
            continue
        if behind not in DOMAINS and not _is_in_address(sentence, place):
            yield place


def _is_in_address(sentence: Sentence, place: int) -> bool:
    """Whether another sign of an address stands before the word before or behind the word behind: ``www.x.org``."""
    forms = sentence.forms
    before = not _gap_before(sentence, place - 1) and forms[place - 2] in ".@/"
    behind = not _gap_behind(sentence, place + 1) and not _gap_behind(sentence, place + 2) and forms[place + 2] in ".@/"
    return before or behind
