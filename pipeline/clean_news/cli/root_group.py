"""The root of the command line, where the main job needs no command word: ``clean-news RAW CLEAN``."""

import copy
from typing import Any

from typer.core import TyperGroup

MAIN_JOB = "main-job"

# typer keeps the types of contexts and formatters in a private module, hence Any.


class MainJobGroup(TyperGroup):
    """A group that takes a line for the main job's unless it begins with one of its commands or options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # see above
        """Parse the line, with the main job's name put in front where it is meant."""
        own = {option for parameter in self.get_params(ctx) for option in parameter.opts}
        if args and args[0] not in self.commands and args[0].partition("=")[0] not in own:
            args = [MAIN_JOB, *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # see above
        """Show the main job's arguments and options as those of the root."""
        super(MainJobGroup, self.with_main_job()).format_help(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:  # noqa: ANN401  # see above
        """Complete commands, and the options of the main job and the root."""
        return super(MainJobGroup, self.with_main_job()).shell_complete(ctx, incomplete)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401  # see above
        """The usage line: the main job's."""
        return self.commands[MAIN_JOB].collect_usage_pieces(ctx)

    def with_main_job(self) -> "MainJobGroup":
        """This group as people see it: with the main job's parameters in front of its own."""
        seen = copy.copy(self)
        seen.params = [*self.commands[MAIN_JOB].params, *self.params]
        return seen
