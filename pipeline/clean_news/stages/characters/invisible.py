r"""Runs of white space and of characters that show nothing.

A run is judged as a whole, so that ``end \u200b\r\n`` is one fault and not three: what shows nothing goes,
line ends become ``\n``, exotic spaces become spaces, and of several spaces one stays. Paragraph breaks and
indentation stay as they are, and so do joiners and direction marks where they mean something.
"""

import re
import unicodedata
from collections.abc import Iterator

from clean_news.edits import Edit, without_common_ends

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
SILENT = f"{SOFT_HYPHEN}{ZERO_WIDTH}{BIDI}{CONTROLS}"
TERMINAL = r"\x1b\[[0-9;?]*[A-Za-z]"  # colours and cursor movements of a terminal

# Where joiners and selectors mean something: between emoji, and in scripts whose letters join.
JOINING = "\u0590-\u1fff\u2190-\u2bff\u3000-\ud7ff\ufb1d-\ufdff\ufe0f\ufe70-\ufefc\U0001f000-\U0001faff"
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff"  # scripts that do not part words by spaces
MEANT = (
    f"(?<=[{JOINING}])[{JOINERS}](?=[{JOINING}])|(?<=[{UNSPACED}])[\u200b\u3000](?=[{UNSPACED}])"
    f"|(?<=[{JOINING}0-9#*©®™‼⁉ℹ])[{SELECTORS}]"
)
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

FAULT = re.compile(f"[{SILENT}{LINE_ENDS}{SPACES}]|[ \t] | \t|[ \t](?=\n|\\Z)")
RUN = re.compile(f"(?:{TERMINAL}|(?!{MEANT})[ \t\n{SILENT}{LINE_ENDS}{SPACES}])+")

DIRECTION = re.compile(f"[{BIDI}]")

# The rule of a run is that of the first kind of character in it.
KINDS = (
    ("CHAR003", re.compile(SOFT_HYPHEN)),
    ("CHAR001", re.compile(f"[{ZERO_WIDTH}]")),
    ("CHAR002", DIRECTION),
    ("CHAR004", re.compile(f"[{CONTROLS}]")),
    ("CHAR005", re.compile(f"[{LINE_ENDS}]")),
    ("CHAR006", re.compile(f"[{SPACES}]")),
    ("CHAR009", re.compile("")),
)


def edits(text: str) -> Iterator[Edit]:
    """The edits that settle a text's invisible runs, in order."""
    end = 0
    line_end, has_right_to_left = -1, False  # of the line that the last run was in
    for fault in FAULT.finditer(text):
        if fault.start() < end:
            continue  # it is in the run before, which may be as long as the text
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
        after = _settled(text, start, end)
        if after != text[start:end]:
            yield _minimal(text, start, end, after)


def _settled(text: str, start: int, end: int) -> str:
    """What belongs in the place of the run ``text[start:end]``."""
    run, left, right = text[start:end], text[start - 1 : start], text[end : end + 1]
    if SOFT_HYPHEN in run:
        beside_digit = left.isalnum() and right.isalnum() and (left.isdigit() or right.isdigit())
        if run == SOFT_HYPHEN and beside_digit:
            return "-"  # no hyphenation beside a digit: it was a hyphen, as in 2010-11
        if left.islower() and right.islower() and re.fullmatch(f"{SOFT_HYPHEN}+[ \r]*\n[ \t]*", run):
            return ""  # a word parted at the line's end
    run = re.sub(f"{TERMINAL}|[{SILENT}]", "", run)
    run = re.sub("\r+\n|[\r\v\x85\u2028\u2029]", "\n", run)
    run = run.replace("\f", "" if "\n" in run else "\n")
    run = re.sub(f"[{SPACES}]", " ", run)
    if "\n" in run:
        return "\n" * run.count("\n") + (run.rpartition("\n")[2] if right else "")
    if not left or not right:
        return run if right else ""  # indentation of the first line; white space behind the last
    if _is_between_letters(text, start, end):
        return run
    return "\t" * run.count("\t") or run[:1]


def _is_between_letters(text: str, start: int, end: int) -> bool:
    """Whether the run parts words of spaced letters (B R E A K I N G   N E W S), which layout joins."""
    before, behind = text[max(0, start - 2) : start], text[end : end + 2]
    return bool(re.search(r"(?<!\S)\w\Z", before) and re.match(r"\w(?!\S)", behind))


def _line_around(text: str, at: int) -> str:
    """The line that a place is in."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return text[start : end if end >= 0 else len(text)]


def _minimal(text: str, start: int, end: int, after: str) -> Edit:
    """The edit that puts ``after`` in the place of the run, without what both have in common."""
    start, end, after = without_common_ends(text, start, end, after)
    before = text[start:end]
    rule = next(rule for rule, kind in KINDS if kind.search(before))
    silent = sorted(set(before) - set(" \n\t"))
    evidence = {"characters": [described(character) for character in silent]} if silent else {}
    return Edit(rule, (start, end), before, after, 0.99, evidence=evidence)


def described(character: str) -> str:
    r"""A character's code point and name.

    >>> described("\u200b")
    'U+200B ZERO WIDTH SPACE'
    """
    return f"U+{ord(character):04X} {unicodedata.name(character, 'CONTROL CHARACTER')}"
