r"""The members of a JSON object where they stand in its line, and texts written as JSON strings.

A record is never written anew: numbers would lose digits, members their spacing. Only the literal of one text is
cut out and another one put in. ``json`` does the parsing (RFC 8259; NaN and Infinity pass, as they do there).
"""

import base64
import json
import re
import zlib
from json.decoder import (  # type: ignore[attr-defined]  # typeshed leaves scanstring out
    JSONDecodeError,
    JSONDecoder,
    scanstring,
)
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple

# Numbers stay text: int() refuses those of more than 4,300 digits.
SCAN = JSONDecoder(parse_int=str).scan_once  # type: ignore[attr-defined]  # in json.decoder since Python 2.6
SPACE = re.compile(r"[ \t\n\r]*")
MARK_AND_SPACE = re.compile(r"\ufeff?[ \t\n\r]*")  # the mark also begins a line where files were put together
BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')  # strings too, because of the brackets in them
# json gives up at about 1,000, and sooner where the program is deep in calls itself: then what could be read could
# perhaps not be reverted.
DEEPEST = 400
SURROGATE = re.compile("[\ud800-\udfff]")
ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")
CAPITAL_DIGIT = re.compile(r"\\u[0-9a-fA-F]{0,3}[A-F]")
FOR_HTML = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


class NotAnObjectError(ValueError):
    """A line is no JSON object; the message says what it is."""


class Member(NamedTuple):
    """A member of an object, with its place in the line in code points.

    Attributes:
        key: its key.
        value: its value; of a whole number the digits.
        start: where the literal of the key begins.
        at: where the literal of the value begins.
        end: the place behind that literal.
    """

    key: str
    value: Any
    start: int
    at: int
    end: int


def members(line: str) -> list[Member]:
    r"""The members of the JSON object that a line holds, in order.

    Args:
        line: the line; a byte order mark, white space and its line end may stand around the object.

    Raises:
        NotAnObjectError: if it holds anything else, or is nested so deep that it cannot be read.

    >>> members('{"id": 7, "text": "caf\\u00e9"}')[1]
    Member(key='text', value='café', start=10, at=18, end=29)
    """
    try:
        if is_deep(line):
            raise NotAnObjectError(f"is nested deeper than {DEEPEST} levels")
        found, end = walk(line, MARK_AND_SPACE.match(line).end())  # type: ignore[union-attr]
    except JSONDecodeError as error:
        raise NotAnObjectError(f"is not JSON ({error.msg} at character {error.pos + 1})") from error
    except RecursionError as error:
        raise NotAnObjectError("is nested too deeply to be read") from error
    if end != len(line):
        raise NotAnObjectError(f"has something behind its JSON object, at character {end + 1}")
    return found


def is_deep(line: str) -> bool:
    """Whether a line's objects and lists are nested deeper than ``DEEPEST``."""
    if line.count("[") + line.count("{") <= DEEPEST:
        return False
    depth = 0
    for found in BRACKET.finditer(line):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > DEEPEST:
            return True
    return False


def walk(line: str, at: int) -> tuple[list[Member], int]:
    """The members of the object that begins at a place, and the place behind it and the white space there.

    Raises:
        NotAnObjectError: if something else begins there.
        JSONDecodeError: if it is malformed.
        RecursionError: if it is nested too deep.
    """
    if not line.startswith("{", at):
        scanned(line, at)
        raise NotAnObjectError("is JSON, but no object in braces")
    found: list[Member] = []
    at = behind_space(line, at + 1)
    if line.startswith("}", at):
        return found, behind_space(line, at + 1)
    while True:
        if not line.startswith('"', at):
            raise JSONDecodeError("a key in double quotes is missing", line, at)
        start = at
        key, at = scanstring(line, at + 1, True)  # strict: no control characters
        at = behind_space(line, at)
        if not line.startswith(":", at):
            raise JSONDecodeError("a colon is missing", line, at)
        at = behind_space(line, at + 1)
        value, end = scanned(line, at)
        found.append(Member(key, value, start, at, end))
        at = behind_space(line, end)
        if line.startswith("}", at):
            return found, behind_space(line, at + 1)
        if not line.startswith(",", at):
            raise JSONDecodeError("a comma or } is missing", line, at)
        at = behind_space(line, at + 1)


