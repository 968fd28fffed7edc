"""HTML entities that survived extraction."""

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
    (?P<tag> &(?:amp;)*lt; /?(?:{TAGS}) (?=[\s/]|&) (?: [^<>\n]{{0,2000}}? &(?:amp;)*gt; )? )  # bounded: for time
  | & (?:amp;)* (?: \#[0-9]{{1,7}}; | \#[xX][0-9a-fA-F]{{1,6}}; | [A-Za-z][A-Za-z0-9]{{1,23}}; )
  | & (?: nbsp(?!;) | (?:{NAMES})(?![\w;=]) | {NUMBERS}(?![\d;]) )            # the semicolon was lost
  | (?<![&\w]) amp;(?=\s) | (?<!&) {NUMBERS};                                 # the ampersand was lost
    """,
    re.VERBOSE,
)


class Atom(NamedTuple):
    """A character of a line, or an entity, escape or damaged sequence in it as a whole.

    Attributes:
        start: its first code point in the line.
        text: what stands there.
        meant: what it is read as before the line's mojibake is.
        kind: what it is; empty for a character.
    """

    start: int
    text: str
    meant: str
    kind: str = ""

    @property
    def end(self) -> int:
        """The code point behind it."""
        return self.start + len(self.text)


def entities(line: str) -> Iterator[Atom]:
    """The entities of a line that stand for something else; of an escaped tag nothing is unescaped."""
    for found in ENTITY.finditer(line):
        meant = found[0] if found["tag"] else _entity_meaning(found[0])
        yield Atom(found.start(), found[0], meant, "entity")


def _entity_meaning(entity: str) -> str:
    """The character that an entity stands for, also if it was escaped again and again; else the entity."""
    from ftfy.fixes import unescape_html  # imported where needed: the CLI must start fast

    name = re.sub(r"^&?(?:amp;)*(?=[#\w])", "", entity).rstrip(";")
    # Beyond HTML 4 the short names (&in; &it; &sc;) are more likely a company's initials.
    if len(name) < 4 and not name.startswith("#") and name.lower() not in name2codepoint:
        return entity
    meant: str = unescape_html(f"&{name};")
    return entity if meant in {"", "\ufffd", f"&{name};"} else meant
