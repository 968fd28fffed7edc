"""The root command group: makes ``clean-news RAW CLEAN`` work without a subcommand."""

import copy
from typing import Any

from typer.core import TyperGroup

MAIN_JOB = "main-job"

# typer keeps the types of contexts and formatters in a private module, hence Any.


class MainJobGroup(TyperGroup):
    """A command group with a default command: arguments that name no subcommand go to the main job."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # see above
        """Parse the arguments, with the main job's name inserted if no subcommand is named."""
        own = {option for parameter in self.get_params(ctx) for option in parameter.opts}
        if args and args[0] not in self.commands and args[0].partition("=")[0] not in own:
            args = [MAIN_JOB, *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # see above
        """Show the main job's arguments and options as those of the root command."""
        super(MainJobGroup, self.with_main_job()).format_help(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:  # noqa: ANN401  # see above
        """Complete commands, and the options of the main job and the root."""
        return super(MainJobGroup, self.with_main_job()).shell_complete(ctx, incomplete)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401  # see above
        """The usage line of the main job."""
        return self.commands[MAIN_JOB].collect_usage_pieces(ctx)

    def with_main_job(self) -> "MainJobGroup":
        """A copy of this group that also has the main job's parameters, for help and completion."""
        seen = copy.copy(self)
        seen.params = [*self.commands[MAIN_JOB].params, *self.params]
        return seen
