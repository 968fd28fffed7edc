"""Scans JSON values in a line with ``json``'s own scanner (RFC 8259, plus NaN and Infinity).

A line of 64 MB may be a list of twenty million empty lists, which would take gigabytes as Python objects. In long
lines, objects and lists are therefore validated and skipped, but not built.
"""

import re
from json.decoder import (  # type: ignore[attr-defined]  # typeshed leaves scanstring out
    JSONDecodeError,
    JSONDecoder,
    scanstring,
)
from typing import Any

# Integers stay strings: int() rejects those of more than 4,300 digits.
SCAN = JSONDecoder(parse_int=str).scan_once  # type: ignore[attr-defined]  # in json.decoder since Python 2.6
SPACE = re.compile(r"[ \t\n\r]*")
# Strings too, as they may contain brackets; one that never ends goes to the end of the line, where reading it fails.
BRACKET = re.compile(r'"(?>(?:[^"\\]|\\.)*)"?|[\[\]{}]')
# json's limit is about 1,000 levels, or less if the call stack is deep already; a line that could be read might then
# not be readable when it is reverted. Skipping a level takes two calls.
MAX_DEPTH = 200
LONG_LINE_CHARS = 1 << 20
# Simple elements of a list with their commas; matching a thousand at once is ten times as fast as one by one. An atomic
# group, since a possessive quantifier of a group matches too little before Python 3.11.5 (CPython issue 106052).
ELEMENTS = re.compile(
    r"(?>(?:[ \t\n\r]*+"
    r"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+"
    r'|"[^"\\\x00-\x1f]*+"|true|false|null|\[\]|\{\})'
    r"[ \t\n\r]*+,){0,1000})"
)


class TooDeepError(ValueError):
    """Objects and lists are nested too deeply."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(f"is nested deeper than {MAX_DEPTH} levels")


def check_depth(line: str) -> None:
    """Check the nesting depth of a line; :func:`scan_value` does it for long lines.

    Raises:
        TooDeepError: if objects and lists are nested deeper than ``MAX_DEPTH``.
    """
    if len(line) > LONG_LINE_CHARS or line.count("[") + line.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for found in BRACKET.finditer(line):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > MAX_DEPTH:
            raise TooDeepError


def scan_value(line: str, at: int, depth: int = 1) -> tuple[Any, int]:
    """Scan the value that starts at an offset.

    Args:
        line: the line.
        at: the offset in code points.
        depth: number of objects and lists that enclose the value.

    Returns:
        The value and its exclusive end. An integer is a string of digits; objects and lists in a long line are None.

    Raises:
        JSONDecodeError: if the value is missing or malformed.
        TooDeepError: if it is nested too deeply.
    """
    if len(line) > LONG_LINE_CHARS and line.startswith(("[", "{"), at):
        return None, _container_end(line, at, depth + 1)
    try:
        value, end = SCAN(line, at)
    except StopIteration as error:
        raise JSONDecodeError("a value is missing", line, error.value) from error
    except RecursionError as error:
        raise TooDeepError from error
    return value, end


def _container_end(line: str, at: int, depth: int) -> int:
    """Return the exclusive end of the object or list that starts at an offset.

    Raises:
        JSONDecodeError: if it is malformed.
        TooDeepError: if it is nested too deeply.
    """
    if depth > MAX_DEPTH:
        raise TooDeepError
    closing = "}" if line[at] == "{" else "]"
    at = after_space(line, at + 1)
    if line.startswith(closing, at):
        return at + 1
    while True:
        at = scan_key(line, at)[1] if closing == "}" else _after_elements(line, at)
        at = after_space(line, scan_value(line, at, depth)[1])
        if line.startswith(closing, at):
            return at + 1
        at = after_comma(line, at, closing)


def _after_elements(line: str, at: int) -> int:
    """Return the offset after the simple elements of a list, their commas and the white space after them."""
    return after_space(line, ELEMENTS.match(line, at).end())  # type: ignore[union-attr]  # it also matches the empty string


def scan_key(line: str, at: int) -> tuple[str, int]:
    """Return the key that starts at an offset, and the start of its value.

    Raises:
        JSONDecodeError: if the key or the colon is missing.
    """
    if not line.startswith('"', at):
        raise JSONDecodeError("a key in double quotes is missing", line, at)
    key, at = scanstring(line, at + 1, True)  # strict: no control characters
    at = after_space(line, at)
    if not line.startswith(":", at):
        raise JSONDecodeError("a colon is missing", line, at)
    return key, after_space(line, at + 1)


def after_comma(line: str, at: int, closing: str) -> int:
    """Return the offset after the comma at an offset and the white space after it.

    Raises:
        JSONDecodeError: if there is no comma.
    """
    if not line.startswith(",", at):
        raise JSONDecodeError(f"a comma or {closing} is missing", line, at)
    return after_space(line, at + 1)


def after_space(line: str, at: int) -> int:
    """Return the offset after the white space, if any, at an offset."""
    return SPACE.match(line, at).end()  # type: ignore[union-attr]  # it also matches the empty string
