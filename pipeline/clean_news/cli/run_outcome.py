"""Tells the user what came of a run, or why there was none."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clean_news.cli.exits import stop
from clean_news.cli.terminal import echo
from clean_news.settings import SettingsError

if TYPE_CHECKING:
    from clean_news.batch.summary import Summary


def tell(summary: "Summary", folder: Path | None, quiet: bool) -> None:
    """Print the summary of a run and the path of the summary file."""
    from clean_news.batch.summary import one_line
    from clean_news.project_folder import PROJECT_FOLDER

    if not quiet:
        echo(one_line(summary), err=True)
        if folder is not None:
            echo(f"Summary: {folder / PROJECT_FOLDER / 'summary.md'}", err=True)


def tell_conflicts(summary: "Summary", quiet: bool) -> None:
    """Print the conflicts between reviewers, as ``decisions merge`` does."""
    for conflict in () if quiet else summary.conflicts:
        echo(conflict, err=True)


@contextmanager
def wrong_input_stops() -> Iterator[None]:
    """End the program with a message if RAW, CLEAN, settings or decisions cannot be used."""
    from clean_news.decisions import DecisionsError
    from clean_news.files.discovery import InputError

    try:
        yield
    except (InputError, SettingsError, DecisionsError) as error:
        stop(str(error))
