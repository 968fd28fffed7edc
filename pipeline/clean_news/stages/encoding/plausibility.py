"""Judge whether a decoded character is plausible in its context.

A sequence that looks garbled is decoded again only if the result is what a writer may have written there: a lower-case
letter inside a word, a pound sign before a number. That distinguishes ``Fran√ßois`` from ``2√π``.
"""

import unicodedata
from functools import lru_cache

# Letters that occur in names in the news; other letters decoded from a byte sequence are more likely coincidence.
LETTERS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĀāĂăĄąĆćČčĎďĐđēĖėĘęĚěĞğĢģĦħĪīİıĶķĹĺĻļĽľŁłŃńŅņŇňŌōŐőŒœŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŸŹźŻżŽžƠơƯưȘșȚț"
) | {chr(code) for code in range(0x1EA0, 0x1EFA)}
ALWAYS_PLAUSIBLE = frozenset("©®«»§¶·¡¿±µ×÷ªº¹²³¼½¾°\xa0\xad\ufeff\ufe0f")
# Unicode ranges: punctuation, currencies to mathematics, shapes and dingbats, two bullets, ligatures, emoji.
SYMBOL_RANGES = (
    *(("\u2000", "\u206f"), ("\u20a0", "\u22ff"), ("\u2580", "\u27bf"), ("\u2981", "\u29be")),
    *(("\ufb00", "\ufb06"), ("\U0001f000", "\U0001faff")),
)
VOWELS = frozenset("aeiouyäöüAEIOUÄÖÜ")  # before ß
OTHER_SCRIPTS = frozenset({"GREEK", "CYRILLIC", "HEBREW", "ARABIC"})
CURRENCIES = frozenset("£¥¢")


def is_plausible(text: str, before: str, after: str) -> bool:
    """Whether every character of a text is plausible in its context.

    Args:
        text: the characters.
        before: the character before them; empty at the start of a line.
        after: the character after them; empty at the end of a line.

    >>> is_plausible("ç", "n", "o"), is_plausible("ù", "2", " ")
    (True, False)
    """
    others = _foreign_word(text)
    framed = f"{before or ' '}{text}{after or ' '}"
    between = zip(framed[1:-1], framed, framed[2:], strict=False)
    return all(
        character in others or _is_plausible_between(character, left, right) for character, left, right in between
    )


def _is_plausible_between(character: str, before: str, after: str) -> bool:
    """Whether one character is plausible between two others."""
    if character in ALWAYS_PLAUSIBLE:
        return True
    if character in CURRENCIES:
        return after.isdigit() or not before.isalpha()
    if character not in LETTERS:
        return character.isascii() or any(first <= character <= last for first, last in SYMBOL_RANGES)
    if character in "àÀ" and not before.isalnum() and not after.isalnum():
        return True  # à is the only word of one such letter in the news (à la carte)
    if character.isupper():
        inside = before.isalpha() and (before.islower() or after.islower())
        return not inside and (is_latin(after) or (is_latin(before) and before.isupper()))
    in_capitals = before.isupper() and before.isascii() and after.isupper()
    if in_capitals or (character == "ß" and before not in VOWELS) or (character == "ù" and after.isalpha()):
        return False
    return is_latin(before) or is_latin(after)


def _foreign_word(text: str) -> set[str]:
    """Return the letters of another script in a text if there are at least three of one script: not coincidence."""
    letters = [character for character in text if script(character) in OTHER_SCRIPTS]
    return set(letters) if len(letters) > 2 and len({script(letter) for letter in letters}) == 1 else set()


@lru_cache(maxsize=4096)
def script(character: str) -> str:
    """Return the script of a letter, the first word of its Unicode name; empty for other characters."""
    return unicodedata.name(character, "").split(" ")[0] if character.isalpha() else ""


def is_latin(character: str) -> bool:
    """Whether a character is a Latin letter."""
    return character.isalpha() and (character.isascii() or script(character) == "LATIN")
