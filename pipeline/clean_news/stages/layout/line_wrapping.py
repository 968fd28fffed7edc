"""Lines cut at a fixed width: which breaks are only the typesetter's?"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from clean_news.stages.text_lines import Line, ends_sentence, goes_on, is_heading, is_list_item, is_table_row

NARROWEST, WIDEST = 18, 120  # columns of newsprint … typed wire copy, in characters
# Measured on the 146 scans of shared/bench/ocr-train: in 140 of them half of the lines are full and a
# quarter go on in small letters; in verse, lists and tables almost none do.
FULL_SHARE, SMALL_SHARE = 0.5, 0.25
# A line is full if the next word would have passed this share of the width; where it ends a sentence and a
# capital follows, it could as well be the last of its paragraph, and must be as full as can be.
FULL, BRIM = 0.85, 0.97
BEYOND = 1.3  # a line that ends a sentence so far beyond the width was not cut there
STUB = 0.4  # a shorter line than this share of the width is not continued


def pairs_of(lines: Sequence[Line]) -> list[tuple[Line, Line]]:
    """The lines that follow each other without a blank line."""
    return [(line, following) for line, following in pairwise(lines) if following.row == line.row + 1]


def reach(line: Line, following: Line) -> int:
    """The length that the line would have had with the next line's first word."""
    return line.indent + len(line.words) + 1 + len(following.words.split(None, 1)[0])


def wrap_width(lines: Sequence[Line]) -> int | None:
    """The width at which a text's lines were cut, in characters; None if they were not.

    A cut line is full (its successor's first word had no room), and many go on with a small letter; neither
    holds of paragraphs on a line each, verse, lists and tables.
    """
    pairs = pairs_of(lines)
    if not pairs:
        return None
    width = _densest(sorted(line.indent + len(line.words) for line, _ in pairs))
    if not NARROWEST <= width <= WIDEST:
        return None
    full = sum(reach(line, following) >= FULL * width for line, following in pairs) / len(pairs)
    small = sum(goes_on(following.words) for _, following in pairs) / len(pairs)
    if len(pairs) < 4:  # too few to measure: most must go on, from lines of some length
        enough = small > 0.5 and width >= 30
        return width if enough and full > 0.5 else None
    return width if full >= FULL_SHARE and small >= SMALL_SHARE else None


def _densest(lengths: Sequence[int]) -> int:
    """The width that most lines come near, of lengths in rising order; a few longer lines do not count.

    >>> _densest([40, 61, 62, 63, 63, 119])
    63
    """
    near = [at - bisect_left(lengths, FULL * width) for at, width in enumerate(lengths)]
    return max(zip(near, lengths, strict=True))[1]


def is_wrap(line: Line, following: Line, width: int) -> bool:
    """Whether the break between two lines is only a wrap at ``width`` characters."""
    words, after = line.words, following.words
    if is_list_item(after) or following.indent > line.indent or is_table_row(words) or is_table_row(after):
        return False
    if goes_on(after):
        return len(words) >= STUB * width
    if is_heading(words) or (is_heading(after) and len(after) < FULL * width):
        return False
    if ends_sentence(words):
        return reach(line, following) > BRIM * width and len(words) < BEYOND * width
    return reach(line, following) > FULL * width
