r"""Lines and columns, from 1 on, as editors count them: lines end at ``\n``, ``\r\n`` or ``\r``."""

import re
from bisect import bisect_right
from typing import NamedTuple

LINE_END = re.compile(r"\r\n|\n|\r")


class Place(NamedTuple):
    """A place in a text.

    Attributes:
        line: from 1 on.
        column: from 1 on, in code points.
    """

    line: int
    column: int


class Places:
    """Lines and columns of one text."""

    def __init__(self, text: str) -> None:
        """Find where the lines start."""
        self.starts = [0, *(end.end() for end in LINE_END.finditer(text))]

    def of(self, at: int) -> Place:
        r"""The place of a code point.

        >>> Places("one\r\ntwo\rthree").of(9)
        Place(line=3, column=1)
        """
        line = bisect_right(self.starts, at)
        return Place(line, at - self.starts[line - 1] + 1)
