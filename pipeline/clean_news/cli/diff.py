"""The command ``clean-news diff``."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from clean_news.cli.exits import DONE, WRONG, stop
from clean_news.cli.filter_names import check_names
from clean_news.cli.object_stores import CleanOrUrl, reading
from clean_news.cli.options import Config, MinConfidence, OfRule, OfStage, OfState, edit_filter_of
from clean_news.cli.terminal import echo, shown_safely

if TYPE_CHECKING:
    from clean_news.review.diff.rendering import Messages, Rendering
    from clean_news.review.edit_filter import EditFilter

Format = Literal["text", "patch", "json", "sarif", "csv", "docx"]
Colour = Literal["auto", "always", "never"]


def diff(
    clean: CleanOrUrl,
    article: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARTICLE]...",
            show_default=False,
            help="Only these articles: a path, a path within CLEAN, an id, or a glob such as 'a/*.txt'.",
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
            help="Lines of context: by default 1 in text, 3 in a patch.",
            show_default=False,
        ),
    ] = None,
    output_format: Annotated[Format, typer.Option("--format", "-f", help="The output format.")] = "text",
    color: Annotated[
        Colour, typer.Option("--color", help="Whether text is coloured; auto: if stdout is a terminal.")
    ] = "auto",
    pager: Annotated[
        bool, typer.Option("--pager/--no-pager", help="Show long text in $PAGER, by default less.")
    ] = True,
    config: Config = None,
) -> None:
    """Show every change, from the logs.

    text marks deletions and insertions in the clean text; patch is a unified diff for the raw files, with applied edits
    only unless --state says otherwise; json is one object per article; sarif is for editors and code hosts; csv is for
    spreadsheets; docx is a Word document with tracked changes, applied edits only unless --state says otherwise.
    """
    from clean_news.review.diff.paging import diff_output
    from clean_news.review.diff.rendering import Messages, write_all

    if output_format == "docx" and sys.stdout.isatty():
        stop(
            "a Word document cannot be shown in a terminal; write it to a file: clean-news diff CLEAN -f docx > A.docx"
        )
    edit_filter = edit_filter_of(stage, rule, state, min_confidence)
    messages = Messages([], [])
    with reading(clean, article or ()) as (folder, wanted):
        check_names(folder, edit_filter)
        form = _rendering_of(output_format, edit_filter, context, _in_colour(color), config, messages)
        with diff_output(pager and output_format == "text") as write:
            shown = write if output_format == "text" else shown_safely(write)  # text escapes, and has colours
            write_all(folder, wanted, form, shown, messages)
    for each in (*messages.failures, *messages.notes):  # afterwards: a pager would clear them
        echo(str(each), err=True)
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
    from clean_news.pipeline import rules_by_stage
    from clean_news.review.diff import rendering
    from clean_news.settings import SettingsError
    from clean_news.settings_file import load

    match output_format:
        case "text":
            return rendering.as_text(edit_filter, context, coloured, sys.stdout.encoding)
        case "patch":
            return rendering.as_patch(edit_filter, context, messages)
        case "json":
            return rendering.as_json(edit_filter)
        case "docx":
            return rendering.as_docx(edit_filter)
        case "sarif" | "csv":
            try:
                settings = load(config, Path.cwd(), {})
                if output_format == "sarif":
                    return rendering.as_sarif(edit_filter, settings)
                rules = rules_by_stage(settings)
            except SettingsError as error:
                stop(str(error))
            return rendering.as_csv(edit_filter, {each.code: each.summary for some in rules.values() for each in some})


def _in_colour(wanted: Colour) -> bool:
    """Whether text is coloured; NO_COLOR as in https://no-color.org."""
    if wanted != "auto":
        return wanted == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
