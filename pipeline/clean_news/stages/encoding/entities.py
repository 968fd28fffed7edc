"""Find HTML entities that survived extraction, and the characters that they encode."""

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from typing import NamedTuple

NUMBERS = r"\#(?:0?39|8[2-4]\d\d)"  # apostrophe, quotation marks, dashes, ellipsis
NAMES = (
    "amp|quot|rsquo|lsquo|rdquo|ldquo|mdash|ndash|hellip|[AEIOUaeiou](?:acute|grave|circ|uml)|[ANOano]tilde|[Cc]cedil"
)
TAGS = (
    "a|abbr|b|blockquote|br|center|div|em|font|h[1-6]|hr|i|iframe|img|li|ol|p|script|span|strong|style|sub|sup"
    "|table|td|th|tr|u|ul"
)
ENTITY = re.compile(
    rf"""
    (?P<tag> &(?:amp;)*lt; /?(?:{TAGS}) (?=[\s/]|&) (?: [^<>\n]{{0,2000}}? &(?:amp;)*gt; )? )  # bounded for speed
  | & (?:amp;)* (?: \#[0-9]{{1,7}}; | \#[xX][0-9a-fA-F]{{1,6}}; | [A-Za-z][A-Za-z0-9]{{1,23}}; )
  | & (?: nbsp(?!;) | (?:{NAMES})(?![\w;=]) | {NUMBERS}(?![\d;]) )            # the semicolon was lost
  | (?<![&\w]) amp;(?=\s) | (?<!&) {NUMBERS};                                 # the ampersand was lost
    """,
    re.VERBOSE,
)


class Atom(NamedTuple):
    """A unit of a line: a character, an entity, an escape sequence or a damaged byte sequence.

    Attributes:
        start: its offset in the line, in code points.
        text: its text in the line.
        decoded: its replacement before mojibake is decoded.
        kind: ``"entity"``, ``"escape"`` or the kind of damage; empty for a character.
    """

    start: int
    text: str
    decoded: str
    kind: str = ""

    @property
    def end(self) -> int:
        """Its exclusive end in the line."""
        return self.start + len(self.text)


def entities(line: str) -> Iterator[Atom]:
    """Yield the entities of a line with their characters; an escaped tag is yielded whole and unchanged."""
    for found in ENTITY.finditer(line):
        decoded = found[0] if found["tag"] else _unescaped(found[0])
        yield Atom(found.start(), found[0], decoded, "entity")


def _unescaped(entity: str) -> str:
    """Return the character of an entity, even if it was escaped several times; the entity itself if it has none."""
    from ftfy.fixes import unescape_html  # imported where needed: the CLI must start fast

    name = re.sub(r"^&?(?:amp;)*(?=[#\w])", "", entity).rstrip(";")
    # Short names that are not in HTML 4 (&in; &it; &sc;) are more likely to be the initials of a company.
    if len(name) < 4 and not name.startswith("#") and name.lower() not in name2codepoint:
        return entity
    decoded: str = unescape_html(f"&{name};")
    if decoded == "\ufffd" and not re.fullmatch(r"#0*65533|#[xX]0*[fF]{3}[dD]", name):
        return entity  # a number that is no character
    return entity if decoded in {"", f"&{name};"} else decoded
