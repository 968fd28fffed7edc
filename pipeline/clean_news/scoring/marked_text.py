"""Gold articles as a person writes them: the spun text, with what is accepted beside what was spun.

    ## harbour
    The {firm|company|concern} {introduced|announced} the sale on Monday, {?in response to|according to} the court.

A line that begins with ``##`` names the article that follows. ``{spun|original|another}`` is a place that was spun:
what stands there, the original, and whatever else an editor would accept; nothing after a ``|`` is the empty text.
``{?…}`` may as well stay as it is. What stands before the first ``##`` is a remark.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

HEADING = re.compile(r"^##[ \t]*(.*?)[ \t]*\n", re.MULTILINE)
MARK = re.compile(r"\{(\??)([^{}|]+)\|([^{}]*)\}")


class MarkError(ValueError):
    """A mark is not as it should be; the message names the article and what is wanted."""


class Mark(NamedTuple):
    """A place that was spun: where, in code points, half-open; what stands there, what is accepted, if it may stay."""

    start: int
    end: int
    reading: tuple[str, list[str], bool]


def articles(source: str) -> Iterator[tuple[str, str, list[Mark]]]:
    r"""The name, the spun text and the marks of each article.

    Raises:
        MarkError: for a mark that is not as it should be.

    >>> list(articles("## one\nThe {firm|company} left.\n"))
    [('one', 'The firm left.', [Mark(start=4, end=8, reading=('firm', ['company'], False))])]
    """
    _, *parts = HEADING.split(source)
    for name, marked in zip(parts[::2], parts[1::2], strict=True):
        yield name, *_unmarked(name, marked.strip())


def _unmarked(name: str, marked: str) -> tuple[str, list[Mark]]:
    """The spun text of an article, and its marks.

    Raises:
        MarkError: for a brace that does not belong to a mark, or a mark that accepts what was spun.
    """
    pieces: list[str] = []
    marks: list[Mark] = []
    size = 0
    # Cut at the marks: text, then what a mark is made of, then text again.
    first, *parts = MARK.split(marked)
    texts = [first, *parts[3::4]]
    for text, optional, spun, accepted in zip(texts, parts[::4], parts[1::4], parts[2::4], strict=False):
        pieces += [text, spun]
        start = size + len(text)
        size = start + len(spun)
        forms = accepted.split("|")
        if spun.casefold() in map(str.casefold, forms):
            raise MarkError(f"{name}: {spun!r} is accepted as it is; wanted: {{?{spun}|another}}, or no mark")
        marks.append(Mark(start, size, (spun, forms, optional == "?")))
    pieces.append(texts[-1])
    for text in texts:
        if stray := re.search(r".{0,20}[{}].{0,20}", text):
            raise MarkError(f"{name}: a brace without its mate in {stray[0]!r}; wanted: {{spun|original|another}}")
    return "".join(pieces), marks
