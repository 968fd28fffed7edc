"""The places of a scanned text at which the passes are unsure, and what may stand there.

A place is a run of whole words. Its texts come from the lattice, and from the character model, which reads the text as
it was scanned and as the first pass leaves it. Neighbouring words that one of them joins or parts are one place: a run
of ruined words is read as a whole.
"""

import bisect
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from clean_news import edits as splicing
from clean_news.edits import Edit
from clean_news.language.change_selection import SpanCandidates, TextSpan
from clean_news.protection import overlaps_any
from clean_news.stages.ocr.character_model import confidence
from clean_news.stages.ocr.character_model.decoding import Correction

MIN_DOUBT = 0.02  # probability of a change, by any of the sources, from which a place is looked at
MOST_BY_LATTICE, MOST_BY_LETTERS = 8, 6  # texts of a place from each source; the right one is rarely a later one
MAX_PARTIAL_TEXTS = 40  # while those of a place are composed
MIN_KEEPING = 1e-3  # probability that a span is kept, while they are
MAX_CHARS = 120  # of a place; longer ones are no words
WORD = re.compile(r"\S+")
HYPHEN = re.compile(r"[-¬\u00ad]\s*")
Item = TypeVar("Item")


class Sources(NamedTuple):
    """Probabilities of a text of a place, 0 where a source does not have it.

    Attributes:
        lattice: by the lattice.
        reread: by the character model, from the text as the first pass leaves it.
        read: by the character model, from the text as it was scanned.
    """

    lattice: float
    reread: float
    read: float


class Place(NamedTuple):
    """A place.

    Attributes:
        span: in code points.
        kept: its text.
        output: its text after both passes.
        texts: what may stand there, with the probabilities by each source; :attr:`kept` is the first.
    """

    span: TextSpan
    kept: str
    output: str
    texts: dict[str, Sources]


class Passes(NamedTuple):
    """What the passes found in a text.

    Attributes:
        text: the text.
        changes: the lattice's changes, with their probabilities.
        applied: the edits of the first pass that are applied.
        edits: the edits of both passes.
        output: those of them that are applied.
        reread: what the character model reads in the text as the first pass leaves it.
        read: what it reads in the text itself.
    """

    text: str
    changes: SpanCandidates
    applied: Sequence[Edit]
    edits: Sequence[Edit]
    output: Sequence[Edit]
    reread: Sequence[Correction]
    read: Sequence[Correction]


Alternatives = tuple[TextSpan, Mapping[str, float]]
"""A span, and the probability of each text that may replace it."""


def places_of(passes: Passes, stays: Sequence[TextSpan], spun: Container[str]) -> list[Place]:
    """Collect the unsure places of a text, in order.

    Args:
        passes: what the passes found.
        stays: spans that must not change, in order and without overlaps.
        spun: the forms that article spinners write.
    """
    text, after_first = passes.text, splicing.apply(passes.text, passes.applied)
    reread = [_alternatives(after_first, each) for each in passes.reread]
    origins = splicing.map_spans([span for span, _ in reread], splicing.invert(passes.applied))
    read = [_alternatives(text, each) for each in passes.read]
    unsure = [
        *(span for span, afters in passes.changes.items() if max(afters.values()) >= MIN_DOUBT),
        *(edit.span for edit in passes.edits),
        *(origin for origin, (_, afters) in zip(origins, reread, strict=True) if sum(afters.values()) >= MIN_DOUBT),
        *(span for span, afters in read if sum(afters.values()) >= MIN_DOUBT),
    ]
    regions = [region for region in _regions(text, unsure) if not overlaps_any(region, stays)]
    by_lattice = _inside(regions, ((span, (span, afters)) for span, afters in passes.changes.items()))
    by_reread = _inside(regions, zip(origins, reread, strict=True))
    by_read = _inside(regions, ((each[0], each) for each in read))
    first, output = (_inside(regions, ((edit.span, edit) for edit in some)) for some in (passes.applied, passes.output))
    moved = splicing.map_spans(regions, passes.applied)
    found = []
    for number, (region, own) in enumerate(zip(regions, moved, strict=True)):
        kept, halfway = text[slice(*region)], _applied(text, region, first[number])
        if region[1] - region[0] > MAX_CHARS or after_first[slice(*own)] != halfway:
            continue
        place = _place(
            region,
            (kept, halfway, _applied(text, region, output[number])),
            _composed(text, region, by_lattice[number], MOST_BY_LATTICE),
            _composed(after_first, own, by_reread[number], MOST_BY_LETTERS),
            _composed(text, region, by_read[number], MOST_BY_LETTERS),
            spun,
        )
        only_hyphens = place.output != kept and _squeezed(place.output) == _squeezed(kept)
        if len(place.texts) > 1 and not only_hyphens:
            found.append(place)
    return found


