r"""Normalise runs of white space and invisible characters.

A run is repaired as a whole, so that ``end \u200b\r\n`` gets one edit instead of three: invisible characters are
removed, line ends become ``\n``, Unicode spaces become ASCII spaces, and several spaces become one. Paragraph breaks
and indentation are kept, as are joiners and direction marks where they are significant.
"""

import re
import unicodedata
from collections.abc import Iterator

from clean_news.edits import Edit, trim_common_affixes
from clean_news.language.uncommon_characters import uncommon_characters

SOFT_HYPHEN = "\xad"
JOINERS = "\u200c\u200d"
SELECTORS = "\ufe00-\ufe0f"
BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
ZERO_WIDTH = (
    f"{JOINERS}{SELECTORS}\u034f\u115f\u1160\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc"
)
CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff"
LINE_ENDS = "\r\v\f\x85\u2028\u2029"
SPACES = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
INVISIBLE = f"{SOFT_HYPHEN}{ZERO_WIDTH}{BIDI}{CONTROLS}"
TERMINAL = r"\x1b\[[0-9;?]*[A-Za-z]"  # ANSI escape sequences of a terminal

# Where joiners and selectors are significant: between emoji, and in scripts with joining letters.
JOINING = "\u0590-\u1fff\u2190-\u2bff\u3000-\ud7ff\ufb1d-\ufdff\ufe0f\ufe70-\ufefc\U0001f000-\U0001faff"
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff"  # scripts without spaces between words
SIGNIFICANT = (
    f"(?<=[{JOINING}])[{JOINERS}](?=[{JOINING}])|(?<=[{UNSPACED}])[\u200b\u3000](?=[{UNSPACED}])"
    f"|(?<=[{JOINING}0-9#*©®™‼⁉ℹ])[{SELECTORS}]"
)
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

ODD_CHARACTER = re.compile(f"[{INVISIBLE}{LINE_ENDS}{SPACES}]")
FAULT = re.compile(f"{ODD_CHARACTER.pattern}|[ \t] | \t|[ \t](?=\n|\\Z)")
SPACE_FAULT = re.compile("  | (?=\n|\\Z)")  # the same in a text without tabs and odd characters
RUN = re.compile(f"(?:{TERMINAL}|(?!{SIGNIFICANT})[ \t\n{INVISIBLE}{LINE_ENDS}{SPACES}])+")

DIRECTION = re.compile(f"[{BIDI}]")

# The rule of a run is the first of these whose characters are in it.
RULE_PATTERNS = (
    ("CHAR003", re.compile(SOFT_HYPHEN)),
    ("CHAR001", re.compile(f"[{ZERO_WIDTH}]")),
    ("CHAR002", DIRECTION),
    ("CHAR004", re.compile(f"[{CONTROLS}]")),
    ("CHAR005", re.compile(f"[{LINE_ENDS}]")),
    ("CHAR006", re.compile(f"[{SPACES}]")),
    ("CHAR009", re.compile("")),
)


def edits(text: str) -> Iterator[Edit]:
    """Yield the edits that normalise the runs of a text, in order."""
    pattern = _fault_pattern(text)
    if pattern is None:
        return
    end = 0
    line_end, has_right_to_left = -1, False  # of the line that the last run was in
    for fault in pattern.finditer(text):
        if fault.start() < end:
            continue  # part of the previous run, which may be as long as the text
        run = RUN.match(text, fault.start())
        if not run:
            continue
        start = len(text[end : fault.start()].rstrip(" \t\n")) + end
        end = run.end()
        if DIRECTION.search(run[0]):
            if start > line_end:
                line = _line_around(text, start)
                line_end, has_right_to_left = (
                    text.rfind("\n", 0, start) + 1 + len(line),
                    bool(RIGHT_TO_LEFT.search(line)),
                )
            if has_right_to_left:
                continue
        after = _normalised(text, start, end)
        if after != text[start:end]:
            yield _minimal(text, start, end, after)


def _fault_pattern(text: str) -> re.Pattern[str] | None:
    """Return the fastest pattern that finds all faults of a text; None if it has none."""
    uncommon = uncommon_characters(text)
    if "\t" in uncommon or ODD_CHARACTER.search(uncommon):
        return FAULT
    return SPACE_FAULT if "  " in text or " \n" in text or text.endswith(" ") else None


def _normalised(text: str, start: int, end: int) -> str:
    """Return the replacement of the run ``text[start:end]``."""
    run, left, right = text[start:end], text[start - 1 : start], text[end : end + 1]
    if SOFT_HYPHEN in run:
        beside_digit = left.isalnum() and right.isalnum() and (left.isdigit() or right.isdigit())
        if run == SOFT_HYPHEN and beside_digit:
            return "-"  # digits are not hyphenated: it was a hyphen, as in 2010-11
        if left.islower() and right.islower() and re.fullmatch(f"{SOFT_HYPHEN}+[ \r]*\n[ \t]*", run):
            return ""  # a word hyphenated at the end of a line
    run = re.sub(f"{TERMINAL}|[{INVISIBLE}]", "", run)
    run = re.sub("\r+\n|[\r\v\x85\u2028\u2029]", "\n", run)
    run = run.replace("\f", "" if "\n" in run else "\n")
    run = re.sub(f"[{SPACES}]", " ", run)
    if "\n" in run:
        return "\n" * run.count("\n") + (run.rpartition("\n")[2] if right else "")
    if not left or not right:
        return run if right else ""  # indentation of the first line; white space after the last
    if _is_between_letters(text, start, end):
        return run
    return "\t" * run.count("\t") or run[:1]


def _is_between_letters(text: str, start: int, end: int) -> bool:
    """Whether the run separates letter-spaced words (B R E A K I N G   N E W S), which the layout stage joins."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return bool(re.search(r"(?<!\S)\w\Z", before) and re.match(r"\w(?!\S)", after))


def _line_around(text: str, at: int) -> str:
    """Return the line that contains an offset."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return text[start : end if end >= 0 else len(text)]


def _minimal(text: str, start: int, end: int, after: str) -> Edit:
    """Return the edit that replaces the run by ``after``, without their common prefix and suffix."""
    start, end, after = trim_common_affixes(text, start, end, after)
    before = text[start:end]
    rule = next(rule for rule, pattern in RULE_PATTERNS if pattern.search(before))
    unusual = sorted(set(before) - set(" \n\t"))
    evidence = {"characters": [_described(character) for character in unusual]} if unusual else {}
    return Edit(rule, (start, end), before, after, 0.99, evidence=evidence)


def _described(character: str) -> str:
    r"""Return the code point and the Unicode name of a character.

    >>> _described("\u200b")
    'U+200B ZERO WIDTH SPACE'
    """
    return f"U+{ord(character):04X} {unicodedata.name(character, 'CONTROL CHARACTER')}"
