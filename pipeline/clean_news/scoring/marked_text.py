"""Parse marked text, the gold format for people: spun articles with the accepted forms inline.

    ## harbour
    The {firm|company|concern} {introduced|announced} the sale on Monday, {?in response to|according to} the court.

A line that begins with ``##`` names the article that follows. ``{spun|original|another}`` marks a spun span: its spun
text, the original, and further forms that an editor would accept; a form may be empty. ``{?…}`` marks an optional
span, which may stay as it is. Text before the first ``##`` is a comment.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

HEADING = re.compile(r"^##(.*)\n", re.MULTILINE)
MARK = re.compile(r"\{(\??)([^{}|]+)\|([^{}]*)\}")


class MarkError(ValueError):
    """A mark is invalid; the message names the article and the expected format."""


class Mark(NamedTuple):
    """A marked span.

    Attributes:
        start, end: offsets in the spun text in code points; ``end`` is exclusive.
        reading: the spun text, the accepted forms, and whether the span is optional.
    """

    start: int
    end: int
    reading: tuple[str, list[str], bool]


def articles(source: str) -> Iterator[tuple[str, str, list[Mark]]]:
    r"""Parse the articles of a file: name, spun text and marks.

    Raises:
        MarkError: if a mark is invalid.

    >>> list(articles("## one\nThe {firm|company} left.\n"))
    [('one', 'The firm left.', [Mark(start=4, end=8, reading=('firm', ['company'], False))])]
    """
    _, *parts = HEADING.split(source)
    for name, marked in zip(parts[::2], parts[1::2], strict=True):
        yield name.strip(" \t"), *_unmarked(name.strip(" \t"), marked.strip())


def _unmarked(name: str, marked: str) -> tuple[str, list[Mark]]:
    """Split a marked article into its spun text and its marks.

    Raises:
        MarkError: if a brace is unmatched, or a mark accepts its spun text.
    """
    pieces: list[str] = []
    marks: list[Mark] = []
    size = 0
    # The split alternates: text, the three groups of a mark, text again.
    first, *parts = MARK.split(marked)
    texts = [first, *parts[3::4]]
    for text, optional, spun, accepted in zip(texts, parts[::4], parts[1::4], parts[2::4], strict=False):
        pieces += [text, spun]
        start = size + len(text)
        size = start + len(spun)
        forms = accepted.split("|")
        if spun.casefold() in map(str.casefold, forms):
            raise MarkError(f"{name}: {spun!r} is among its accepted forms; expected: {{?{spun}|another}}, or no mark")
        marks.append(Mark(start, size, (spun, forms, optional == "?")))
    pieces.append(texts[-1])
    for text in texts:
        if stray := re.search(r".{0,20}[{}].{0,20}", text):
            raise MarkError(f"{name}: unmatched brace in {stray[0]!r}; expected: {{spun|original|another}}")
    return "".join(pieces), marks
