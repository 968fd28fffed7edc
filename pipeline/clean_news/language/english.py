"""Whether the channel stages can judge a text at all: is it English, long enough, not too long?"""

import re
from functools import lru_cache

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SAMPLE_CHARS = 20_000  # code points that tell a text's language

# English words that no language near it has in numbers (it shares "in", "on", "a", "die"), and what a scanner
# makes of the commonest: a page where every "the" became "tho" is English, too.
ENGLISH_WORDS = frozenset(
    """the of and to that for with was is it he his by from which this not be are have has had they their who
    will would been were she its but about said
    tho tbe thc tlie aud nnd ot iu wero havo""".split()  # noqa: SIM905 - a list of words reads better so
)
# The same for the languages whose news are most often mixed with English ones. Names in English news have "de"
# and "la", too, but not half as many as there are words of its own.
FOREIGN_WORDS = frozenset(
    """de la le les des du et est une dans pour qui sur pas au aux el los las del en que y un una por con para
    su se al lo como il di che della per non sono gli da do dos das não uma com os der die und ist nicht den
    von zu mit sich auf für ein eine dem het een van niet dat zijn op och att det som är på av inte og ikke til
    jeg na nie się w z że jest i yang dan ini itu ang ng mga sa""".split()  # noqa: SIM905 - as above
)
# Share of ENGLISH among the words: .17 and more in news, .08 in lists of share prices (Reuters), .055 in the
# worst scan but one of shared/bench/ocr-train; at most .02 in other languages.
MIN_ENGLISH_SHARE = 0.05


def skip_reason(text: str, min_words: int, max_words: int) -> str | None:
    """Why the channel stages skip a text, in words for the log; None where they can judge it.

    Args:
        text: the article.
        min_words: see :class:`clean_news.settings.Settings`.
        max_words: see there.

    Returns:
        E.g. ``"only 10 words"``, ``"not English: …"``.
    """
    blanks = text.count(" ") + text.count("\n")  # before the words are cut apart: the text may be enormous
    if blanks > max_words * 2:
        return _too_long(blanks, max_words)
    count = len(text.split())
    if count > max_words:
        return _too_long(count, max_words)
    if count < min_words:
        noun = "word" if count == 1 else "words"
        return f"only {count} {noun}; too few to tell, fewer than min-words = {min_words}"
    return not_english_reason(text[:SAMPLE_CHARS])


def _too_long(words: int, max_words: int) -> str:
    """The reason for a text of too many words."""
    return f"about {words:,} words; more than max-words = {max_words:,}"


@lru_cache(maxsize=1)  # one stage asks after the other
def not_english_reason(sample: str) -> str | None:
    """Why a text is not English, in words; None if it is.

    >>> not_english_reason("Der Hafen wurde am Montag für die Fähre gesperrt")
    'not English: 0% of its words are common English ones, 33% common foreign ones'
    >>> not_english_reason("The harbour was closed to the ferry on Monday")
    """
    words = WORD.findall(sample.lower())
    english = sum(map(ENGLISH_WORDS.__contains__, words)) / max(len(words), 1)
    foreign = sum(map(FOREIGN_WORDS.__contains__, words)) / max(len(words), 1)
    if english >= MIN_ENGLISH_SHARE and english >= foreign:
        return None
    return f"not English: {english:.0%} of its words are common English ones, {foreign:.0%} common foreign ones"
