r"""Locates the members of a JSON object in its line, and replaces string literals in place.

A record is never serialised again, since numbers would lose digits and members their spacing; only the literal of one
string is replaced. Parsing is done by ``json`` (RFC 8259, plus NaN and Infinity).
"""

import base64
import json
import re
import zlib
from json.decoder import JSONDecodeError
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple

from clean_news.formats.json_scanning import TooDeepError, after_comma, after_space, check_depth, scan_key, scan_value
from clean_news.stored_bytes import decompress

BOM_AND_SPACE = re.compile(r"\ufeff?[ \t\n\r]*")  # concatenated files have byte order marks between lines
MAX_MEMBERS = 10_000  # real records have tens of fields; a hostile line could have millions
SURROGATE = re.compile("[\ud800-\udfff]")
ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")
CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)  # of a string, as it is written in a literal
UPPER_CASE_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{0,3}[A-F]")
MAX_CHARACTER_BYTES = 12  # of a character in a literal: two escapes of UTF-16 code units
HTML_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


class NotAnObjectError(ValueError):
    """A line is not a JSON object; the message says what it is instead."""


class Member(NamedTuple):
    """A member of an object, with its position in the line as offsets in code points.

    Attributes:
        key: the key.
        value: the value; for an integer its digits as a string.
        key_start: start of the key's literal.
        value_start: start of the value's literal.
        end: exclusive end of the value's literal.
    """

    key: str
    value: Any
    key_start: int
    value_start: int
    end: int


def parse_members(line: str) -> list[Member]:
    r"""Return the members of the JSON object in a line, in order.

    Args:
        line: the line; a byte order mark, white space and a line end may surround the object.

    Raises:
        NotAnObjectError: if it contains anything else, or is nested too deeply.

    >>> parse_members('{"id": 7, "text": "caf\\u00e9"}')[1]
    Member(key='text', value='café', key_start=10, value_start=18, end=29)
    """
    try:
        check_depth(line)
        found, end = _walk(line, BOM_AND_SPACE.match(line).end())  # type: ignore[union-attr]
    except JSONDecodeError as error:
        raise NotAnObjectError(f"is not JSON ({error.msg} at character {error.pos + 1})") from error
    except TooDeepError as error:
        raise NotAnObjectError(str(error)) from error
    if end != len(line):
        raise NotAnObjectError(f"has extra data after its JSON object, at character {end + 1}")
    return found


def _walk(line: str, at: int) -> tuple[list[Member], int]:
    """Return the members of the object at an offset, and the offset after the object and the white space after it.

    Raises:
        NotAnObjectError: if there is no object, or it has too many members.
        JSONDecodeError: if it is malformed.
        TooDeepError: if it is nested too deeply.
    """
    if not line.startswith("{", at):
        scan_value(line, at)
        raise NotAnObjectError("is JSON, but not an object in braces")
    found: list[Member] = []
    at = after_space(line, at + 1)
    if line.startswith("}", at):
        return found, after_space(line, at + 1)
    while True:
        start = at
        key, at = scan_key(line, start)
        value, end = scan_value(line, at)
        found.append(Member(key, value, start, at, end))
        at = after_space(line, end)
        if line.startswith("}", at):
            return found, after_space(line, at + 1)
        if len(found) == MAX_MEMBERS:
            raise NotAnObjectError(f"has more than {MAX_MEMBERS} fields")
        at = after_comma(line, at, "}")


def member_of(found: list[Member], key: str) -> Member | None:
    """Return the member with a key; the last one if there are several, as in ``json.loads``."""
    return next((member for member in reversed(found) if member.key == key), None)


def characters_of(literal: str) -> list[str]:
    r"""Return how each code point of a string is written in its literal.

    >>> characters_of(r'"a\u00e9\ud83d\ude00\""')
    ['a', '\\u00e9', '\\ud83d\\ude00', '\\"']
    """
    return CHARACTER.findall(literal, 1, len(literal) - 1)


