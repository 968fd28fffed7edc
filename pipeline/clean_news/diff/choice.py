"""Which edits are shown."""

from typing import NamedTuple

from clean_news.edits import State
from clean_news.tracing import TracedEdit


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

    def takes(self, traced: TracedEdit) -> bool:
        """Whether an edit is shown."""
        edit = traced.edit
        return (
            (not self.stages or traced.stage in self.stages)
            and (not self.rules or edit.rule.startswith(self.rules))
            and (not self.states or edit.state in self.states)
            and edit.confidence >= self.min_confidence
        )
