"""Detect text hard-wrapped at a fixed width, and the line breaks that are only wraps."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from clean_news.stages.layout.broken_sentences import NEVER_LAST, SELDOM_LAST
from clean_news.stages.text_lines import Line, ends_sentence, is_heading, is_list_item, is_table_row, starts_lower

MIN_WIDTH, MAX_WIDTH = 18, 120  # characters, from newspaper columns to typed wire copy
# Measured on the 146 scans of shared/bench/ocr-train: in 140 of them half of the lines are full and a
# quarter are followed by a line in lower case; in verse, lists and tables almost none are.
MIN_FULL_SHARE, MIN_LOWER_SHARE = 0.5, 0.25
# Shares of the width. A line is full if the next word would have passed the first. If it ends a sentence and a capital
# letter follows, it may be the last line of its paragraph; then the second is required.
FULL_LINE, FULL_SENTENCE_LINE = 0.85, 0.97
OVERLONG_LINE = 1.3  # a line that ends a sentence and is at least this long was not wrapped
SHORT_LINE = 0.4  # a shorter line was not wrapped
# Words with which sentences begin and names do not, unless a capitalised word follows ("told / The Associated Press").
OPENER = re.compile(
    r"[\"“'‘]?(?:A|After|An|And|As|At|Because|But|Both|Despite|Each|For|From|He|Her|His|How|If|In|It|Its|Many|Most"
    r"|No|On|One|Our|She|Since|Some|That|The|Their|There|These|They|This|Those|To|Two|Under|We|What|When|While|Why"
    r"|With|You)\s+[a-z0-9]"
)
HEADING_START = re.compile(r"[\"“'‘]?[A-Z0-9]")
UNFINISHED = ",-–—&(“\"‘'/"  # a line that ends in one of these is no heading
CONTINUED = NEVER_LAST | SELDOM_LAST


def _adjacent_lines(lines: Sequence[Line]) -> list[tuple[Line, Line]]:
    """Return the pairs of lines without a blank line between them."""
    return [(line, following) for line, following in pairwise(lines) if following.row == line.row + 1]


def _extended_length(line: Line, following: Line) -> int:
    """Return the length of a line with the first word of the next line appended, in characters."""
    return line.indent + len(line.words) + 1 + len(following.words.split(None, 1)[0])


def wrap_width(lines: Sequence[Line]) -> int | None:
    """Estimate the width at which a text was hard-wrapped, in characters; None if it was not.

    Wrapped lines are full (the first word of the next line did not fit), and many are followed by a line in lower
    case. Neither is true of text with one paragraph per line, verse, lists and tables.
    """
    pairs = _adjacent_lines(lines)
    if not pairs:
        return None
    width = _most_frequent_width(sorted(line.indent + len(line.words) for line, _ in pairs))
    if not MIN_WIDTH <= width <= MAX_WIDTH:
        return None
    full = sum(_extended_length(line, following) >= FULL_LINE * width for line, following in pairs) / len(pairs)
    lower = sum(starts_lower(following.words) for _, following in pairs) / len(pairs)
    if len(pairs) < 4:  # too few to measure: more than half must be followed by lower case, and be of some length
        enough = lower > 0.5 and width >= 30
        return width if enough and full > 0.5 else None
    return width if full >= MIN_FULL_SHARE and lower >= MIN_LOWER_SHARE else None


def _most_frequent_width(lengths: Sequence[int]) -> int:
    """Return the length that most lines come close to, given lengths in ascending order; outliers are ignored.

    >>> _most_frequent_width([40, 61, 62, 63, 63, 119])
    63
    """
    near = [at - bisect_left(lengths, FULL_LINE * width) for at, width in enumerate(lengths)]
    return max(zip(near, lengths, strict=True))[1]


def is_long_heading(lines: Sequence[Line], at: int) -> bool:
    """Whether a line is a heading that is as long as a wrapped line, by the lines around it.

    It begins after a sentence, has no full stop, and the next line begins with a word that begins sentences. A line
    that begins in the middle of a sentence has rather lost its full stop, as lines of scans do.
    """
    words = lines[at].words
    if not HEADING_START.match(words) or ends_sentence(words) or words[-1] in UNFINISHED:
        return False
    if at + 1 == len(lines) or lines[at + 1].row != lines[at].row + 1 or not OPENER.match(lines[at + 1].words):
        return False
    return words.rsplit(None, 1)[-1].lower() not in CONTINUED and (at == 0 or ends_sentence(lines[at - 1].words))


def is_wrap(line: Line, following: Line, width: int) -> bool:
    """Whether the break between two lines is only a wrap at ``width`` characters."""
    words, after = line.words, following.words
    if is_list_item(after) or following.indent > line.indent or is_table_row(words) or is_table_row(after):
        return False
    if starts_lower(after):
        return len(words) >= SHORT_LINE * width
    if is_heading(words) or (is_heading(after) and len(after) < FULL_LINE * width):
        return False
    if ends_sentence(words):
        return _extended_length(line, following) > FULL_SENTENCE_LINE * width and len(words) < OVERLONG_LINE * width
    return _extended_length(line, following) > FULL_LINE * width
