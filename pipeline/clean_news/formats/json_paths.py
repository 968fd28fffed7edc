"""Finds the strings at a path of a JSON document, with their places.

The path is a subset of JSONPath (RFC 9535): keys, and ``[]`` or ``[*]`` for every element of an array. The libraries
for JSONPath (jsonpath-ng, python-jsonpath) evaluate it on Python objects, which no longer know where they were in the
file; so the path is followed here with the scanner of JSON lines, which does.
"""

import json
import re
from collections import Counter
from typing import Any, NamedTuple

from clean_news.formats.json_scanning import LONG_LINE_CHARS, MAX_DEPTH, after_comma, after_space, scan_key, scan_value
from clean_news.printable_text import visible

EVERY = None  # the step to every element of an array
Step = str | None
STEP = re.compile(r"""\.?([^.\[\]'"]+)|(\[\*?\])|\[(?:'([^']+)'|"([^"]+)")\]""")
PLAIN_KEY = re.compile(r"""[^.\[\]'"]+""")
MAX_STEPS = 32
MAX_SUGGESTED = 3  # paths in an error message


class PathError(ValueError):
    """A path is malformed; the message says how to write it."""


class TooManyError(ValueError):
    """There are more values at a path than may be read."""


class Found(NamedTuple):
    """A value at a path, or the place where there should be one.

    Attributes:
        place: its own path, e.g. ``articles[3].body``.
        start: offset of its first code point.
        end: exclusive end.
        fault: why it is not a string; empty if it is one.
        identifier: the literal of the id beside it; empty if there is none.
    """

    place: str
    start: int
    end: int
    fault: str = ""
    identifier: str = ""


def parse_path(path: str) -> tuple[Step, ...]:
    """Return the steps of a path.

    Raises:
        PathError: if it is malformed.

    >>> parse_path("articles[].body"), parse_path("$['a.b'][*]")
    (('articles', None, 'body'), ('a.b', None))
    """
    at = 1 if path.startswith(("$.", "$[")) else 0
    steps: list[Step] = []
    while at < len(path):
        found = STEP.match(path, at)
        if not found or (not steps and path.startswith(".", at) and not at) or len(steps) == MAX_STEPS:
            raise PathError(
                f"the text field {visible(path)!r} is not a path; write keys with dots, [] for every element of an "
                "array, and ['…'] for a key with dots in it: articles[].body"
            )
        steps.append(EVERY if found[2] else found[1] or found[3] or found[4])
        at = found.end()
    return tuple(steps)


class Walk:
    """Follows a path through a document.

    Attributes:
        found: the values found so far, in the order of the document.
        end: the offset after the document.
    """

    def __init__(self, line: str, at: int, steps: tuple[Step, ...], id_field: str, limit: int) -> None:
        """Follow a path to its ends.

        Args:
            line: the document.
            at: the offset of its first value.
            steps: the path; a step to a key in an array is one in every element of it.
            id_field: the key of an id beside the last key.
            limit: how many values may be found.

        Raises:
            JSONDecodeError: if it is malformed.
            TooDeepError: if it is nested too deeply.
            TooManyError: if there are more values.
        """
        self.line, self.id_field, self.limit = line, id_field, limit
        self.found: list[Found] = []
        self.end = self._value(at, steps, "", "", 0)

    def _add(self, found: Found) -> None:
        """Add a value.

        Raises:
            TooManyError: if there are too many.
        """
        if len(self.found) == self.limit:
            raise TooManyError
        self.found.append(found)

    def _value(self, at: int, steps: tuple[Step, ...], place: str, identifier: str, depth: int) -> int:
        """Follow the steps from the value at an offset; return the offset after it."""
        first = self.line[at : at + 1]
        if not steps:
            end = scan_value(self.line, at, depth)[1]
            fault = "" if first == '"' else f"is not a string but {visible(self.line[at:end][:20])}"
            self._add(Found(place, at if not fault else end, end, fault, identifier))
            return end
        if first == "[" and depth < MAX_DEPTH:
            rest = steps[1:] if steps[0] is EVERY else steps
            return self._elements(at, rest, place, depth + 1)
        if first == "{" and steps[0] is not EVERY and depth < MAX_DEPTH:
            return self._member(at, steps, place, depth + 1)
        end = scan_value(self.line, at, depth)[1]
        wanted = "an array" if steps[0] is EVERY else "an object"
        self._add(Found(place, end, end, f"is not {wanted} but {visible(self.line[at:end][:20])}"))
        return end

    def _elements(self, at: int, steps: tuple[Step, ...], place: str, depth: int) -> int:
        """Follow the steps from every element of the array at an offset; return the offset after it."""
        at = after_space(self.line, at + 1)
        number = 0
        while not self.line.startswith("]", at):
            at = after_comma(self.line, at, "]") if number else at
            at = after_space(self.line, self._value(at, steps, f"{place}[{number}]", "", depth))
            number += 1
        return at + 1

    def _member(self, at: int, steps: tuple[Step, ...], place: str, depth: int) -> int:
        """Follow the steps from a member of the object at an offset; return the offset after it.

        If the key occurs more than once, the last member counts, as in ``json.loads``.
        """
        line = self.line
        inner = -1
        identifier = ""
        at = after_space(line, at + 1)
        is_first = True
        while not line.startswith("}", at):
            at = at if is_first else after_comma(line, at, "}")
            is_first = False
            key, at = scan_key(line, at)
            start, at = at, scan_value(line, at, depth)[1]
            if key == steps[0]:
                inner = start
            if key == self.id_field and len(steps) == 1 and line[start] in '"-0123456789':
                identifier = line[start:at]
            at = after_space(line, at)
        inner_place = _joined(place, steps[0] or "")
        if inner < 0:
            self._add(Found(inner_place, at, at, f"there is no key {steps[0]!r}"))
        else:
            self._value(inner, steps[1:], inner_place, identifier, depth)
        return at + 1


def _joined(place: str, key: str) -> str:
    """Return the path of a member."""
    if not PLAIN_KEY.fullmatch(key):
        return f"{place}[{key!r}]"
    return f"{place}.{key}" if place else key


def paths_of_long_strings(content: str) -> list[str]:
    """Return the paths where most text is, for an error message; none for a document that is long or is not JSON."""
    if len(content) > LONG_LINE_CHARS:
        return []
    sizes: Counter[str] = Counter()
    try:
        waiting: list[tuple[str, Any]] = [("", json.loads(content, parse_int=str))]
    except (ValueError, RecursionError):
        return []
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str):
            sizes[place] += len(value)
        elif isinstance(value, list):
            waiting += ((f"{place}[]", each) for each in value)
        elif isinstance(value, dict) and place.count(".") < MAX_STEPS // 2:
            waiting += ((_joined(place, key), each) for key, each in value.items())
    return [place for place, _ in sizes.most_common(MAX_SUGGESTED) if place]
