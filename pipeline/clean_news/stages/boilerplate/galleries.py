"""Recognise picture galleries: captions with "Hide Caption 3 of 14", or between "Hide caption" and "Previous Next"."""

import re
from collections.abc import Iterator, Sequence

from clean_news.stages.text_lines import Line

MARK = "aption "  # what both have in common
COUNTER = re.compile(r"Hide Caption (\d{1,3}) of (\d{1,3})\b")
SLIDE = re.compile(r"Hide caption [A-Z0-9\"“].{1,1200} Previous Next ")
MAX_LINES_BETWEEN = 2  # of one caption that its quotations broke apart


def gallery_lines(lines: Sequence[Line]) -> Iterator[int]:
    """Yield the positions of lines that are captions of a gallery.

    A line without a counter is one if it stands between the counters of two consecutive pictures of one gallery.
    """
    last: tuple[int, int, int] | None = None  # position, number and total of the last counter
    for at, line in enumerate(lines):
        counters = COUNTER.findall(line.words)
        if not counters:
            if SLIDE.match(line.words):
                yield at
            continue
        first = int(counters[0][0]), int(counters[0][1])
        if last and first == (last[1] + 1, last[2]) and at - last[0] - 1 <= MAX_LINES_BETWEEN:
            yield from range(last[0] + 1, at)
        yield at
        last = (at, int(counters[-1][0]), int(counters[-1][1]))
