r"""Characters that a program wrote as escapes and nobody read back: ``\u2019``, ``\xe2\x80\x99``, ``%E2%80%99``.

An escape is read where its character stands well, so ``C:\users``, an address, and ``"\u00e9"`` as an example
stay. In a line that speaks of escapes, only those between two letters are read.
"""

import re
from collections.abc import Iterator

from clean_news.stages.encoding.entities import Atom
from clean_news.stages.encoding.plausibility import stands

HEX = "[0-9a-fA-F]"
ENDING = r"(?:s|t|re|ve|ll|d|m)\b"
ESCAPE = re.compile(
    rf"""
    (?P<unicode> (?: \\+u{HEX}{{4}} )+ | \\+u\{{{HEX}{{2,6}}\}} | \\+U000{HEX}{{5}} | <U\+{HEX}{{4,6}}> )
  | (?P<bytes> (?: \\+x{HEX}{{2}} )+ | (?: \\+[23][0-7]{{2}} ){{2,}} )
  | (?P<quoted> (?: %[C-Fc-f]{HEX} (?: %[89ABab]{HEX} )+ )+ | (?: =[C-F][0-9A-F] (?: =[89AB][0-9A-F] )+ )+ )
  # the backslash was lost
  | (?P<bare> (?<=[A-Za-z])u2019(?={ENDING}) | (?<!\w)u201c(?=[A-Z]) | (?<=[.,!?])u201d(?!\w)
      | (?<=[a-z])u00[ef]{HEX}(?={HEX}?[a-z]*\b) )
    """,
    re.VERBOSE,
)
# How escapes begin; a character is found in a text far faster than a pattern.
BEGINNINGS = (
    ("\\", re.compile(r"\\[uxU23]")),
    ("%", re.compile(rf"%[CEce]{HEX}%")),
    ("=", re.compile("=[CE][0-9A-F]=")),
    ("<U+", re.compile(r"<U\+")),
    ("u201", re.compile("u201")),
    ("u00", re.compile("u00[ef]")),
)
# No article about something else has these words beside an escape.
ABOUT_ESCAPES = re.compile(
    r"\b(?:unicode|escap(?:e|es|ed|ing)|code ?points?|backslash|json|python|javascript|utf-?8|encod(?:e[ds]?|ing)"
    r"|regex|strings?|literals?|hex(?:adecimal)?|percent-encoded|print)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    rf"://|\bwww\.|[/@]|%20|\w=\w*%|\b[A-Za-z]:\\|^\\\\(?!u{HEX}{{4}}|x{HEX}{{2}})\w+\\\w"  # a drive, a network's path
)
TOUCHED = re.compile(r"[\w.,!?;:)…]")


def may_have_escapes(text: str) -> bool:
    """Whether a text has what an escape begins with."""
    return any(sign in text and beginning.search(text) for sign, beginning in BEGINNINGS)


def escapes(line: str) -> Iterator[Atom]:
    """The escapes of a line that stand for a character, each with it."""
    if not may_have_escapes(line):
        return
    about = ABOUT_ESCAPES.search(line)
    for found in ESCAPE.finditer(line):
        meant = _escape_meaning(found)
        before, after = line[max(0, found.start() - 1) : found.start()], line[found.end() : found.end() + 1]
        if not meant or not stands(meant, before, "a" if after == "\\" else after) or _in_address(found):
            continue
        between_letters = before.isalpha() and after.isalpha()
        # A dash or an emoji stands between spaces; letters and quotation marks touch a word.
        if between_letters or (not about and (_touches(before, after) or meant in "–—…•" or ord(meant[0]) >= 0x2600)):
            yield Atom(found.start(), found[0], meant, "escape")


def _touches(before: str, after: str) -> bool:
    """Whether a word or its punctuation stands beside, or another escape."""
    return any(TOUCHED.match(side) or side == "\\" for side in (before, after))


def _escape_meaning(found: re.Match[str]) -> str:
    """What an escape stands for; empty if nothing, or plain letters and digits, which nobody escapes."""
    escape = found[0]
    try:
        if found.lastgroup in ("unicode", "bare"):
            points = [int(number, 16) for number in re.findall(rf"[uU][+{{]?({HEX}+)", escape)]
            meant = "".join(map(chr, points)).encode("utf-16", "surrogatepass").decode("utf-16")
        else:
            octal = "x" not in escape and escape[0] == "\\"
            numbers = re.findall(r"[0-7]{3}" if octal else HEX + "{2}", escape)
            raw = bytes(int(number, 8 if octal else 16) for number in numbers)
            meant = raw.decode("cp1252" if len(raw) == 1 else "utf-8")
    except (ValueError, OverflowError):
        return ""
    return meant if all(not character.isascii() or character in "&'\"" for character in meant) else ""


def _in_address(found: re.Match[str]) -> bool:
    """Whether an escape is part of an address or a path."""
    line = found.string
    start = line.rfind(" ", 0, found.start()) + 1
    end = line.find(" ", found.end())
    return bool(ADDRESS.search(line[start : end if end >= 0 else None]))
