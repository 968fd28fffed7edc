"""JSON values, found where they stand in a line, by ``json``'s own scanner (RFC 8259; NaN and Infinity pass).

A line of 64 MB may be a list of twenty million empty lists, which would take gigabytes as objects of Python. In long
lines objects and lists are therefore checked and passed over, but not built.
"""

import re
from json.decoder import (  # type: ignore[attr-defined]  # typeshed leaves scanstring out
    JSONDecodeError,
    JSONDecoder,
    scanstring,
)
from typing import Any

# Numbers stay text: int() refuses those of more than 4,300 digits.
SCAN = JSONDecoder(parse_int=str).scan_once  # type: ignore[attr-defined]  # in json.decoder since Python 2.6
SPACE = re.compile(r"[ \t\n\r]*")
BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]')  # strings too, because of the brackets in them
# json gives up at about 1,000, and sooner where the program is deep in calls itself: then what could be read could
# perhaps not be reverted. Passing over a level takes two calls.
DEEPEST = 200
LONG = 1 << 20  # code points
# Elements of a list with their commas, a thousand at once: that is ten times as fast as one by one.
ELEMENTS = re.compile(
    r"(?:[ \t\n\r]*+"
    r"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+"
    r'|"[^"\\\x00-\x1f]*+"|true|false|null|\[\]|\{\})'
    r"[ \t\n\r]*+,){0,1000}+"
)


class TooDeepError(ValueError):
    """Objects and lists are nested too deep."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(f"is nested deeper than {DEEPEST} levels")


def refuse_deep(line: str) -> None:
    """Refuse a line whose objects and lists are nested deeper than ``DEEPEST``; of a long one, :func:`scanned` does.

    Raises:
        TooDeepError: if it is.
    """
    if len(line) > LONG or line.count("[") + line.count("{") <= DEEPEST:
        return
    depth = 0
    for found in BRACKET.finditer(line):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > DEEPEST:
            raise TooDeepError


def scanned(line: str, at: int, depth: int = 1) -> tuple[Any, int]:
    """The value that begins at a place, and the place behind it.

    Args:
        line: the line.
        at: the place.
        depth: how many objects and lists the place is in.

    Returns:
        The value; of a whole number the digits; None for objects and lists in a long line.

    Raises:
        JSONDecodeError: if there is none, or it is malformed.
        TooDeepError: if it is nested too deep.
    """
    if len(line) > LONG and line.startswith(("[", "{"), at):
        return None, _behind_container(line, at, depth + 1)
    try:
        value, end = SCAN(line, at)
    except StopIteration as error:
        raise JSONDecodeError("a value is missing", line, error.value) from error
    except RecursionError as error:
        raise TooDeepError from error
    return value, end


def _behind_container(line: str, at: int, depth: int) -> int:
    """The place behind the object or list that begins at a place.

    Raises:
        JSONDecodeError: if it is malformed.
        TooDeepError: if it is nested too deep.
    """
    if depth > DEEPEST:
        raise TooDeepError
    closing = "}" if line[at] == "{" else "]"
    at = behind_space(line, at + 1)
    if line.startswith(closing, at):
        return at + 1
    while True:
        at = keyed(line, at)[1] if closing == "}" else _behind_elements(line, at)
        at = behind_space(line, scanned(line, at, depth)[1])
        if line.startswith(closing, at):
            return at + 1
        at = behind_comma(line, at, closing)


def _behind_elements(line: str, at: int) -> int:
    """The place behind those of a list's elements that are plain, their commas and the white space after them."""
    return behind_space(line, ELEMENTS.match(line, at).end())  # type: ignore[union-attr]  # it matches nothing, too


def keyed(line: str, at: int) -> tuple[str, int]:
    """The key that begins at a place, and the place where its value begins.

    Raises:
        JSONDecodeError: if there is none.
    """
    if not line.startswith('"', at):
        raise JSONDecodeError("a key in double quotes is missing", line, at)
    key, at = scanstring(line, at + 1, True)  # strict: no control characters
    at = behind_space(line, at)
    if not line.startswith(":", at):
        raise JSONDecodeError("a colon is missing", line, at)
    return key, behind_space(line, at + 1)


def behind_comma(line: str, at: int, closing: str) -> int:
    """The place behind the comma that stands at a place, and the white space after it.

    Raises:
        JSONDecodeError: if there is none.
    """
    if not line.startswith(",", at):
        raise JSONDecodeError(f"a comma or {closing} is missing", line, at)
    return behind_space(line, at + 1)


def behind_space(line: str, at: int) -> int:
    """The place behind the white space, if any, that begins at a place."""
    return SPACE.match(line, at).end()  # type: ignore[union-attr]  # it matches nothing, too
