"""Recognises texts in a spelling of their own, whose words look misread and are not: dialect, and early modern English.

Print of 1800 to 1930 has stories in Scots, and reprints of books of 1600 (*vpon*, *euen*, *witnesse*). Measured on 176
scans (shared/bench/ocr-train and ocr-dev) and the 21 of 4,160 texts of old print (shared/corpus/period-*) that have as
many unknown words as a scan: six of the texts have 13 to 59 words of dialect, no scan has more than two; four of them
have 10 to 90 early spellings, no scan has more than two.
"""

from collections.abc import Collection, Set
from functools import lru_cache

from clean_news.dictionaries import folder
from clean_news.language import vocabulary

DIALECT_WORDS, KNOWN_DIALECT_WORDS = "spellings-dialect.txt", "words-dialect.txt"
MIN_FORMS = 4  # distinct ones, from which a text has such a spelling
MIN_SPOKEN_FORMS = 2  # from which people speak dialect in a text
MIN_FORMS_SHARE = 0.1  # of its distinct unknown words
VOWELS = frozenset("aeiouy")
BEFORE_V = VOWELS | {"l", "r"}  # what a u that is a v today stands after
MIN_LETTERS = 3


def own_spelling(unknown: Set[str]) -> str:
    """Return which spelling a text has: ``dialect``, ``early modern English``, or nothing.

    Args:
        unknown: its distinct unknown words, in lower case.
    """
    minimum = max(MIN_FORMS, MIN_FORMS_SHARE * len(unknown))
    if len(unknown & dialect_words()) >= minimum:
        return "dialect"
    if sum(map(is_early, unknown)) >= minimum:
        return "early modern English"
    return ""


def has_dialect(forms: Collection[str]) -> bool:
    """Whether people speak dialect in a scan: at least two of its forms are words of dialect, or lack their last g.

    None of 176 scans (shared/bench/ocr-train and ocr-dev) has as many.

    >>> has_dialect(["dinna", "greetin"]), has_dialect(["dinna", "tbe", "bargain"])
    (True, False)
    """
    known = vocabulary.standard().words
    clipped = (form for form in forms if form.endswith("in") and form not in known and f"{form}g" in known)
    return len({*clipped, *dialect_words(KNOWN_DIALECT_WORDS).intersection(forms)}) >= MIN_SPOKEN_FORMS


def is_early(word: str) -> bool:
    """Whether a word is an early spelling of a known one, and has letters that misreading seldom writes.

    These are a ``v`` before a consonant at the beginning, and an ``e`` or ``ie`` at the end, perhaps after a double
    consonant; ``u`` and ``v`` may differ elsewhere, too.

    >>> [word for word in ("vpon", "witnesse", "verie", "euen", "tbe", "vcry") if is_early(word)]
    ['vpon', 'witnesse', 'verie']
    """
    if len(word) < MIN_LETTERS:
        return False
    begins = word[0] == "v" and word[1] not in VOWELS
    stems = [word]
    if word.endswith("ie"):
        stems.append(f"{word[:-2]}y")
    elif word.endswith("e"):
        stems.append(word[:-1])
        if word[-2] == word[-3]:
            stems.append(word[:-2])
    marked = stems if begins else stems[1:]
    return any(_modern(stem) in vocabulary.standard().words for stem in marked)


def _modern(word: str) -> str:
    """A word with ``u`` and ``v`` as they are written today.

    >>> _modern("vniuersity"), _modern("give"), _modern("euer")
    ('university', 'give', 'ever')
    """
    if word[0] == "v" and word[1:2] not in VOWELS:
        word = f"u{word[1:]}"
    letters = list(word)
    for at in range(1, len(word) - 1):
        if word[at] == "u" and word[at - 1] in BEFORE_V and word[at + 1] in VOWELS:
            letters[at] = "v"
    return "".join(letters)


@lru_cache(maxsize=2)
def dialect_words(name: str = DIALECT_WORDS) -> frozenset[str]:
    """Return the words of a list in ``dictionaries/ocr``: unknown ones of dialect, or :data:`KNOWN_DIALECT_WORDS`."""
    return frozenset(vocabulary.read_words(folder() / "ocr" / name))
