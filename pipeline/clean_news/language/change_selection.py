"""Selects non-overlapping changes from scored candidates; shared by ``ocr`` and ``spin``."""

from collections.abc import Iterator, Mapping
from operator import itemgetter

TextSpan = tuple[int, int]  # code points: start, exclusive end
SpanCandidates = Mapping[TextSpan, Mapping[str, float]]
"""Probability of each candidate replacement, by the span that it replaces."""

MAX_CANDIDATES = 4  # in an edit's evidence


def likeliest_changes(
    changes: SpanCandidates, min_probability: float, factor: float = 1.0
) -> Iterator[tuple[TextSpan, str, float]]:
    """Select changes greedily by probability, so that none overlaps a more probable one.

    Args:
        changes: the candidates.
        min_probability: candidates of lower probability are ignored.
        factor: probability by which that of each candidate is multiplied.

    Yields:
        Span, replacement and probability, most probable first.
    """
    ranked = sorted(
        (-probability, span, after)
        for span, afters in changes.items()
        for after, own in afters.items()
        if (probability := own * factor) >= min_probability
    )
    taken: set[int] = set()
    for negative, span, after in ranked:
        covered = range(*span)
        if taken.isdisjoint(covered):
            taken.update(covered)
            yield span, after, -negative


def top_candidates(afters: Mapping[str, float]) -> dict[str, float]:
    """Return the most probable replacements of a span, for an edit's evidence.

    Args:
        afters: probability of each replacement.

    Returns:
        At most :data:`MAX_CANDIDATES` probabilities, rounded to 4 digits, highest first.
    """
    best = (
        sorted(afters.items(), key=itemgetter(1), reverse=True)[:MAX_CANDIDATES] if len(afters) > 1 else afters.items()
    )
    return {after: round(probability, 4) for after, probability in best}


def common_affix_lengths(original: list[str], spun: list[str]) -> tuple[int, int]:
    """Return the lengths of the common prefix and suffix in words, leaving at least one word of each phrase.

    >>> common_affix_lengths("after the company".split(), "after the corporate".split())
    (2, 0)
    """
    longest = min(len(original), len(spun)) - 1
    prefix = 0
    while prefix < longest and original[prefix] == spun[prefix]:
        prefix += 1
    suffix = 0
    while suffix < longest - prefix and original[-1 - suffix] == spun[-1 - suffix]:
        suffix += 1
    return prefix, suffix
