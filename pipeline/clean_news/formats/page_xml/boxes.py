"""The boxes of words: merged where words are joined, divided where a word is split."""

import re
from collections.abc import Sequence
from typing import NamedTuple

COORDINATE = re.compile(r"\s{0,9}(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s{0,9}")


class Box(NamedTuple):
    """A rectangle.

    Attributes:
        left, top, right, bottom: its sides, in the unit of the file.
        decimals: digits after the point in the file's numbers.
    """

    left: float
    top: float
    right: float
    bottom: float
    decimals: int = 0

    def shown(self, value: float) -> str:
        """Return a coordinate with as many decimals as those of the file.

        >>> Box(0, 0, 1, 1, 2).shown(1.5), Box(0, 0, 1, 1).shown(1.5)
        ('1.50', '2')
        """
        return f"{value:.{self.decimals}f}"


def box_of(left: str | None, top: str | None, right: str | None, bottom: str | None) -> Box | None:
    """Return the box with these sides; None if one is missing, or is not a number of at most nine digits.

    >>> box_of("10", "20", "30", "40.5")
    Box(left=10.0, top=20.0, right=30.0, bottom=40.5, decimals=1)
    """
    sides = [COORDINATE.fullmatch(side or "") for side in (left, top, right, bottom)]
    numbers = [side[1] for side in sides if side]
    if len(numbers) < len(sides):
        return None
    decimals = max(len(number.partition(".")[2]) for number in numbers)
    return Box(float(numbers[0]), float(numbers[1]), float(numbers[2]), float(numbers[3]), decimals)


def union(boxes: Sequence[Box | None]) -> Box | None:
    """Return the smallest box around all; None if one of them is unknown.

    >>> union([Box(0, 1, 5, 9), Box(7, 0, 12, 8)])
    Box(left=0, top=0, right=12, bottom=9, decimals=0)
    """
    known = [box for box in boxes if box]
    if not known or len(known) < len(boxes):
        return None
    return Box(
        min(box.left for box in known),
        min(box.top for box in known),
        max(box.right for box in known),
        max(box.bottom for box in known),
        max(box.decimals for box in known),
    )


def divided(box: Box, texts: Sequence[str]) -> list[Box]:
    """Divide a box from left to right among words, in proportion to their characters; a space is one too.

    >>> divided(Box(0, 0, 60, 8), ["of", "the"])
    [Box(left=0.0, top=0, right=20.0, bottom=8, decimals=0), Box(left=30.0, top=0, right=60.0, bottom=8, decimals=0)]
    """
    per_char = (box.right - box.left) / (sum(map(len, texts)) + len(texts) - 1)
    parts, begin = [], 0
    for text in texts:
        left, right = (round(box.left + per_char * at, box.decimals) for at in (begin, begin + len(text)))
        parts.append(box._replace(left=left, right=right))
        begin += len(text) + 1
    return parts
