r"""Find escape sequences that were never decoded: ``\u2019``, ``\xe2\x80\x99``, ``%E2%80%99``.

An escape is decoded only if its character is plausible in context, so ``C:\users``, an address, and ``"\u00e9"`` as an
example are kept. In a line about escapes, only those between two letters are decoded.
"""

import re
from collections.abc import Iterator

from clean_news.stages.encoding.entities import Atom
from clean_news.stages.encoding.plausibility import is_plausible

HEX = "[0-9a-fA-F]"
SLASHES = r"(?<!\\)\\++"  # all of a run; from each of its backslashes a search would take quadratic time
ENDING = r"(?:s|t|re|ve|ll|d|m)\b"
ESCAPE = re.compile(
    rf"""
    (?P<unicode> (?: {SLASHES}u{HEX}{{4}} )+ | {SLASHES}u\{{{HEX}{{2,6}}\}} | {SLASHES}U000{HEX}{{5}}
      | <U\+{HEX}{{4,6}}> )
  | (?P<bytes> (?: {SLASHES}x{HEX}{{2}} )+ | (?: {SLASHES}[23][0-7]{{2}} ){{2,}} )
  | (?P<quoted> (?: %[C-Fc-f]{HEX} (?: %[89ABab]{HEX} )+ )+ | (?: =[C-F][0-9A-F] (?: =[89AB][0-9A-F] )+ )+ )
  # the backslash was lost
  | (?P<bare> (?<=[A-Za-z])u2019(?={ENDING}) | (?<!\w)u201c(?=[A-Z]) | (?<=[.,!?])u201d(?!\w)
      | (?<=[a-z])u00[ef]{HEX}(?={HEX}?[a-z]*\b) )
    """,
    re.VERBOSE,
)
# How escapes begin: a literal string, which is far faster to search for than a pattern, and a pattern.
PREFIXES = (
    ("\\", re.compile(r"\\[uxU23]")),
    ("%", re.compile(rf"%[CEce]{HEX}%")),
    ("=", re.compile("=[CE][0-9A-F]=")),
    ("<U+", re.compile(r"<U\+")),
    ("u201", re.compile("u201")),
    ("u00", re.compile("u00[ef]")),
)
# Words that occur next to an escape only in articles about escapes.
ABOUT_ESCAPES = re.compile(
    r"\b(?:unicode|escap(?:e|es|ed|ing)|code ?points?|backslash|json|python|javascript|utf-?8|encod(?:e[ds]?|ing)"
    r"|regex|strings?|literals?|hex(?:adecimal)?|percent-encoded|print)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    rf"://|\bwww\.|[/@]|%20|\w=\w*%|\b[A-Za-z]:\\|^\\\\(?!u{HEX}{{4}}|x{HEX}{{2}})\w+\\\w"  # a drive, a network path
)
WORD_OR_PUNCTUATION = re.compile(r"[\w.,!?;:)…]")


def may_have_escapes(text: str) -> bool:
    """Whether a text contains the beginning of an escape."""
    return any(literal in text and pattern.search(text) for literal, pattern in PREFIXES)


def escapes(line: str) -> Iterator[Atom]:
    """Yield the escapes of a line with their characters."""
    if not may_have_escapes(line):
        return
    about = ABOUT_ESCAPES.search(line)
    for found in ESCAPE.finditer(line):
        decoded = _decoded(found)
        before, after = line[max(0, found.start() - 1) : found.start()], line[found.end() : found.end() + 1]
        if not decoded or not is_plausible(decoded, before, "a" if after == "\\" else after) or _is_in_address(found):
            continue
        between_letters = before.isalpha() and after.isalpha()
        # Dashes and emoji may have spaces on both sides; letters and quotation marks must touch a word.
        is_spaced = decoded in "–—…•" or ord(decoded[0]) >= 0x2600
        if between_letters or (not about and (is_spaced or _is_touching(before, after))):
            yield Atom(found.start(), found[0], decoded, "escape")


def _is_touching(before: str, after: str) -> bool:
    """Whether one of the neighbours is a letter, a digit, punctuation or the start of another escape."""
    return any(WORD_OR_PUNCTUATION.match(side) or side == "\\" for side in (before, after))


def _decoded(found: re.Match[str]) -> str:
    """Decode an escape; empty if it is invalid or encodes ASCII other than ``&`` and quotation marks."""
    escape = found[0]
    try:
        if found.lastgroup in ("unicode", "bare"):
            points = [int(number, 16) for number in re.findall(rf"[uU][+{{]?({HEX}+)", escape)]
            decoded = "".join(map(chr, points)).encode("utf-16", "surrogatepass").decode("utf-16")
        else:
            octal = "x" not in escape and escape[0] == "\\"
            numbers = re.findall(r"[0-7]{3}" if octal else HEX + "{2}", escape)
            raw = bytes(int(number, 8 if octal else 16) for number in numbers)
            decoded = raw.decode("cp1252" if len(raw) == 1 else "utf-8")
    except (ValueError, OverflowError):
        return ""
    return decoded if all(not character.isascii() or character in "&'\"" for character in decoded) else ""


def _is_in_address(found: re.Match[str]) -> bool:
    """Whether an escape is part of a URL or a path."""
    line = found.string
    start = line.rfind(" ", 0, found.start()) + 1
    end = line.find(" ", found.end())
    return bool(ADDRESS.search(line[start : end if end >= 0 else None]))
