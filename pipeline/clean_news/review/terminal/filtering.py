"""Parse the review's filter: stages, rules, states, a minimum confidence, and only undecided edits."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple, cast, get_args

from clean_news.edits import State
from clean_news.review.edit_filter import EditFilter

STATES: tuple[State, ...] = get_args(State)
UNDECIDED = "undecided"
CONFIDENCE = re.compile(r"(?:>=?)?(0?\.\d+|[01](?:\.0*)?)")


class FilterError(ValueError):
    """A word of a filter is not recognised; the message lists those that are."""


class ReviewFilter(NamedTuple):
    """Selects the edits to review.

    Attributes:
        edit_filter: selects by stage, rule, state and confidence.
        undecided: whether decided edits are skipped.
    """

    edit_filter: EditFilter = EditFilter()
    undecided: bool = False

    def __str__(self) -> str:
        """Return the filter as the reviewer types it."""
        return " ".join(self.words())

    def words(self) -> Iterator[str]:
        """Yield the words that :func:`parse_filter` accepts."""
        yield from (*self.edit_filter.stages, *self.edit_filter.rules, *self.edit_filter.states)
        if self.edit_filter.min_confidence:
            yield f">={self.edit_filter.min_confidence:g}"
        if self.undecided:
            yield UNDECIDED


def parse_filter(words: str, stages: Collection[str], rules: Collection[str]) -> ReviewFilter:
    """Parse a filter that a reviewer typed.

    Args:
        words: stages, rules or prefixes of rules, states, a minimum confidence and ``undecided``, in any order.
        stages: names of the known stages.
        rules: codes of the known rules.

    Raises:
        FilterError: for any other word.

    >>> parse_filter("spin suggested >=0.4", ["ocr", "spin"], ["OCR001"]).edit_filter.min_confidence
    0.4
    """
    selected: dict[str, list[str]] = {"stages": [], "rules": [], "states": []}
    min_confidence, undecided = 0.0, False
    for word in words.split():
        number = CONFIDENCE.fullmatch(word)
        if number:
            min_confidence = float(number[1])
        elif word.lower() == UNDECIDED:
            undecided = True
        elif word in stages:  # before the rules: “spin” is a stage, “SPIN” a prefix of its rules' codes
            selected["stages"].append(word)
        elif word.lower() in STATES:
            selected["states"].append(word.lower())
        elif any(code.startswith(word.upper()) for code in rules):
            selected["rules"].append(word.upper())
        else:
            known = ", ".join([*stages, *STATES, UNDECIDED])
            raise FilterError(f"{word!r} is not a filter; use {known}, a rule such as SPIN001, or >=0.5")
    states = cast("tuple[State, ...]", tuple(selected["states"]))
    return ReviewFilter(
        EditFilter(tuple(selected["stages"]), tuple(selected["rules"]), states, min_confidence), undecided
    )
