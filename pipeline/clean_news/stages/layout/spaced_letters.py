"""Words set with a space between the letters: "N O T I C E"."""

import re
from collections.abc import Callable, Iterator

# Single letters, a space between: all capitals, or small ones after the first. Wider gaps part words.
RUN = re.compile(
    r"(?<![^\s\"'“‘(\[])"
    r"(?:[A-Z](?: {1,6}[A-Z]){3,}|[A-Za-z](?: [a-z]){3,}(?: {2,6}[A-Za-z](?: [a-z])*)*)"
    r"(?![^\s.,:;!?\"'”’)\]])"
)
LONGEST = 14  # letters; more are several words whose gaps were lost
PIECE_BEFORE = re.compile(r"(?:^|\s)\w{1,2} $")
PIECE_BEHIND = re.compile(r" \w{1,2}\b")
MONTHS = "JFMAMJJASOND"  # a chart's axis
GAP = re.compile(r" {2,}")
VOWEL = re.compile(r"[AEIOUY]")
CONSONANTS = re.compile(r"[^AEIOUY]{5,}")


def spaced_words(text: str, known: Callable[[str], bool]) -> Iterator[tuple[int, int, str]]:
    """Start, end and repair of every spaced-out run of words.

    Initials, codes and lists of letters ("J R R", "P W D L F A", "A B C D E") are left alone: one of the
    run's words must exist, or have five letters and read as a word.
    """
    for run in RUN.finditer(text):
        words = [part.replace(" ", "") for part in GAP.split(run[0])]
        if any(len(word) > LONGEST for word in words):
            continue
        if run[0].isupper():
            sure = any(_is_spaced_word(word, known) for word in words)
        else:  # small letters come from broken PDFs: whole words only, with no piece beside them
            whole = not PIECE_BEFORE.search(text, max(0, run.start() - 4), run.start())
            whole = whole and not PIECE_BEHIND.match(text, run.end())
            sure = whole and all(len(word) > 3 and known(word.lower()) for word in words)
        if sure:
            yield run.start(), run.end(), " ".join(words)


def _is_spaced_word(word: str, known: Callable[[str], bool]) -> bool:
    """Whether letters that stood apart are a word rather than initials or a list of letters."""
    if len(word) < 4 or word in MONTHS:
        return False
    if known(word.lower()):
        return True
    capitals = word.upper()
    ordered = sorted(capitals) == list(capitals)
    varied = len(set(capitals)) > len(capitals) // 2
    readable = VOWEL.search(capitals) is not None and not CONSONANTS.search(capitals)
    return len(word) > 4 and not ordered and varied and readable
