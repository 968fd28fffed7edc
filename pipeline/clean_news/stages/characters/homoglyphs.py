"""Letters of other scripts that look like Latin ones, inside English words.

A word that mixes scripts (``Bоeing`` with a Cyrillic о) is never meant so, and is repaired if every foreign
letter in it has a Latin look-alike. A word wholly in another script is left alone (``Газпром``, ``ТАСС``)
unless it shows the same tampering: lower-case look-alikes only, in an article with mixed words and with no
other letters of that script.
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
    """The table of ``dictionaries/characters/homoglyphs.tsv``, as ``str.translate`` wants it.

    Raises:
        ValueError: for a line that is not an entry; the message names file, line and what is wanted.
    """
    path = folder() / "characters" / "homoglyphs.tsv"
    table = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        foreign, latin, *_ = [*line.split("\t"), "", ""]
        if not (FOREIGN.fullmatch(foreign) and LATIN.fullmatch(latin)):
            raise ValueError(f"{path}, line {number}: {line!r}; wanted: Greek or Cyrillic letter, tab, Latin letter")
        table[ord(foreign)] = latin
    return table


def edits(text: str) -> Iterator[Edit]:
    """The edits that put Latin letters back into English words, one a word."""
    if not FOREIGN.search(text):
        return
    table = look_alikes()
    words = [word for word in WORD.finditer(text) if FOREIGN.search(word[0])]
    genuine = any(ord(letter) not in table for letter in FOREIGN.findall(text))
    tampered = any(_is_mixed(word[0], genuine) for word in words)
    for word in words:
        if _is_mixed(word[0], genuine):
            sure = 0.97
        elif tampered and not genuine and _is_disguised(word[0]):
            sure = 0.8
        else:
            continue
        after = word[0].translate(table)
        letters = [f"{letter} {unicodedata.name(letter)}" for letter in sorted(set(FOREIGN.findall(word[0])))]
        yield Edit(RULE, word.span(), word[0], after, sure, evidence={"letters": letters})


def _is_mixed(word: str, genuine: bool) -> bool:
    """Whether a word has Latin letters, and foreign ones that all look like Latin ones.

    Args:
        word: letters.
        genuine: whether the article has real words of the other script; then the Latin letter could be the
            intruder, so the word must have more Latin letters than others.
    """
    foreign, latin = FOREIGN.findall(word), LATIN.findall(word)
    if not latin or not all(ord(letter) in look_alikes() for letter in foreign):
        return False
    return len(latin) > len(foreign) or not genuine


def _is_disguised(word: str) -> bool:
    """Whether a word is lower case, or the article А, and all of it looks Latin."""
    return (word.islower() or word == "А") and all(ord(letter) in look_alikes() for letter in word)
