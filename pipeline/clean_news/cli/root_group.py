"""The root command group: makes ``clean-news RAW CLEAN`` work without a subcommand."""

import copy
import os
from difflib import get_close_matches
from typing import Any

from typer.core import TyperCommand, TyperGroup

from clean_news.cli.exits import output_errors_reported
from clean_news.cli.terminal import usage_errors_escaped

MAIN_JOB = "main-job"

# typer keeps the types of contexts and formatters in a private module, hence Any.


class MainJobContext(TyperCommand.context_class):  # type: ignore[misc,valid-type]  # see above
    """The context of the main job, whose name the user neither writes nor reads."""

    @property
    def command_path(self) -> str:
        """The name of the program alone."""
        return str(self.parent.command_path)


class MainJobCommand(TyperCommand):
    """The main job, shown as ``clean-news RAW... CLEAN`` in its usage line and its errors."""

    context_class = MainJobContext

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401  # see above
        """The paths, without the braces of a repeatable argument, and the options, which may stand anywhere."""
        arguments = [str(each.metavar) for each in self.get_params(ctx) if each.param_type_name == "argument"]
        return [*arguments, "[OPTIONS]"]


class MainJobGroup(TyperGroup):
    """A command group with a default command: arguments that name no subcommand go to the main job."""

    def make_context(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  # see above
        """Parse the command line; ``--help`` and ``--version`` print already here."""
        with output_errors_reported(), usage_errors_escaped():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # see above
        """Run the command."""
        with output_errors_reported(), usage_errors_escaped():
            return super().invoke(ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # see above
        """Parse the arguments, with the main job's name inserted if no subcommand is named."""
        own = {option for parameter in self.get_params(ctx) for option in parameter.opts}
        if args and args[0] not in self.commands and args[0].partition("=")[0] not in own:
            self.refuse_mistyped(ctx, args[0])
            args = [MAIN_JOB, *args]
        return super().parse_args(ctx, args)

    def refuse_mistyped(self, ctx: Any, word: str) -> None:  # noqa: ANN401  # see above
        """End the program if the first word is neither a path nor an option, but similar to a command."""
        shown = [name for name, command in self.commands.items() if not command.hidden]
        near = get_close_matches(word, shown, n=2)
        if near and not word.startswith("-") and not os.path.lexists(word) and not ctx.resilient_parsing:
            ctx.fail(f"{word}: there is no such command, file or folder; did you mean {' or '.join(near)}?")

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
