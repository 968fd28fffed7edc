"""Which edits are gone through: by stage, rule, state and confidence, and only those that nobody has decided on."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple, cast, get_args

from clean_news.edits import State
from clean_news.review.edit_filter import Choice

STATES: tuple[State, ...] = get_args(State)
UNDECIDED = "undecided"
CONFIDENCE = re.compile(r"(?:>=?)?(0?\.\d+|[01](?:\.0*)?)")


class FilterError(ValueError):
    """A word of a filter means nothing; the message says what would."""


class Filter(NamedTuple):
    """What is gone through.

    Attributes:
        choice: which edits.
        undecided: whether those that are decided on are passed over.
    """

    choice: Choice = Choice()
    undecided: bool = False

    def __str__(self) -> str:
        """The filter as it is typed."""
        return " ".join(self.words())

    def words(self) -> Iterator[str]:
        """The words that :func:`parsed` takes."""
        yield from (*self.choice.stages, *self.choice.rules, *self.choice.states)
        if self.choice.min_confidence:
            yield f">={self.choice.min_confidence:g}"
        if self.undecided:
            yield UNDECIDED


def parsed(words: str, stages: Collection[str], rules: Collection[str]) -> Filter:
    """The filter that a person typed.

    Args:
        words: stages, rules or their beginnings, states, a lowest confidence and ``undecided``, in any order.
        stages: names of the stages that there are.
        rules: codes of the rules that there are.

    Raises:
        FilterError: for a word that is none of these.

    >>> parsed("spin suggested >=0.4", ["ocr", "spin"], ["OCR001"]).choice.min_confidence
    0.4
    """
    chosen: dict[str, list[str]] = {"stages": [], "rules": [], "states": []}
    least, undecided = 0.0, False
    for word in words.split():
        number = CONFIDENCE.fullmatch(word)
        if number:
            least = float(number[1])
        elif word.lower() == UNDECIDED:
            undecided = True
        elif word in stages:  # before the rules: “spin” is a stage, “SPIN” the beginning of its rules' codes
            chosen["stages"].append(word)
        elif word.lower() in STATES:
            chosen["states"].append(word.lower())
        elif any(code.startswith(word.upper()) for code in rules):
            chosen["rules"].append(word.upper())
        else:
            known = ", ".join([*stages, *STATES, UNDECIDED])
            raise FilterError(f"{word!r} is no filter; type some of {known}, a rule such as SPIN001, or >=0.5")
    states = cast("tuple[State, ...]", tuple(chosen["states"]))
    return Filter(Choice(tuple(chosen["stages"]), tuple(chosen["rules"]), states, least), undecided)
