r"""Convert offsets to lines and columns as editors count them: 1-based, lines ending at ``\n``, ``\r\n`` or ``\r``."""

import re
from bisect import bisect_right
from typing import NamedTuple

LINE_END = re.compile(r"\r\n|\n|\r")


class LineColumn(NamedTuple):
    """A position in a text.

    Attributes:
        line: 1-based.
        column: 1-based, in code points.
    """

    line: int
    column: int


class LineIndex:
    """Line starts of one text, to convert offsets to lines and columns."""

    def __init__(self, text: str) -> None:
        """Find the line starts of a text."""
        self._starts = [0, *(end.end() for end in LINE_END.finditer(text))]

    def locate(self, at: int) -> LineColumn:
        r"""Return the line and column of a code point offset.

        >>> LineIndex("one\r\ntwo\rthree").locate(9)
        LineColumn(line=3, column=1)
        """
        line = bisect_right(self._starts, at)
        return LineColumn(line, at - self._starts[line - 1] + 1)
