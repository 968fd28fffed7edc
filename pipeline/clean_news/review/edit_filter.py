"""Filter edits by stage, rule, state and confidence."""

from typing import NamedTuple, Protocol

from clean_news.change_log.edit_places import TracedEdit
from clean_news.edits import Edit, State


class StagedEdit(Protocol):
    """An edit and the stage that proposed it."""

    @property
    def edit(self) -> Edit:
        """The edit."""
        ...

    @property
    def stage(self) -> str:
        """The stage's name."""
        ...


class EditPredicate(Protocol):
    """Selects the edits that are shown; implemented by :class:`EditFilter`."""

    def matches(self, each: TracedEdit) -> bool:
        """Return whether an edit is shown."""
        ...


class EditFilter(NamedTuple):
    """The conditions that an edit must meet to be shown; an empty field matches every edit.

    Attributes:
        stages: names of stages.
        rules: codes of rules, or prefixes of codes, in upper case.
        states: states.
        min_confidence: minimum confidence, 0–1.
    """

    stages: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    min_confidence: float = 0.0

    def matches(self, each: StagedEdit) -> bool:
        """Return whether an edit meets all conditions."""
        edit = each.edit
        return (
            (not self.stages or each.stage in self.stages)
            and (not self.rules or edit.rule.startswith(self.rules))
            and (not self.states or edit.state in self.states)
            and edit.confidence >= self.min_confidence
        )
