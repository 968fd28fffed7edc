r"""Find escape sequences that were never decoded: ``\u2019``, ``\xe2\x80\x99``, ``%E2%80%99``, ``\"``, ``\n``.

An escape is decoded only if its character is plausible in context, so ``C:\users``, an address, and ``"\u00e9"`` as an
example are kept. In a line about escapes, only those between two letters are decoded.
"""

import re
from collections.abc import Iterator

from clean_news.stages.encoding.entities import Atom
from clean_news.stages.encoding.plausibility import is_plausible
from clean_news.stages.encoding.redecoding import redecoded

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
  # what JSON and SQL escape: quotation marks, slashes and line ends
  | (?P<mark> (?: (?<![^\s(\[“‘—–\-]) | (?<=\\n) ) {SLASHES}["'] (?=[\w$£€…#@.“‘\[])
      | (?<=[\w.,!?…;:%)\]”’]) {SLASHES}["'] (?!\w) | (?<=[A-Za-z]) {SLASHES}' (?={ENDING}) )
  | (?P<slash> (?<=[A-Za-z\d]) {SLASHES}/ (?=[A-Za-z\d]) )
  | (?P<newline> (?: (?<=[.!?”"’'…)]) | (?={SLASHES}(?:r\\n\\r)?n\\n) ) (?: (?:\\r)?\\n (?:\\t|[ ])* )+
      (?=[A-Z“"‘(\d\[•\\]|\Z) )
    """,
    re.VERBOSE,
)
# How escapes begin: a literal string, which is far faster to search for than a pattern, and a pattern.
PREFIXES = (
    ("\\", re.compile(r"""\\[uxU23nr"'/]""")),
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
JSON_OR_CODE = re.compile(r"""["'] ?: ?["'\[{]|[{}]|\w\(["']|= ?["']|\b[A-Za-z]:\\""")
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
        if found.lastgroup in ("mark", "slash", "newline"):
            if not about and not JSON_OR_CODE.search(line) and not (found["slash"] and "://" in line):
                yield Atom(found.start(), found[0], _json_decoded(found), "escape")
            continue
        decoded = _decoded(found)
        before, after = line[max(0, found.start() - 1) : found.start()], line[found.end() : found.end() + 1]
        if not decoded or _is_in_address(found):
            continue
        if not _is_plausible(decoded, before, "a" if after == "\\" else after):
            continue
        between_letters = before.isalpha() and after.isalpha()
        # Dashes and emoji may have spaces on both sides; letters and quotation marks must touch a word.
        is_spaced = decoded in "–—…•" or ord(decoded[0]) >= 0x2600
        if between_letters or (not about and (is_spaced or _is_touching(before, after))):
            yield Atom(found.start(), found[0], decoded, "escape")


def _is_plausible(decoded: str, before: str, after: str) -> bool:
    """Whether the characters of an escape are plausible, or are the mojibake of such characters."""
    if is_plausible(decoded, before, after):
        return True
    repaired = redecoded(f"{before}{decoded}{after}")
    return len(repaired) < len(before + decoded + after) and is_plausible(repaired, "", "")


def _json_decoded(found: re.Match[str]) -> str:
    """Decode a quotation mark, a slash or line ends; those at the end of a line are removed."""
    if found["newline"]:
        return "\n" * found[0].count("n") if found.end() < len(found.string) else ""
    return found[0][-1]


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
