r"""The members of a JSON object where they stand in its line, and texts written as JSON strings.

A record is never written anew: numbers would lose digits, members their spacing. Only the literal of one text is
cut out and another one put in. ``json`` does the parsing (RFC 8259; NaN and Infinity pass, as they do there).
"""

import base64
import json
import re
import zlib
from json.decoder import JSONDecodeError
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple

from clean_news.formats.json_scanning import TooDeepError, behind_comma, behind_space, keyed, refuse_deep, scanned

MARK_AND_SPACE = re.compile(r"\ufeff?[ \t\n\r]*")  # the mark also begins a line where files were put together
MOST_MEMBERS = 10_000  # a record has tens of fields; a hostile line could have millions
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
        refuse_deep(line)
        found, end = walk(line, MARK_AND_SPACE.match(line).end())  # type: ignore[union-attr]
    except JSONDecodeError as error:
        raise NotAnObjectError(f"is not JSON ({error.msg} at character {error.pos + 1})") from error
    except TooDeepError as error:
        raise NotAnObjectError(str(error)) from error
    if end != len(line):
        raise NotAnObjectError(f"has something behind its JSON object, at character {end + 1}")
    return found


def walk(line: str, at: int) -> tuple[list[Member], int]:
    """The members of the object that begins at a place, and the place behind it and the white space there.

    Raises:
        NotAnObjectError: if something else begins there, or it has too many members.
        JSONDecodeError: if it is malformed.
        TooDeepError: if it is nested too deep.
    """
    if not line.startswith("{", at):
        scanned(line, at)
        raise NotAnObjectError("is JSON, but no object in braces")
    found: list[Member] = []
    at = behind_space(line, at + 1)
    if line.startswith("}", at):
        return found, behind_space(line, at + 1)
    while True:
        start = at
        key, at = keyed(line, start)
        value, end = scanned(line, at)
        found.append(Member(key, value, start, at, end))
        at = behind_space(line, end)
        if line.startswith("}", at):
            return found, behind_space(line, at + 1)
        if len(found) == MOST_MEMBERS:
            raise NotAnObjectError(f"has more than {MOST_MEMBERS} fields")
        at = behind_comma(line, at, "}")


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
