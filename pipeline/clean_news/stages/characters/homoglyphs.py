"""Replace Greek and Cyrillic homoglyphs inside English words by Latin letters.

A word that mixes scripts (``Bоeing`` with a Cyrillic о) is never intended, and is repaired if every foreign letter in
it has a Latin look-alike. A word entirely in another script (``Газпром``, ``ТАСС``) is kept, unless it shows the same
tampering: only lower-case look-alikes, in an article that has mixed-script words and no other letters of that script.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from clean_news.dictionaries import folder
from clean_news.edits import Edit

RULE = "CHAR008"
FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")  # Greek, Cyrillic
LATIN = re.compile("[A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\u024f]")
WORD = re.compile(r"[^\W\d_]+")


@cache
def look_alikes() -> dict[int, str]:
    """Return the table of ``dictionaries/characters/homoglyphs.tsv``, for ``str.translate``.

    Raises:
        ValueError: if a line is invalid; the message names the file, the line and the expected format.
    """
    path = folder() / "characters" / "homoglyphs.tsv"
    table = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        foreign, latin, *_ = [*line.split("\t"), "", ""]
        if not (FOREIGN.fullmatch(foreign) and LATIN.fullmatch(latin)):
            raise ValueError(f"{path}, line {number}: {line!r}; expected: Greek or Cyrillic letter, tab, Latin letter")
        table[ord(foreign)] = latin
    return table


def edits(text: str) -> Iterator[Edit]:
    """Yield the edits that restore Latin letters in English words, one per word."""
    if not FOREIGN.search(text):
        return
    table = look_alikes()
    words = [word for word in WORD.finditer(text) if FOREIGN.search(word[0])]
    genuine = any(ord(letter) not in table for letter in FOREIGN.findall(text))
    tampered = any(_is_mixed(word[0], genuine) for word in words)
    for word in words:
        if _is_mixed(word[0], genuine):
            confidence = 0.97
        elif tampered and not genuine and _is_all_look_alikes(word[0]):
            confidence = 0.8
        else:
            continue
        after = word[0].translate(table)
        letters = [f"{letter} {unicodedata.name(letter)}" for letter in sorted(set(FOREIGN.findall(word[0])))]
        yield Edit(RULE, word.span(), word[0], after, confidence, evidence={"letters": letters})


def _is_mixed(word: str, genuine: bool) -> bool:
    """Whether a word mixes Latin letters and foreign look-alikes of Latin letters.

    Args:
        word: the word, letters only.
        genuine: whether the article has genuine words of the other script. The Latin letter may then be the wrong
            one, so most letters of the word must be Latin.
    """
    foreign, latin = FOREIGN.findall(word), LATIN.findall(word)
    if not latin or not all(ord(letter) in look_alikes() for letter in foreign):
        return False
    return len(latin) > len(foreign) or not genuine


def _is_all_look_alikes(word: str) -> bool:
    """Whether all letters of a word look Latin, and it is in lower case or the article А."""
    return (word.islower() or word == "А") and all(ord(letter) in look_alikes() for letter in word)
