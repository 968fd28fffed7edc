"""The command ``clean-news adopt``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clean_news.cli.exits import DONE, WRONG, stop
from clean_news.cli.options import Clean
from clean_news.cli.reviewer_name import login_name
from clean_news.cli.terminal import echo

if TYPE_CHECKING:
    from clean_news.failures import Failure


def adopt(
    clean: Clean,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...",
            show_default=False,
            help="Only these clean files: a path, a path within CLEAN, or a glob such as 'a/*.txt'.",
        ),
    ] = None,
    raw: Annotated[
        Path | None,
        typer.Option("--raw", metavar="RAW", show_default=False, help="RAW; by default the files that the logs name."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", show_default=False, help="Your name; by default the login name."),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="The reason, kept with the decisions.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be adopted.")] = False,
) -> None:
    """Keep what you changed in clean files: the changes become decisions and are logged.

    The clean files stay as they are. Later runs make the same changes, "clean-news revert" still restores the raw
    files, and "clean-news review" can reject each change.
    """
    from clean_news.batch.adoption import Adopter, find_changed
    from clean_news.batch.adoption import adopt as adopt_all
    from clean_news.batch.summary import counted
    from clean_news.decisions import DecisionsError
    from clean_news.failures import failure_from_os_error
    from clean_news.files.discovery import InputError
    from clean_news.printable_text import visible
    from clean_news.project_folder import DECISIONS, project_folder
    from clean_news.review.terminal.session import utc_now

    failures: list[Failure] = []

    def failed(failure: "Failure") -> None:
        failures.append(failure)
        echo(str(failure), err=True)

    try:
        adopter = Adopter(login_name() if by is None else by, utc_now(), note)
        found = find_changed(clean, files or (), raw, adopter, failed)
        for each in found:
            echo(f"{each.place}: {counted(each.changed.places, 'place')}")
            for decision in each.decisions:
                done = f"{decision.before!r} → {decision.after!r}" if decision.action == "accept" else "as it was"
                echo(f"  {visible(done)}")
        adopted = len(found) if dry_run or not found else adopt_all(clean, found, failed)
    except (InputError, DecisionsError) as error:
        stop(str(error))
    except OSError as error:
        stop(str(failure_from_os_error(project_folder(clean) / DECISIONS, error)))
    places = sum(each.changed.places for each in found)
    verb = "would be adopted" if dry_run else "adopted"
    left_out = f", {len(failures)} failed" if failures else ""
    echo(f"{counted(places, 'place')} in {counted(adopted, 'article')} {verb}{left_out}", err=True)
    raise typer.Exit(WRONG if failures else DONE)
