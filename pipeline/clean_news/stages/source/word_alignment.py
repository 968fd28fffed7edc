"""Aligns the words of a spun sentence with those of its original.

Equal tokens are the anchors (Levenshtein operations over tokens). Each block between them is segmented into pairs of
phrases; see :mod:`clean_news.stages.source.phrase_pairs`.
"""

from collections.abc import Iterator, Sequence

from clean_news.stages.source.phrase_pairs import Block, Bounds, Segment, segmented
from clean_news.stages.source.possible_originals import PossibleOriginals
from clean_news.stages.source.tokenised import Tokenised

CONTEXT_TOKENS = 2  # equal tokens on either side of a block that a phrase may include
MAX_BLOCK_TOKENS = 40  # a longer block was rewritten, not spun


def align(
    article: Tokenised, spun: Bounds, source: Tokenised, original: Bounds, possible: PossibleOriginals
) -> list[Segment]:
    """Align a sentence of the article with one of the source.

    Args:
        article: the article.
        spun: the sentence.
        source: the source.
        original: the sentence there.
        possible: the possible originals of a form.

    Returns:
        The segments, in order; together they cover both sentences.
    """
    from rapidfuzz.distance import Levenshtein

    operations = [
        (code.tag, code.src_start + spun[0], code.src_end + spun[0], code.dest_start + original[0],
         code.dest_end + original[0])
        for code in Levenshtein.opcodes(article.compared[slice(*spun)], source.compared[slice(*original)])
    ]  # fmt: skip
    found: list[Segment] = []
    at, other_at = spun[0], original[0]
    for begin, end, other_begin, other_end in changed_blocks(operations):
        found += _equal(at, other_at, begin - at)
        if max(end - begin, other_end - other_begin) > MAX_BLOCK_TOKENS:
            found += _gaps((begin, end), (other_begin, other_end))
        else:
            block = Block(
                article.folded[begin:end], article.compared[begin:end], source.compared[other_begin:other_end], possible
            )
            found += [_moved(segment, begin, other_begin) for segment in segmented(block)]
        at, other_at = end, other_end
    return found + list(_equal(at, other_at, spun[1] - at))


def _equal(at: int, other_at: int, count: int) -> Iterator[Segment]:
    """The segments of equal tokens."""
    for step in range(count):
        yield Segment((at + step, at + step + 1), (other_at + step, other_at + step + 1), "equal")


def _gaps(spun: Bounds, original: Bounds) -> list[Segment]:
    """The segments of a block that was rewritten: what only the article has, and what only the source has."""
    both = [Segment(spun, (original[0], original[0]), "gap"), Segment((spun[1], spun[1]), original, "gap")]
    return [each for each in both if each.spun[0] < each.spun[1] or each.original[0] < each.original[1]]


def _moved(segment: Segment, begin: int, other_begin: int) -> Segment:
    """A segment of a block, with the tokens numbered as in the texts."""
    (first, end), (other_first, other_end), kind = segment
    return Segment((begin + first, begin + end), (other_begin + other_first, other_begin + other_end), kind)


def changed_blocks(operations: Sequence[tuple[str, int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Return the blocks that differ, each with up to two equal tokens on either side; overlapping blocks are merged.

    >>> changed_blocks([("equal", 0, 3, 0, 3), ("replace", 3, 4, 3, 4), ("insert", 4, 4, 4, 5), ("equal", 4, 9, 5, 10)])
    [(1, 6, 1, 7)]
    """
    found: list[list[int]] = []
    room = 0  # equal tokens just before
    for index, (kind, begin, end, other_begin, other_end) in enumerate(operations):
        if kind == "equal":
            room = end - begin
            continue
        before = min(CONTEXT_TOKENS, room)
        following = operations[index + 1] if index + 1 < len(operations) else None
        after = min(CONTEXT_TOKENS, following[2] - following[1]) if following and following[0] == "equal" else 0
        block = [begin - before, end + after, other_begin - before, other_end + after]
        if found and block[0] <= found[-1][1] and block[2] <= found[-1][3]:
            found[-1][1], found[-1][3] = block[1], block[3]
        else:
            found.append(block)
        room = 0
    return [(begin, end, other_begin, other_end) for begin, end, other_begin, other_end in found]
