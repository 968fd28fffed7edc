"""Compute the changes between two versions of a line.

For libraries that return a new text without saying what they changed. The changes are minimal (Levenshtein distance),
which takes quadratic time; where very long stretches differ, they are minimal within bounded pieces, which takes linear
time. The pieces are found as rsync finds them: by blocks of text that occur once in both versions.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

MAX_ALIGNED_TOKENS = 16_384  # between the first and the last difference; longer lines are aligned in pieces
PIECE_TOKENS = 4096
ANCHOR_TOKENS = 48  # of a block that marks the same place in both versions
NOT_A_CHARACTER = "\ud800"  # stands for a token of several characters, which no character equals

Place = tuple[int, int]  # index of a token in the old version, of a character in the new one


class TokenChange(NamedTuple):
    """The replacement of a span of tokens.

    Attributes:
        start: index of the first replaced token.
        end: exclusive end; equals ``start`` for an insertion.
        after: the replacement text.
    """

    start: int
    end: int
    after: str


class AlignedSpan(NamedTuple):
    """One step of the alignment: a difference, or a token that both versions have.

    Attributes:
        differs: whether the two versions differ here.
        joins: whether the span becomes part of a change next to it.
        start: index of its first token.
        end: exclusive end.
        after: its text in the new version.
    """

    differs: bool
    joins: bool
    start: int
    end: int
    after: str


def changes(before: Sequence[str], after: str, joins: Callable[[str], bool] = lambda _: False) -> Iterator[TokenChange]:
    """Yield the changes from ``before`` to ``after``, in order; they neither overlap nor touch.

    Args:
        before: the tokens; each character of a plain string is one token.
        after: the new text.
        joins: predicate for unchanged tokens that become part of a change next to them, so that a garbled
            run is one change although some of its characters are the same in both versions.

    >>> list(changes("nÃ¤he", "nähe", joins=lambda token: not token.isascii()))
    [TokenChange(start=1, end=3, after='ä')]
    """
    for touched, run in groupby(_alignment(before, after, joins), key=lambda span: span.joins):
        spans = list(run)
        if touched and any(span.differs for span in spans):
            yield TokenChange(spans[0].start, spans[-1].end, "".join(span.after for span in spans))


def _alignment(before: Sequence[str], after: str, joins: Callable[[str], bool]) -> Iterator[AlignedSpan]:
    """Yield a span for each difference and for each unchanged token."""
    from rapidfuzz.distance import Levenshtein  # imported where needed: the CLI must start fast

    for (start, new_start), (end, new_end) in pairwise(_cuts(before, after)):
        for code in Levenshtein.opcodes(before[start:end], after[new_start:new_end]):
            first, last = start + code.src_start, start + code.src_end
            if code.tag != "equal":
                yield AlignedSpan(
                    True, True, first, last, after[new_start + code.dest_start : new_start + code.dest_end]
                )
                continue
            for at in range(first, last):
                yield AlignedSpan(False, joins(before[at]), at, at + 1, before[at])


def _cuts(before: Sequence[str], after: str) -> Iterator[Place]:
    """Yield the places where the line is cut into pieces to be aligned, in order, from its start to its end.

    The first and the last token that differ are at most :data:`MAX_ALIGNED_TOKENS` apart in ordinary lines, which
    are not cut.
    """
    ends = (len(before), len(after))
    yield (0, 0)
    if max(ends) > MAX_ALIGNED_TOKENS:
        from rapidfuzz.distance import Postfix, Prefix

        start = Prefix.similarity(before, after)
        tail = min(Postfix.similarity(before, after), min(ends) - start)
        if max(ends) - start - tail > MAX_ALIGNED_TOKENS:
            yield (start, start)
            yield from _cuts_between(before, after, (start, start), (ends[0] - tail, ends[1] - tail))
    yield ends


def _cuts_between(before: Sequence[str], after: str, start: Place, end: Place) -> Iterator[Place]:
    """Yield places, in order, up to the end, so that the pieces between them have bounded size.

    A piece ends at an anchor. A longer stretch without anchors is cut at even distances in both versions, or near by in
    what both versions have.
    """
    last = start
    for anchor, following in pairwise([*_anchors(before, after, start, end), end, end]):
        if anchor != end and following[0] - last[0] <= PIECE_TOKENS:
            continue  # a later anchor is near enough
        while (parts := max(anchor[0] - last[0], anchor[1] - last[1]) // PIECE_TOKENS) > 0:
            near = [_part(last, anchor, quarters, 4 * parts + 4) for quarters in (3, 4, 5)]
            last = _in_common(before, after, *near)
            yield last
        yield anchor
        last = anchor


def _part(start: Place, end: Place, part: int, parts: int) -> Place:
    """Return the place that is so many parts of the way from the start to the end in both versions."""
    return start[0] + (end[0] - start[0]) * part // parts, start[1] + (end[1] - start[1]) * part // parts


def _in_common(before: Sequence[str], after: str, first: Place, place: Place, last: Place) -> Place:
    """Return the middle of the longest run that both versions have between two places.

    Args:
        before: the old version.
        after: the new version.
        first: the first place.
        place: between them; returned if the versions have nothing in common there.
        last: the last place.
    """
    from rapidfuzz.distance import Levenshtein

    runs = Levenshtein.opcodes(before[first[0] : last[0]], after[first[1] : last[1]]).as_matching_blocks()
    longest = max(runs, key=lambda run: run.size)
    middle = longest.size // 2
    return (first[0] + longest.a + middle, first[1] + longest.b + middle) if longest.size else place


def _anchors(before: Sequence[str], after: str, start: Place, end: Place) -> list[Place]:
    """Return places, in order, where the same :data:`ANCHOR_TOKENS` characters follow that occur nowhere else."""
    old = "".join(token if len(token) == 1 else NOT_A_CHARACTER for token in before[start[0] : end[0]])
    blocks = {at: old[at : at + ANCHOR_TOKENS] for at in range(0, len(old) - ANCHOR_TOKENS + 1, ANCHOR_TOKENS)}
    in_old = Counter(blocks.values())
    in_new: dict[str, list[int]] = {}
    for at in range(start[1], end[1] - ANCHOR_TOKENS + 1):
        block = after[at : at + ANCHOR_TOKENS]
        if block in in_old:
            in_new.setdefault(block, []).append(at)
    found = [
        (start[0] + at, in_new[block][0])
        for at, block in blocks.items()
        if in_old[block] == 1 and len(in_new.get(block, ())) == 1
    ]
    # Only those that are in order with all others: moved text is no anchor.
    highest = list(accumulate((new for _, new in found), max))
    lowest = list(accumulate((new for _, new in reversed(found)), min))[::-1]
    return [place for place, high, low in zip(found, highest, lowest, strict=True) if high == low]
