"""The command ``clean-news diff``. It parses, calls and prints, as :mod:`clean_news.cli.app` does."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from clean_news.cli.exits import DONE, WRONG, stop
from clean_news.cli.options import Clean, Config, MinConfidence, OfRule, OfStage, OfState

if TYPE_CHECKING:
    from clean_news.review.diff.rendering import Messages, Rendering
    from clean_news.review.edit_filter import EditFilter

Format = Literal["text", "patch", "json", "sarif"]
Colour = Literal["auto", "always", "never"]


def diff(
    clean: Clean,
    article: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARTICLE]...",
            show_default=False,
            help="Only these: a path, a path within CLEAN, an id, or a glob such as 'a/*.txt'.",
        ),
    ] = None,
    stage: OfStage = None,
    rule: OfRule = None,
    state: OfState = None,
    min_confidence: MinConfidence = 0.0,
    context: Annotated[
        int | None,
        typer.Option(
            "--context",
            "-U",
            metavar="N",
            min=0,
            help="Lines around a change: 1 in text, 3 in a patch.",
            show_default=False,
        ),
    ] = None,
    output_format: Annotated[Format, typer.Option("--format", "-f", help="What to write.")] = "text",
    color: Annotated[Colour, typer.Option("--color", help="Whether text is in colour; auto: in a terminal.")] = "auto",
    pager: Annotated[bool, typer.Option("--pager/--no-pager", help="Show long text in $PAGER, or less.")] = True,
    config: Config = None,
) -> None:
    """Show what was changed, from the logs.

    text marks deletions and insertions in the clean text; patch is a unified diff for the raw files, with the applied
    edits only unless --state says otherwise; json is one object an article; sarif is for editors and code hosts.
    """
    from clean_news.review.diff.paging import diff_output
    from clean_news.review.diff.rendering import Messages, write_all
    from clean_news.review.edit_filter import EditFilter

    edit_filter = EditFilter(
        tuple(stage or ()),
        tuple(each.upper() for each in rule or ()),
        tuple(each.value for each in state or ()),
        min_confidence,
    )
    messages = Messages([], [])
    form = _rendering_of(output_format, edit_filter, context, _in_colour(color), config, messages)
    with diff_output(pager and output_format == "text") as write:
        write_all(clean, article or (), form, write, messages)
    for each in (*messages.failures, *messages.notes):  # not before: a pager would wipe them out
        typer.echo(str(each), err=True)
    raise typer.Exit(WRONG if messages.failures else DONE)


def _rendering_of(
    output_format: Format,
    edit_filter: "EditFilter",
    context: int | None,
    coloured: bool,
    config: Path | None,
    messages: "Messages",
) -> "Rendering":
    """How the wanted format is written; wrong settings end the program."""
    from clean_news.review.diff import rendering
    from clean_news.settings import SettingsError, load

    match output_format:
        case "text":
            return rendering.as_text(edit_filter, context, coloured, sys.stdout.encoding)
        case "patch":
            return rendering.as_patch(edit_filter, context, messages)
        case "json":
            return rendering.as_json(edit_filter)
        case "sarif":
            try:
                return rendering.as_sarif(edit_filter, load(config, Path.cwd(), {}))
            except SettingsError as error:
                stop(str(error))


def _in_colour(wanted: Colour) -> bool:
    """Whether text is written in colour; https://no-color.org says what NO_COLOR means."""
    if wanted != "auto":
        return wanted == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
