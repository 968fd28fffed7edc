"""The command ``clean-news verify``."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clean_news.cli.exits import DONE, FOUND, WRONG, stop
from clean_news.cli.object_stores import CleanOrUrl, names_store, reading
from clean_news.cli.options import JUDGING, LOGGING, READING, SHARING, with_settings
from clean_news.cli.run_outcome import wrong_input_stops
from clean_news.cli.terminal import echo
from clean_news.settings import Settings

if TYPE_CHECKING:
    from clean_news.batch.findings import Verified
    from clean_news.batch.tally import Report


@with_settings(JUDGING, READING, SHARING, LOGGING)
def verify(
    clean: CleanOrUrl,
    raw: Annotated[
        str | None,
        typer.Option("--raw", metavar="RAW", help="Also compare with the raw files that CLEAN was made from."),
    ] = None,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Finish what a killed run left, remove leftovers and damaged caches, and with --raw make damaged "
            "clean files again; what was there is moved to CLEAN/.clean-news/damaged.",
        ),
    ] = False,
    *,
    settings: Settings,
) -> None:
    """Check that CLEAN is whole: every log, every digest, every article reversible, nothing left over.

    Also checks the language model and the caches. Each finding is printed with its kind and the remedy. Exit codes: 0
    sound, 1 something was found, 2 something could not be checked. The settings matter for --repair only, and for raw
    files that were read with --charset or --text-field.
    """
    from clean_news.batch.findings import UNCHECKED
    from clean_news.batch.verification import verify as verified

    if repair and names_store([clean]):
        stop(
            "--repair needs a folder of this machine; for an object store, clean-news RAW CLEAN makes good what it can"
        )
    with wrong_input_stops(), ExitStack() as copies:
        folder, _ = copies.enter_context(reading(clean))
        originals = None if raw is None else copies.enter_context(reading(raw))[0]
        found = verified(folder, originals, settings, print_finding)
        if repair and found.findings:
            echo(summary_line(found), err=True)
            _repair(folder, originals, settings, found)
            echo("after the repair:", err=True)
            found = verified(folder, originals, settings, print_finding)
    echo(summary_line(found), err=True)
    if UNCHECKED in found.by_kind:
        raise typer.Exit(WRONG)
    raise typer.Exit(FOUND if found.findings else DONE)


def _repair(clean: Path, raw: Path | None, settings: Settings, found: "Verified") -> None:
    """Repair what can be repaired, and print what could not be made again."""
    from clean_news.batch.repairing import repair
    from clean_news.batch.run_options import RunOptions
    from clean_news.failures import failure_from_os_error
    from clean_news.printable_text import visible

    def report(news: "Report") -> None:
        for failure in news.failures:
            echo(visible(str(failure)), err=True)

    try:
        repair(clean, raw, RunOptions(settings), found.findings, report)
    except OSError as error:
        stop(visible(str(failure_from_os_error(clean, error))))


def print_finding(finding: object) -> None:
    """Print a finding; what it names may hold control characters."""
    from clean_news.printable_text import visible

    echo(visible(str(finding)))


def summary_line(found: "Verified") -> str:
    """Return the last line: what was checked, and how many findings of each kind there are."""
    from clean_news.batch.summary import counted

    checked = f"{counted(found.files, 'file')}, {counted(found.articles, 'article')}"
    if not found.findings:
        return f"{checked}: sound"
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in found.by_kind.items())
    return f"{checked}: {counted(len(found.findings), 'finding')} ({kinds})"
