"""Decides whether the noisy-channel stages apply to a text: is it English, long enough, not too long?"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.token_figures import TokenFigures, numbered_tokens

LETTER = "[^\\W\\d_²³¹¼½¾⁰↉①-⓿❶-➓]"  # numerals are no letters
WORD = re.compile(f"{LETTER}+(?:['’]{LETTER}+)*")
# The same for a text in lower case whose letters are all of Latin-1.
LATIN_WORD = re.compile("[a-zªµºß-öø-ÿ]+(?:['’][a-zªµºß-öø-ÿ]+)*")
# Each character of Latin-1 in lower case, as a byte; a space for what is neither a letter nor an apostrophe.
LATIN_LETTERS = bytes(
    ord(character) if character in "'\n" or LATIN_WORD.match(character) else ord(" ")
    for character in bytes(range(256)).decode("latin-1").lower()
)
OTHER_LETTERS = re.compile(
    "[\u0100-\u1fff\u2071-\u209c\u2102-\u2188\u2c00-\u2dff\u2e2f\u3005-\uffff\U00010000-\U0010ffff]"
)
MAX_COUNTED_CHARS = 200_000  # code points of texts whose tokens are counted to learn their number
SAMPLE_CHARS = 20_000  # code points from the start of a text, by which its language is identified

# English words that are rare in related languages (unlike "in", "on", "a", "die"), and OCR misreadings of the most
# frequent ones: a page where every "the" became "tho" is English, too.
ENGLISH_WORDS = frozenset(
    """the of and to that for with was is it he his by from which this not be are have has had they their who
    will would been were she its but about said
    tho tbe thc tlie aud nnd ot iu wero havo""".split()  # noqa: SIM905 - more readable than a list of strings
)
# The same for the languages that occur most often in collections of English news. Names in English news contain "de"
# and "la", too, but less than half as often as the words above occur.
FOREIGN_WORDS = frozenset(
    """de la le les des du et est une dans pour qui sur pas au aux el los las del en que y un una por con para
    su se al lo como il di che della per non sono gli da do dos das não uma com os der die und ist nicht den
    von zu mit sich auf für ein eine dem het een van niet dat zijn op och att det som är på av inte og ikke til
    jeg na nie się w z że jest i yang dan ini itu ang ng mga sa""".split()  # noqa: SIM905 - as above
)
# Share of ENGLISH_WORDS among the words of a text: at least .17 in news, .08 in lists of share prices (Reuters), .055
# in the second-worst scan of shared/bench/ocr-train; at most .02 in other languages.
MIN_ENGLISH_SHARE = 0.05
# Share of FOREIGN_WORDS from which a text is partly in another language: at most .065 in English news, .045 in old
# print and .081 in scans; .13 in the transcript of a broadcast in English and French.
MAX_FOREIGN_SHARE = 0.1
MIN_FOREIGN_WORDS = 5  # of such a text: a misread word of a short one may be a foreign word
# Of a line in another language: its words, and the share of FOREIGN_WORDS among them; it has no English one.
MIN_LINE_WORDS, MIN_FOREIGN_SHARE = 6, 0.15


@lru_cache(maxsize=1)  # several stages ask, one after the other, and mostly get the same text
def skip_reason(text: str, min_words: int, max_words: int) -> str | None:
    """Return the reason why the channel stages skip a text, for the log, or None if they apply to it.

    Args:
        text: the article.
        min_words: see :class:`clean_news.settings.Settings`.
        max_words: see there.

    Returns:
        For example ``"only 10 words; …"`` or ``"not English: …"``.
    """
    return length_reason(text, min_words, max_words) or not_english_reason(text[:SAMPLE_CHARS])


def length_reason(text: str, min_words: int, max_words: int) -> str | None:
    """Return the reason why a text is too short or too long, as :func:`skip_reason`; None if it is neither."""
    if len(text) > max_words * 2:
        blanks = text.count(" ") + text.count("\n")  # before splitting, as the text may be enormous
        if blanks > max_words * 2:
            return _too_long(blanks, max_words)
    count = word_count(text)
    if count > max_words:
        return _too_long(count, max_words)
    if count < min_words:
        noun = "word" if count == 1 else "words"
        return f"only {count} {noun}; too few to tell, fewer than min-words = {min_words}"
    return None


@lru_cache(maxsize=1)  # several stages ask about the same text
def word_count(text: str) -> int:
    """Return the number of words of a text, by the white space between them."""
    return len(numbered_tokens(text).numbers) if len(text) <= MAX_COUNTED_CHARS else len(text.split())


def words_in(parts: Sequence[str]) -> list[list[str]]:
    """Return the words of each part of a text, in lower case, with straight apostrophes.

    Args:
        parts: tokens or lines, without line feeds.

    >>> words_in(["“It’s", "3", "o'clock", "in", "Orléans’.”", "‘boys’", "o''clock", "Łódź"])
    [["it's"], [], ["o'clock"], ['in'], ['orléans'], ['boys'], ['o', 'clock'], ['łódź']]
    """
    if not parts:
        return []
    text = " \n ".join(("", *parts, "")).replace("’", "'")
    if OTHER_LETTERS.search(text):
        return [WORD.findall(part) for part in text.lower().split("\n")[1:-1]]
    letters = text.encode("latin-1", "replace").translate(LATIN_LETTERS)
    for outside in (b"''", b" '", b"' "):  # an apostrophe belongs to a word only between two letters
        letters = letters.replace(outside, b"  ")
    return [part.split() for part in letters.decode("latin-1").split("\n")[1:-1]]


def _too_long(words: int, max_words: int) -> str:
    """The reason for skipping a text with too many words."""
    return f"about {words:,} words; more than max-words = {max_words:,}"


@lru_cache(maxsize=1)  # both stages ask about the same text
def not_english_reason(sample: str) -> str | None:
    """Return why a text is not English, or None if it is.

    >>> not_english_reason("Der Hafen wurde am Montag für die Fähre gesperrt")
    'not English: 0% of its words are common English ones, 33% common foreign ones'
    >>> not_english_reason("The harbour was closed to the ferry on Monday")
    """
    english, foreign = shares(sample)
    is_partly_foreign = foreign >= MAX_FOREIGN_SHARE and counted_words(sample).foreign >= MIN_FOREIGN_WORDS
    if english >= max(MIN_ENGLISH_SHARE, foreign) and not is_partly_foreign:
        return None
    return f"not English: {english:.0%} of its words are common English ones, {foreign:.0%} common foreign ones"


class CountedWords(NamedTuple):
    """Numbers of words of a text.

    Attributes:
        total: all.
        english: common English ones.
        foreign: common foreign ones.
    """

    total: int
    english: int
    foreign: int


@lru_cache(maxsize=2)  # several stages ask about the same text, or about its beginning if it is long
def counted_words(text: str) -> CountedWords:
    """Count the words of a text.

    >>> counted_words("It’s 3 o'clock in the city of Orléans, n’est-ce pas?")
    CountedWords(total=10, english=2, foreign=1)
    """
    return CountedWords(*map(int, _figures.sums(numbered_tokens(text))))


def shares(sample: str) -> tuple[float, float]:
    """Return the shares of common English and of common foreign words among the words of a text."""
    counted = counted_words(sample)
    total = max(counted.total, 1)
    return counted.english / total, counted.foreign / total


def foreign_lines(text: str) -> list[tuple[int, int]]:
    r"""Return the spans of the lines of an English text that are in another language, in code points.

    >>> text = "The minister wrote:\n“Der Hafen ist nicht für die Fähre gesperrt.”\nHe did not answer."
    >>> [text[start:end] for start, end in foreign_lines(text)]
    ['“Der Hafen ist nicht für die Fähre gesperrt.”']
    """
    found = []
    at = 0
    lines = text.split("\n")
    for line, words in zip(lines, words_in(lines), strict=True):
        total, foreign = len(words), _among(FOREIGN_WORDS, words)
        if total >= MIN_LINE_WORDS and foreign >= MIN_FOREIGN_SHARE * total and not _among(ENGLISH_WORDS, words):
            found.append((at, at + len(line)))
        at += len(line) + 1
    return found


def _among(wanted: frozenset[str], words: Iterable[str]) -> int:
    """Count the words that are wanted ones."""
    return sum(map(wanted.__contains__, words))


def _figures_of(tokens: Sequence[str]) -> NDArray[np.float64]:
    """Return the figures of each token that :class:`CountedWords` sums."""
    words = words_in(tokens)
    figures = np.zeros((len(words), 3))
    figures[:, 0] = list(map(len, words))
    for column, wanted in enumerate((ENGLISH_WORDS, FOREIGN_WORDS), 1):
        for row, own in enumerate(words):
            if not wanted.isdisjoint(own):
                figures[row, column] = _among(wanted, own)
    return figures


_figures = TokenFigures(_figures_of, len(CountedWords._fields))