def _alternatives(text: str, correction: Correction) -> Alternatives:
    """The changes that the character model reads in a part of a text."""
    start, end, readings = correction
    kept = text[start:end]
    return (start, end), {after: probability for after, probability in readings.items() if after != kept}


def _regions(text: str, spans: Iterable[TextSpan]) -> list[TextSpan]:
    """Spans widened to whole words and merged where they overlap, in order."""
    words = [match.span() for match in WORD.finditer(text)]
    starts, ends = [start for start, _ in words], [end for _, end in words]
    widened = []
    for start, end in spans:
        first, last = bisect.bisect_right(starts, start) - 1, bisect.bisect_left(ends, end)
        begins_inside = first >= 0 and ends[first] > start
        ends_inside = last < len(words) and starts[last] < end
        widened.append((starts[first] if begins_inside else start, ends[last] if ends_inside else end))
    return _merged(sorted(widened))


def _inside(regions: Sequence[TextSpan], items: Iterable[tuple[TextSpan, Item]]) -> dict[int, list[Item]]:
    """Items by the index of the region that their span lies in; those that lie in none are left out."""
    starts = [start for start, _ in regions]
    found: dict[int, list[Item]] = defaultdict(list)
    for span, item in items:
        number = bisect.bisect_right(starts, span[0]) - 1
        if number >= 0 and span[1] <= regions[number][1]:
            found[number].append(item)
    return found


def _applied(text: str, region: TextSpan, edits: Sequence[Edit]) -> str:
    """The text of a region after edits of the whole text that lie in it."""
    pieces: list[str] = []
    at = region[0]
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += (text[at : edit.start], edit.after)
        at = edit.end
    return "".join([*pieces, text[at : region[1]]])


def _composed(text: str, region: TextSpan, alternatives: Sequence[Alternatives], most: int) -> dict[str, float]:
    """The most probable texts of a region with their probabilities, if its spans are independent of each other.

    Args:
        text: the text.
        region: the region.
        alternatives: those of the spans in it, which may overlap.
        most: number of texts.
    """
    texts, at = {"": 1.0}, region[0]
    for start, end, afters in _groups(text, alternatives):
        afters[text[start:end]] = afters.get(text[start:end], 0.0) + max(1.0 - sum(afters.values()), MIN_KEEPING)
        longer: dict[str, float] = defaultdict(float)
        for before, probability in texts.items():
            for after, own in afters.items():
                longer[before + text[at:start] + after] += probability * own
        texts, at = _most_probable(longer, MAX_PARTIAL_TEXTS), end
    return {before + text[at : region[1]]: probability for before, probability in _most_probable(texts, most).items()}


def _groups(text: str, alternatives: Sequence[Alternatives]) -> Iterator[tuple[int, int, dict[str, float]]]:
    """Yield start, end and possible changes of each group of overlapping spans, in order."""
    ordered = sorted(alternatives, key=lambda each: each[0])
    for start, end in _merged(span for span, _ in ordered):
        afters: dict[str, float] = defaultdict(float)
        for span, own in ordered:
            if start <= span[0] and span[1] <= end:
                for after, probability in own.items():
                    afters[text[start : span[0]] + after + text[span[1] : end]] += probability
        yield start, end, afters


def _merged(spans: Iterable[TextSpan]) -> list[TextSpan]:
    """Ordered spans, merged where they overlap."""
    found: list[TextSpan] = []
    for start, end in spans:
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _most_probable(texts: Mapping[str, float], most: int) -> dict[str, float]:
    """The most probable texts."""
    return dict(sorted(texts.items(), key=lambda each: (-each[1], each[0]))[:most])


def _place(
    region: TextSpan,
    of_passes: tuple[str, str, str],
    lattice: Mapping[str, float],
    reread: Mapping[str, float],
    read: Mapping[str, float],
    spun: Container[str],
) -> Place:
    """Collect what may stand at a place.

    Args:
        region: its span.
        of_passes: its text, its text after the first pass, and after both.
        lattice: its texts by the lattice, with their probabilities.
        reread: those by the character model from what the first pass leaves.
        read: those by the character model from the text itself.
        spun: the forms that article spinners write.
    """
    kept, _, output = of_passes
    possible = [
        each
        for each in dict.fromkeys([*of_passes, *lattice, *reread, *read])
        if each in {kept, output}
        or (_squeezed(each) != _squeezed(kept) and (each in lattice or confidence.is_plausible(kept, each, spun)))
    ]
    texts = {each: Sources(lattice.get(each, 0.0), reread.get(each, 0.0), read.get(each, 0.0)) for each in possible}
    return Place(region, kept, output, texts)


def _squeezed(text: str) -> str:
    """A text without hyphens, with single spaces: hyphens are a matter of layout and style."""
    return " ".join(HYPHEN.sub("", text).split())
