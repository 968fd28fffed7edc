"""Choosing among the changes that a channel finds likely, shared by ``ocr`` and ``spin``."""

from collections.abc import Iterator, Mapping

Place = tuple[int, int]  # first code point, code point behind the last
Changes = Mapping[Place, Mapping[str, float]]
"""By place the texts that may stand there, with their probabilities."""

ALTERNATIVES = 4  # candidates named in an edit's evidence


def likeliest_changes(changes: Changes, least: float) -> Iterator[tuple[Place, str, float]]:
    """The likeliest change at each place with its probability, none overlapping a likelier one.

    Args:
        changes: what may stand where.
        least: changes of lower probability are left out.
    """
    ranked = sorted(
        (-probability, place, after)
        for place, afters in changes.items()
        for after, probability in afters.items()
        if probability >= least
    )
    taken: set[int] = set()
    for negative, place, after in ranked:
        covered = range(*place)
        if taken.isdisjoint(covered):
            taken.update(covered)
            yield place, after, -negative


def candidates(afters: Mapping[str, float]) -> dict[str, float]:
    """The likeliest texts of a place with their probabilities, for an edit's evidence."""
    best = sorted(afters.items(), key=lambda item: -item[1])[:ALTERNATIVES]
    return {after: round(probability, 4) for after, probability in best}


def trimmed(original: list[str], spun: list[str]) -> tuple[int, int]:
    """How many words both phrases share in front and behind, at least one of each left over.

    >>> trimmed("after the company".split(), "after the corporate".split())
    (2, 0)
    """
    most = min(len(original), len(spun)) - 1
    front = 0
    while front < most and original[front] == spun[front]:
        front += 1
    behind = 0
    while behind < most - front and original[-1 - behind] == spun[-1 - behind]:
        behind += 1
    return front, behind
