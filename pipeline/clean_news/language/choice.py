"""Choosing among the changes that a channel finds likely, shared by ``ocr`` and ``spin``."""

from collections.abc import Iterator, Mapping

TextSpan = tuple[int, int]  # first code point, code point behind the last
SpanCandidates = Mapping[TextSpan, Mapping[str, float]]
"""By place the texts that may stand there, with their probabilities."""

MAX_CANDIDATES = 4  # candidates named in an edit's evidence


def likeliest_changes(changes: SpanCandidates, min_probability: float) -> Iterator[tuple[TextSpan, str, float]]:
    """The likeliest change at each place with its probability, none overlapping a likelier one.

    Args:
        changes: what may stand where.
        least: changes of lower probability are left out.
    """
    ranked = sorted(
        (-probability, span, after)
        for span, afters in changes.items()
        for after, probability in afters.items()
        if probability >= min_probability
    )
    taken: set[int] = set()
    for negative, span, after in ranked:
        covered = range(*span)
        if taken.isdisjoint(covered):
            taken.update(covered)
            yield span, after, -negative


def top_candidates(afters: Mapping[str, float]) -> dict[str, float]:
    """The likeliest texts of a place with their probabilities, for an edit's evidence."""
    best = sorted(afters.items(), key=lambda item: -item[1])[:MAX_CANDIDATES]
    return {after: round(probability, 4) for after, probability in best}


def common_affix_lengths(original: list[str], spun: list[str]) -> tuple[int, int]:
    """How many words both phrases share in front and behind, at least one of each left over.

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
