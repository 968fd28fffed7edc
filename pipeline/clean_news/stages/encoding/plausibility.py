"""Judge whether a decoded character is plausible in its context.

A sequence that looks garbled is decoded again only if the result is what a writer may have written there: a lower-case
letter inside a word, a pound sign before a number, several letters of one script. That distinguishes ``Fran√ßois`` from
``2√π``.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Letters that occur in names in the news; other letters decoded from a byte sequence are more likely coincidence.
LETTERS = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĀāĂăĄąĆćČčĎďĐđēĖėĘęĚěĞğĢģĦħĪīİıĶķĹĺĻļĽľŁłŃńŅņŇňŌōŐőŒœŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŸŹźŻżŽžƠơƯưȘșȚț"
    "ċġĩĮįŋŏŭũŵŷŉəǆǉǌǎǐǒǔǧĒĖĮŴŶĈĉĜĝĤĥĴĵŜŝ"
) | {chr(code) for code in range(0x1E00, 0x1EFA)}
ALWAYS_PLAUSIBLE = frozenset("©®§¶·¡¿±µ×÷ªº¹²³¼½¾°\xa0\xad\ufeff\ufe0f\ufffd")
# Ranges: punctuation, currencies to mathematics, shapes and dingbats, two bullets, East Asian punctuation, ligatures,
# mathematical letters, emoji, the letters of flags.
SYMBOL_RANGES = (
    *(("\u2000", "\u206f"), ("\u20a0", "\u22ff"), ("\u2580", "\u27bf"), ("\u2981", "\u29be"), ("\u3000", "\u303f")),
    *(("\ufb00", "\ufb06"), ("\U0001d400", "\U0001d7ff"), ("\U0001f000", "\U0001faff"), ("\U000e0020", "\U000e007f")),
)
# Further symbols, box drawing, and signs above and beside letters: only where the garbled text cannot be genuine.
RARE_RANGES = (("\xa1", "\xbf"), ("\u02b0", "\u036f"), ("\u2070", "\u2bff"))
VOWELS = frozenset("aeiouyäöüAEIOUÄÖÜ")  # before ß
TWO_BYTE_SCRIPTS = frozenset({"GREEK", "CYRILLIC", "HEBREW", "ARABIC", "ARABIC-INDIC", "ARMENIAN"})
EAST_ASIAN = frozenset({"HANGUL", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH", "IDEOGRAPHIC"})
THREE_BYTE_SCRIPTS = EAST_ASIAN | {
    *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"),
    *("THAI", "LAO", "TIBETAN", "MYANMAR", "GEORGIAN", "ETHIOPIC", "KHMER", "MONGOLIAN", "VAI", "CHEROKEE"),
}
MIN_LETTERS = {2: 3, 3: 2}  # of one script, by the bytes of its letters in UTF-8: fewer may be coincidence
CURRENCIES = frozenset("£¥¢")


def is_plausible(
    text: str, before: str, after: str, known: frozenset[str] = frozenset(), *, certain: bool = False
) -> bool:
    """Whether every character of a text is plausible in its context.

    Args:
        text: the characters.
        before: the character before them; empty at the start of a line.
        after: the character after them; empty at the end of a line.
        known: the scripts of other text around them; a single letter of these is plausible.
        certain: whether the garbled text cannot be genuine, so that rare symbols and scripts are plausible.

    >>> is_plausible("ç", "n", "o"), is_plausible("ù", "2", " "), is_plausible("한국", "(", ")")
    (True, False, True)
    """
    if text.isascii():
        return True
    others = set(_foreign_letters(text, before, after, known, certain=certain))
    framed = f"{before or ' '}{text}{after or ' '}"
    between = zip(framed[1:-1], framed, framed[2:], strict=False)
    return all(
        character in others or _is_plausible_between(character, left, right, certain=certain)
        for character, left, right in between
    )


def _is_plausible_between(character: str, before: str, after: str, *, certain: bool) -> bool:
    """Whether one character is plausible between two others."""
    if character in ALWAYS_PLAUSIBLE:
        return True
    if character in CURRENCIES:
        return after.isdigit() or not before.isalpha()
    if character in "«»":
        return before not in "`´¨^~" and after not in "`´¨^~"  # a face
    if character not in LETTERS:
        return _is_plausible_sign(character, before, after, certain=certain)
    if character in "àÀ" and not before.isalnum() and not after.isalnum():
        return True  # à is the only word of one such letter in the news (à la carte)
    if certain and character in "ÃÂÄÅÐĂ":
        return True  # the first character of what is still garbled
    return _is_plausible_letter(character, before, after, certain=certain)


def _is_plausible_sign(character: str, before: str, after: str, *, certain: bool) -> bool:
    """Whether a character that is not one of :data:`LETTERS` is plausible."""
    if character in "\u02bb\u02bc":  # apostrophes that are letters, as in Hawaiian
        return is_latin(before) or is_latin(after)
    ranges = SYMBOL_RANGES + (RARE_RANGES if certain else ())
    return character.isascii() or any(first <= character <= last for first, last in ranges)


def _is_plausible_letter(character: str, before: str, after: str, *, certain: bool) -> bool:
    """Whether one of :data:`LETTERS` is plausible between two characters."""
    if character.isupper():
        inside = before.isalpha() and (before.islower() or after.islower())
        return not inside and (is_latin(after) or (is_latin(before) and before.isupper()))
    if character == "ə":
        return before.islower() or after.islower()
    in_capitals = before.isupper() and before.isascii() and after.isupper()
    if in_capitals or (character == "ß" and before not in VOWELS) or (character == "ù" and after.isalpha()):
        return False
    return certain or is_latin(before) or is_latin(after)


def _foreign_letters(text: str, before: str, after: str, known: frozenset[str], *, certain: bool) -> Iterator[str]:
    """Yield the letters of other scripts in a text if they are too many for coincidence, or not the only ones."""
    letters: dict[str, list[str]] = {}
    for character in text:
        letters.setdefault(family(character), []).append(character)
    beside = known | {family(before), family(after)}
    for name, found in letters.items():
        bytes_ = 2 if name in TWO_BYTE_SCRIPTS else 3
        in_word = bytes_ == 3 and any(map(str.isalpha, found)) and (is_latin(before) or is_latin(after))
        if name and (
            len(found) >= MIN_LETTERS[bytes_]
            or (name in beside and any(map(str.isalpha, found)))
            or (certain and not in_word)
        ):
            yield from found


@lru_cache(maxsize=4096)
def family(character: str) -> str:
    """Return the script of a letter or mark that is not Latin, one name for those of East Asia; else empty."""
    name = unicodedata.name(character, "").split(" ")[0] if character > "\u036f" else ""
    if name in EAST_ASIAN:
        return "EAST ASIAN"
    return name if name in TWO_BYTE_SCRIPTS or name in THREE_BYTE_SCRIPTS else ""


@lru_cache(maxsize=4096)
def script(character: str) -> str:
    """Return the script of a letter, the first word of its Unicode name; empty for other characters."""
    return unicodedata.name(character, "").split(" ")[0] if character.isalpha() else ""


def is_latin(character: str) -> bool:
    """Whether a character is a Latin letter."""
    return character.isalpha() and (character.isascii() or script(character) == "LATIN")