def scanned(line: str, at: int) -> tuple[Any, int]:
    """The value that begins at a place, and the place behind it.

    Raises:
        JSONDecodeError: if there is none, or it is malformed.
        RecursionError: if it is nested too deep.
    """
    try:
        value, end = SCAN(line, at)
    except StopIteration as error:
        raise JSONDecodeError("a value is missing", line, error.value) from error
    return value, end


def behind_space(line: str, at: int) -> int:
    """The place behind the white space, if any, that begins at a place."""
    return SPACE.match(line, at).end()  # type: ignore[union-attr]  # it matches nothing, too


def member_of(found: list[Member], key: str) -> Member | None:
    """The member of a key; the last one where there are several, as for ``json.loads``."""
    return next((member for member in reversed(found) if member.key == key), None)


class Style(NamedTuple):
    r"""How a writer of JSON writes texts.

    Attributes:
        ascii: everything outside ASCII as an escape, as Python's ``json.dumps`` does.
        solidus: ``/`` as ``\/``, as PHP does.
        html: ``<``, ``>``, ``&`` and U+2028, U+2029 as escapes, as Go does.
        capitals: ``\u00E9`` in place of ``\u00e9``, as Java's Jackson does.
    """

    ascii: bool
    solidus: bool = False
    html: bool = False
    capitals: bool = False

    def write(self, text: str) -> str:
        """The literal of a text; lone surrogates are escapes in every style."""
        if self.ascii:
            literal = encode_basestring_ascii(text)
        else:
            literal = encode_basestring(text)
            if not literal.isascii():
                literal = SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", literal)
        if self.solidus:
            literal = literal.replace("/", "\\/")
        if self.html:
            literal = literal.translate(FOR_HTML)
        if self.capitals:
            literal = ESCAPE.sub(lambda found: found[0][:2] + found[0][2:].upper(), literal)
        return literal

    @property
    def mark(self) -> str:
        """The style as the log has it, e.g. ``ascii`` or ``utf-8 solidus``."""
        flags = (name for name, is_set in zip(self._fields[1:], self[1:], strict=True) if is_set)
        return " ".join(("ascii" if self.ascii else "utf-8", *flags))


def style_of(literal: str) -> Style:
    """The style that a literal seems to be written in."""
    if "\\" not in literal:
        return Style(literal.isascii())
    html = any(escape in literal for escape in ("\\u003c", "\\u003C", "\\u003e", "\\u003E", "\\u0026"))
    return Style(literal.isascii(), "\\/" in literal, html, CAPITAL_DIGIT.search(literal) is not None)


def style_marked(mark: str) -> Style:
    """The style that a mark stands for; see :attr:`Style.mark`."""
    charset, *flags = mark.split(" ")
    return Style(charset == "ascii", **dict.fromkeys(flags, True))


def carried(literal: str, text: str, style: Style) -> str | dict[str, str]:
    """What leads from a text back to its literal: the style's mark, or else the literal itself, zlib and base64."""
    if style.write(text) == literal:
        return style.mark
    return {"zlib": base64.b64encode(zlib.compress(literal.encode())).decode("ascii")}


def literal_from(carried: str | dict[str, str], text: str) -> str:
    """The literal of a text, from what :func:`carried` returned.

    Raises:
        ValueError: if it is not the literal of that text.
    """
    if isinstance(carried, str):
        try:
            return style_marked(carried).write(text)
        except TypeError as error:
            raise ValueError(f"there is no style {carried!r}") from error
    try:
        literal = zlib.decompress(base64.b64decode(carried["zlib"])).decode()
    except (KeyError, TypeError, zlib.error) as error:
        raise ValueError(f"the literal cannot be unpacked ({error})") from error
    if json.loads(literal) != text:
        raise ValueError("the stored literal is that of another text")
    return literal


def spliced(line: str, member: Member, literal: str) -> str:
    """The line with another literal as the member's value."""
    return line[: member.at] + literal + line[member.end :]


def with_last(line: str, found: list[Member], key: str, literal: str) -> str:
    """The line with a member added at the end, and without those that had its key before.

    Args:
        line: the line of an object that has a member of another key.
        found: its members.
        key: the key, which needs no escapes.
        literal: the value.
    """
    pieces: list[str] = []
    before = None
    for member in found:
        if member.key != key:
            # With the comma and spaces in front of it.
            pieces.append(line[before.end if before and pieces else member.start : member.end])
        before = member
    return "".join((line[: found[0].start], *pieces, f',"{key}":{literal}', line[found[-1].end :]))
