"""Renders a spun document as it would be repaired, with the places at which the repair is unsure and their variants."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from clean_news.language import change_selection
from clean_news.language.change_selection import SpanCandidates, TextSpan
from clean_news.language.neural.variant_tree import Place

REPAIRED_FROM = 0.5  # probability of a change from which the text around other places has it
UNSURE_FROM, UNSURE_TO = 0.1, 0.99  # probability of the best change of a span that gets a second opinion
# Changes of a span that get one, the most probable ones, and the least probability of each. Limits of .02, .995, four
# changes and .02 take 1.4 times as long and score the same (F0.5 .944 and .902 on two sets of spun articles, these
# limits .947 and .902).
MAX_CANDIDATES = 3
MIN_CANDIDATE = 0.05


class SpanVariants(NamedTuple):
    """A span with unsure changes, and where the text of each stands among the variants of its place.

    Attributes:
        span: the span in the document, in code points.
        place: index of the place.
        kept: index of the variant in which the span is kept; 0 is the place's own text.
        changed: by change, the index of the variant that has it; the most probable change first.
    """

    span: TextSpan
    place: int
    kept: int
    changed: dict[str, int]


class Rendered(NamedTuple):
    """A document as it would be repaired.

    Attributes:
        text: the text.
        places: the places at which the repair is unsure, in order, without overlaps.
        spans: the unsure spans; several of one place overlap.
    """

    text: str
    places: list[Place]
    spans: list[SpanVariants]


Replacement = tuple[TextSpan, str]  # a span of the document and the text that takes its place


def rendered(text: str, changes: SpanCandidates) -> Rendered:
    """Render a document with its probable changes.

    Args:
        text: the document.
        changes: the changes of each span, as they are written in it, with their probabilities.
    """
    applied = sorted((span, after) for span, after, _ in change_selection.likeliest_changes(changes, REPAIRED_FROM))
    pieces: list[str] = []
    places: list[Place] = []
    spans: list[SpanVariants] = []
    length = at = 0
    waiting = applied[::-1]
    for start, end, overlapping in _regions(changes):
        inside = []
        while waiting and waiting[-1][0][0] < end:
            inside.append(waiting.pop())
        variants = [_with(text, start, end, inside)]
        for span in overlapping:
            found = _variants_of(text, (start, end), span, changes[span], inside, variants)
            if found is not None:
                spans.append(found._replace(place=len(places)))
        pieces += (text[at:start], variants[0])
        length += start - at
        if spans and spans[-1].place == len(places):
            places.append(Place(length, length + len(variants[0]), tuple(variants[1:])))
        length += len(variants[0])
        at = end
    return Rendered("".join([*pieces, text[at:]]), places, spans)


def _regions(changes: SpanCandidates) -> Iterator[tuple[int, int, list[TextSpan]]]:
    """Yield start and end of each group of overlapping spans, with the spans."""
    group: list[TextSpan] = []
    end = 0
    for span in sorted(changes):
        if group and span[0] >= end:
            yield group[0][0], end, group
            group = []
        end = max(end, span[1]) if group else span[1]
        group.append(span)
    if group:
        yield group[0][0], end, group


def _variants_of(
    text: str,
    region: TextSpan,
    span: TextSpan,
    afters: Mapping[str, float],
    applied: Sequence[Replacement],
    variants: list[str],
) -> SpanVariants | None:
    """The variants of a span, added to those of its place; None if its repair is sure.

    Args:
        text: the document.
        region: the region of overlapping spans that the span is in.
        span: the span.
        afters: its changes.
        applied: the changes that are applied in the region.
        variants: the texts of the region so far.
    """
    if not UNSURE_FROM <= max(afters.values()) <= UNSURE_TO:
        return None
    others = [each for each in applied if each[0][1] <= span[0] or span[1] <= each[0][0]]
    ranked = sorted(afters.items(), key=lambda each: (-each[1], each[0]))[:MAX_CANDIDATES]
    texts = [_with(text, *region, others)]
    texts += [
        _with(text, *region, sorted([*others, (span, after)]))
        for after, probability in ranked
        if probability >= MIN_CANDIDATE
    ]
    for each in texts:
        if each not in variants:
            variants.append(each)
    kept, *changed = map(variants.index, texts)
    return SpanVariants(span, -1, kept, dict(zip((after for after, _ in ranked), changed, strict=False)))


def _with(text: str, start: int, end: int, replacements: Sequence[Replacement]) -> str:
    """A part of a text with replacements, which are in order."""
    pieces: list[str] = []
    for span, after in replacements:
        pieces += (text[start : span[0]], after)
        start = span[1]
    return "".join([*pieces, text[start:end]])
