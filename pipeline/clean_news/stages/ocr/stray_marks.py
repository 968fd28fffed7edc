"""Find punctuation marks that OCR inserted, and punctuation marks that lost the space after them.

Noise on the page is read as a full stop, a quotation mark or a letter: ``' to``, ``.down``, ``said'``. Removing such a
mark, or separating it from the next word, is an additional reading.
"""

from collections.abc import Iterator
from typing import NamedTuple

from clean_news.language.tokens import Sentence

NOISE_MARKS = frozenset("'’‘.|¡!?^«»•■~_*\\>{}[]`°")  # may be noise between spaces before a word
NOISE_LETTERS = frozenset("Iijl")  # letters that may be noise
NEVER_LEADING = frozenset(".,;:!?]|^*«»_~\\")  # never printed at the start of a word
QUOTES = frozenset("'‘’")
STRAY = NOISE_MARKS | NOISE_LETTERS | NEVER_LEADING | QUOTES
SPACED_MARKS = frozenset(".,;:!?")  # followed by a space in print
DOMAIN_ENDINGS = frozenset({"com", "org", "net", "gov", "edu", "co", "uk", "au", "twitter"})


class StrayMark(NamedTuple):
    """A mark next to a word that may be noise. All attributes are token indices in the sentence.

    Attributes:
        mark: the mark.
        start: first token of the reading without it.
        end: exclusive end of the reading.
        word: the word that remains.
    """

    mark: int
    start: int
    end: int
    word: int


def _gap_before(sentence: Sentence, index: int) -> bool:
    """Whether a token is preceded by white space or begins the sentence."""
    return index == 0 or sentence.spans[index][0] > sentence.spans[index - 1][1]


def _gap_after(sentence: Sentence, index: int) -> bool:
    """Whether a token is followed by white space or ends the sentence."""
    return index + 1 == len(sentence.forms) or _gap_before(sentence, index + 1)


def is_noise_mark(sentence: Sentence, index: int) -> bool:
    """Whether a token is a single mark between spaces that may be noise."""
    return sentence.forms[index] in NOISE_MARKS and _gap_before(sentence, index) and _gap_after(sentence, index)


def stray_marks(sentence: Sentence) -> Iterator[StrayMark]:
    """Yield the marks of a sentence that are next to a word and may be noise."""
    forms = sentence.forms
    last = len(forms) - 1
    quotes = [index for index, form in enumerate(forms) if form in QUOTES]
    for index, form in enumerate(forms):
        if form not in STRAY:
            continue
        word_after = index < last and forms[index + 1].isalpha()
        word_before = index > 0 and forms[index - 1].isalpha()
        lone_quote = form in QUOTES and len(quotes) == 1
        before, after = _gap_before(sentence, index), _gap_after(sentence, index)
        alone = is_noise_mark(sentence, index) or (form in NOISE_LETTERS and is_lone_letter(sentence, index))
        leads = (form in NEVER_LEADING or lone_quote) and before and not after
        trails = lone_quote and after and not before
        if word_after and (alone or leads):
            yield StrayMark(index, index, index + 2, index + 1)
        elif word_before and trails and not forms[index - 1].lower().endswith("s"):
            yield StrayMark(index, index - 1, index + 1, index - 1)


def is_lone_letter(sentence: Sentence, index: int) -> bool:
    """Whether a token is surrounded by white space and is neither first nor last in the sentence."""
    return 0 < index < len(sentence.forms) - 1 and _gap_before(sentence, index) and _gap_after(sentence, index)


def unspaced_marks(sentence: Sentence) -> Iterator[int]:
    """Yield the token indices of punctuation marks between words without spaces: ``groan.After``, ``cases,though``."""
    forms = sentence.forms
    for index in range(1, len(forms) - 1):
        if forms[index] not in SPACED_MARKS or _gap_before(sentence, index) or _gap_after(sentence, index):
            continue
        before, after = forms[index - 1], forms[index + 1]
        if not before.isalpha() or not after.isalpha() or min(len(before), len(after)) < 2:
            continue
        if after not in DOMAIN_ENDINGS and not _is_in_address(sentence, index):
            yield index


def _is_in_address(sentence: Sentence, index: int) -> bool:
    """Whether one of the words around a mark continues with another mark of an address: ``www.x.org``."""
    forms = sentence.forms
    before = not _gap_before(sentence, index - 1) and forms[index - 2] in ".@/"
    after = not _gap_after(sentence, index + 1) and not _gap_after(sentence, index + 2) and forms[index + 2] in ".@/"
    return before or after
