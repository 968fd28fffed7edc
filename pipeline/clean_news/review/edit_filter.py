"""Which edits are shown."""

from typing import NamedTuple, Protocol

from clean_news.edits import Edit, State
from clean_news.review.edit_places import TracedEdit


class Staged(Protocol):
    """An edit and the stage that proposed it."""

    @property
    def edit(self) -> Edit:
        """The edit."""
        ...

    @property
    def stage(self) -> str:
        """The stage's name."""
        ...


class Chooser(Protocol):
    """Whatever says which edits are shown; a :class:`Choice` does."""

    def takes(self, each: TracedEdit) -> bool:
        """Whether an edit is shown."""
        ...


class Choice(NamedTuple):
    """What an edit must be like to be shown; an empty field takes all.

    Attributes:
        stages: names of stages.
        rules: codes of rules, or beginnings of codes, in capitals.
        states: states.
        min_confidence: the least confidence.
    """

    stages: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    min_confidence: float = 0.0

    def takes(self, each: Staged) -> bool:
        """Whether an edit is shown."""
        edit = each.edit
        return (
            (not self.stages or each.stage in self.stages)
            and (not self.rules or edit.rule.startswith(self.rules))
            and (not self.states or edit.state in self.states)
            and edit.confidence >= self.min_confidence
        )
