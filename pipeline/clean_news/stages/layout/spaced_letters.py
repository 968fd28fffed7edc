"""Detect letter-spaced words: "N O T I C E"."""

import re
from collections.abc import Callable, Iterator
from unicodedata import combining, normalize

# Single letters with spaces between them: all upper case, or all but the first lower case. Wider gaps separate words.
UPPER, LOWER = (
    "".join(letter for letter in map(chr, range(ord("A"), 0x250)) if getattr(letter, test)())
    for test in ("isupper", "islower")
)
RUN = re.compile(
    rf"""
    (?<![^\s"'“‘(\[])
    (?:
        [{UPPER}] (?:[ ]{{1,6}}[{UPPER}]){{3,}}
        | [{UPPER}{LOWER}] (?:[ ][{LOWER}]){{3,}} (?:[ ]{{2,6}}[{UPPER}{LOWER}](?:[ ][{LOWER}])*)*
    )
    (?![^\s.,:;!?"'”’)\]])
    """,
    re.VERBOSE,
)
MAX_WORD_LETTERS = 14  # longer ones are several words whose gaps were lost
PIECE_BEFORE = re.compile(r"(?:^|\s)\w{1,2} $")
PIECE_AFTER = re.compile(r" \w{1,2}\b")
MONTHS = "JFMAMJJASOND"  # the axis of a chart
GAP = re.compile(r" {2,}")
VOWEL = re.compile(r"[AEIOUY]")
CONSONANTS = re.compile(r"[^AEIOUY]{5,}")


def spaced_words(text: str, known: Callable[[str], bool]) -> Iterator[tuple[int, int, str]]:
    """Yield the start, the exclusive end and the repair of every run of letter-spaced words.

    To exclude initials, codes and lists of letters ("J R R", "P W D L F A", "A B C D E"), one of the words of a run
    must exist, or have at least five letters and be pronounceable.

    Args:
        text: the text; offsets are code points.
        known: whether a lower-case word exists.
    """
    for run in RUN.finditer(text):
        words = [part.replace(" ", "") for part in GAP.split(run[0])]
        if any(len(word) > MAX_WORD_LETTERS for word in words):
            continue
        if run[0].isupper():
            accepted = any(_is_spaced_word(word, known) for word in words)
        else:  # lower case comes from broken PDFs: only whole words, without fragments next to them
            whole = not PIECE_BEFORE.search(text, max(0, run.start() - 4), run.start())
            whole = whole and not PIECE_AFTER.match(text, run.end())
            accepted = whole and all(len(word) > 3 and known(word.lower()) for word in words)
        if accepted:
            yield run.start(), run.end(), " ".join(words)


def _is_spaced_word(word: str, known: Callable[[str], bool]) -> bool:
    """Whether the joined letters are a word rather than initials or a list of letters."""
    if len(word) < 4 or word in MONTHS:
        return False
    if known(word.lower()):
        return True
    letters = "".join(letter for letter in normalize("NFD", word.upper()) if not combining(letter))
    ordered = sorted(letters) == list(letters)
    varied = len(set(letters)) > len(letters) // 2
    readable = VOWEL.search(letters) is not None and not CONSONANTS.search(letters)
    return len(word) > 4 and not ordered and varied and readable