class Style(NamedTuple):
    r"""How a JSON writer escapes strings.

    The field names are written into change logs, as part of :attr:`name`.

    Attributes:
        ascii: escape everything outside ASCII, as Python's ``json.dumps`` does.
        solidus: escape ``/`` as ``\/``, as PHP does.
        html: escape ``<``, ``>``, ``&``, U+2028 and U+2029, as Go does.
        capitals: upper-case hex digits in escapes (``\u00E9``), as Java's Jackson writes them.
    """

    ascii: bool
    solidus: bool = False
    html: bool = False
    capitals: bool = False

    def write(self, text: str) -> str:
        """Return the literal of a text; lone surrogates are escaped in every style."""
        if self.ascii:
            literal = encode_basestring_ascii(text)
        else:
            literal = encode_basestring(text)
            if not literal.isascii():
                literal = SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", literal)
        if self.solidus:
            literal = literal.replace("/", "\\/")
        if self.html:
            literal = literal.translate(HTML_ESCAPES)
        if self.capitals:
            literal = ESCAPE.sub(lambda found: found[0][:2] + found[0][2:].upper(), literal)
        return literal

    def write_part(self, text: str) -> str:
        """Return how a part of a text is written in its literal."""
        return self.write(text)[1:-1]

    @property
    def name(self) -> str:
        """The style's name in change logs, e.g. ``ascii`` or ``utf-8 solidus``."""
        flags = (name for name, is_set in zip(self._fields[1:], self[1:], strict=True) if is_set)
        return " ".join(("ascii" if self.ascii else "utf-8", *flags))


def style_of(literal: str) -> Style:
    """Infer the style of a literal."""
    if "\\" not in literal:
        return Style(literal.isascii())
    html = any(escape in literal for escape in ("\\u003c", "\\u003C", "\\u003e", "\\u003E", "\\u0026"))
    return Style(literal.isascii(), "\\/" in literal, html, UPPER_CASE_ESCAPE.search(literal) is not None)


def style_named(name: str) -> Style:
    """Return the style with a name; see :attr:`Style.name`."""
    charset, *flags = name.split(" ")
    return Style(charset == "ascii", **dict.fromkeys(flags, True))


def stored_literal(literal: str, text: str, style: Style) -> str | dict[str, str]:
    """Return what restores a text's literal: the style's name if that suffices, else the literal in zlib and base64."""
    if style.write(text) == literal:
        return style.name
    return {"zlib": base64.b64encode(zlib.compress(literal.encode())).decode("ascii")}


def literal_from(stored: str | dict[str, str], text: str) -> str:
    """Return the literal of a text from the result of :func:`stored_literal`.

    Raises:
        ValueError: if it is not the literal of that text.
    """
    if isinstance(stored, str):
        try:
            return style_named(stored).write(text)
        except TypeError as error:
            raise ValueError(f"unknown style {stored!r}") from error
    if not isinstance(stored, dict) or not isinstance(stored.get("zlib"), str):
        raise ValueError("there is no literal that could be decompressed")
    literal = decompress(stored["zlib"], MAX_CHARACTER_BYTES * len(text) + len('""')).decode()
    # Anything but a string could be nested too deeply to be parsed.
    if not (literal.startswith('"') and literal.endswith('"')) or json.loads(literal) != text:
        raise ValueError("the stored literal is that of another text")
    return literal


def splice(line: str, member: Member, literal: str) -> str:
    """Return the line with another literal as the member's value."""
    return line[: member.value_start] + literal + line[member.end :]


def append_member(line: str, found: list[Member], key: str, literal: str) -> str:
    """Return the line with a member appended to its object, and without earlier members of the same key.

    Args:
        line: the line; its object has at least one member with another key.
        found: the object's members.
        key: the key, which must need no escapes.
        literal: the literal of the value.
    """
    pieces: list[str] = []
    before = None
    for member in found:
        if member.key != key:
            # With the comma and white space before it.
            pieces.append(line[before.end if before and pieces else member.key_start : member.end])
        before = member
    return "".join((line[: found[0].key_start], *pieces, f',"{key}":{literal}', line[found[-1].end :]))
