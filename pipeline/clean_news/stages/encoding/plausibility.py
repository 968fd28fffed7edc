"""Whether a character stands where text has such a character.

What looks garbled is read again only if the result is something a writer would have put there: a small letter
inside a word, a pound sign before a sum. It tells ``Fran√ßois`` from ``2√π``.
"""

import unicodedata
from functools import lru_cache

# Letters that names in the news have; what else a byte sequence may give is more likely chance.
LETTERS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĀāĂăĄąĆćČčĎďĐđēĖėĘęĚěĞğĢģĦħĪīİıĶķĹĺĻļĽľŁłŃńŅņŇňŌōŐőŒœŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŸŹźŻżŽžƠơƯưȘșȚț"
) | {chr(code) for code in range(0x1EA0, 0x1EFA)}
SIGNS = frozenset("©®«»§¶·¡¿±µ×÷ªº¹²³¼½¾°\xa0\xad\ufeff\ufe0f")
# Blocks of Unicode: punctuation, currencies to mathematics, shapes and dingbats, two list marks, ligatures, emoji.
SYMBOLS = (
    *(("\u2000", "\u206f"), ("\u20a0", "\u22ff"), ("\u2580", "\u27bf"), ("\u2981", "\u29be")),
    *(("\ufb00", "\ufb06"), ("\U0001f000", "\U0001faff")),
)
VOWELS = frozenset("aeiouyäöüAEIOUÄÖÜ")  # before ß
OTHER_SCRIPTS = frozenset({"GREEK", "CYRILLIC", "HEBREW", "ARABIC"})
CURRENCIES = frozenset("£¥¢")


def stands(text: str, before: str, after: str) -> bool:
    """Whether every character of a text stands well.

    Args:
        text: the characters.
        before: the character in front of them; empty at a line's begin.
        after: the character behind them; empty at a line's end.

    >>> stands("ç", "n", "o"), stands("ù", "2", " ")
    (True, False)
    """
    others = _foreign_word(text)
    framed = f"{before or ' '}{text}{after or ' '}"
    between = zip(framed[1:-1], framed, framed[2:], strict=False)
    return all(character in others or _stands_between(character, left, right) for character, left, right in between)


def _stands_between(character: str, before: str, after: str) -> bool:
    """Whether one character stands well between two others."""
    if character in SIGNS:
        return True
    if character in CURRENCIES:
        return after.isdigit() or not before.isalpha()
    if character not in LETTERS:
        return character.isascii() or any(first <= character <= last for first, last in SYMBOLS)
    if character in "àÀ" and not before.isalnum() and not after.isalnum():
        return True  # the one word of news (à la carte) that is only such a letter
    if character.isupper():
        inside = before.isalpha() and (before.islower() or after.islower())
        return not inside and (is_latin(after) or (is_latin(before) and before.isupper()))
    in_capitals = before.isupper() and before.isascii() and after.isupper()
    if in_capitals or (character == "ß" and before not in VOWELS) or (character == "ù" and after.isalpha()):
        return False
    return is_latin(before) or is_latin(after)


def _foreign_word(text: str) -> set[str]:
    """The letters of another script in a text, if they are three or more of one: chance does not make that."""
    letters = [character for character in text if script(character) in OTHER_SCRIPTS]
    return set(letters) if len(letters) > 2 and len({script(letter) for letter in letters}) == 1 else set()


@lru_cache(maxsize=4096)
def script(character: str) -> str:
    """The first word of a letter's name in Unicode, which is its script; empty for what is no letter."""
    return unicodedata.name(character, "").split(" ")[0] if character.isalpha() else ""


def is_latin(character: str) -> bool:
    """Whether a character is a Latin letter."""
    return character.isalpha() and (character.isascii() or script(character) == "LATIN")
