"""Decides whether the noisy-channel stages apply to a text: is it English, long enough, not too long?"""

import re
from collections import Counter
from functools import lru_cache

from clean_news.language.uncommon_characters import uncommon_characters

LETTER = "[^\\W\\d_²³¹¼½¾⁰↉①-⓿❶-➓]"  # numerals are no letters
WORD = re.compile(f"{LETTER}+(?:['’]{LETTER}+)*")
# The same for a text in lower case whose letters are all of Latin-1.
LATIN_WORD = re.compile("[a-zªµºß-öø-ÿ]+(?:['’][a-zªµºß-öø-ÿ]+)*")
# Each character of Latin-1 in lower case, as a byte; a space for what is neither a letter nor an apostrophe.
LATIN_LETTERS = bytes(
    ord(character) if character == "'" or LATIN_WORD.match(character) else ord(" ")
    for character in bytes(range(256)).decode("latin-1").lower()
)
OTHER_LETTERS = re.compile(
    "[\u0100-\u1fff\u2071-\u209c\u2102-\u2188\u2c00-\u2dff\u2e2f\u3005-\uffff\U00010000-\U0010ffff]"
)
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
    return len(text.split())


@lru_cache(maxsize=1)  # the same
def lower_case_words(text: str) -> Counter[str]:
    """Count the words of a text in lower case, with straight apostrophes; the result must not be changed.

    >>> lower_case_words("It’s 3 o'clock in Orléans. It’s late.")
    Counter({"it's": 2, "o'clock": 1, 'in': 1, 'orléans': 1, 'late': 1})
    """
    return _counted(text)


def _counted(text: str) -> Counter[str]:
    """The same without keeping the result, for parts of a text."""
    if not OTHER_LETTERS.search(uncommon_characters(text)):
        return Counter(_latin_words(text))
    lower = text.lower().replace("’", "'")
    return Counter((WORD if OTHER_LETTERS.search(lower) else LATIN_WORD).findall(lower))


def _latin_words(text: str) -> list[str]:
    """Return what :data:`LATIN_WORD` finds in a text whose letters are all of Latin-1, in lower case.

    >>> _latin_words("‘It’s’ o''clock, boys’ René")
    ["it's", 'o', 'clock', 'boys', 'rené']
    """
    letters = b" %b " % text.replace("’", "'").encode("latin-1", "replace").translate(LATIN_LETTERS)
    for outside in (b"''", b" '", b"' "):  # an apostrophe belongs to a word only between two letters
        letters = letters.replace(outside, b"  ")
    return letters.decode("latin-1").split()


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
    is_partly_foreign = (
        foreign >= MAX_FOREIGN_SHARE and _among(FOREIGN_WORDS, lower_case_words(sample)) >= MIN_FOREIGN_WORDS
    )
    if english >= max(MIN_ENGLISH_SHARE, foreign) and not is_partly_foreign:
        return None
    return f"not English: {english:.0%} of its words are common English ones, {foreign:.0%} common foreign ones"


@lru_cache(maxsize=1)
def shares(sample: str) -> tuple[float, float]:
    """Return the shares of common English and of common foreign words among the words of a text."""
    counts = lower_case_words(sample)
    total = max(counts.total(), 1)
    return _among(ENGLISH_WORDS, counts) / total, _among(FOREIGN_WORDS, counts) / total


def foreign_lines(text: str) -> list[tuple[int, int]]:
    r"""Return the spans of the lines of an English text that are in another language, in code points.

    >>> text = "The minister wrote:\n“Der Hafen ist nicht für die Fähre gesperrt.”\nHe did not answer."
    >>> [text[start:end] for start, end in foreign_lines(text)]
    ['“Der Hafen ist nicht für die Fähre gesperrt.”']
    """
    found = []
    at = 0
    for line in text.split("\n"):
        counts = _counted(line)
        total, foreign = counts.total(), _among(FOREIGN_WORDS, counts)
        if total >= MIN_LINE_WORDS and foreign >= MIN_FOREIGN_SHARE * total and not _among(ENGLISH_WORDS, counts):
            found.append((at, at + len(line)))
        at += len(line) + 1
    return found


def _among(words: frozenset[str], counts: Counter[str]) -> int:
    """Count the occurrences of these words."""
    return sum(counts[word] for word in words & counts.keys())
