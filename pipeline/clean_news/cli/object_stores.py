"""What commands do if RAW or CLEAN is the URL of an object store."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from clean_news.cli.exits import DONE, FOUND, STOPPED, WRONG, stop
from clean_news.cli.run_outcome import tell_conflicts, wrong_input_stops
from clean_news.cli.terminal import echo
from clean_news.optional_library import MissingLibraryError
from clean_news.printable_text import visible
from clean_news.settings import Settings

if TYPE_CHECKING:
    from clean_news.batch.tally import Report

CleanOrUrl = Annotated[
    str, typer.Argument(metavar="CLEAN", help="A folder of clean articles, or a clean file; also a URL such as s3://…")
]
URL_BEGINNING = re.compile(r"[a-z][a-z0-9+.-]{1,30}:")  # a path leaves out the second slash
REFUSED = {
    "watch": "--watch needs folders of this machine; for an object store, run the command again when there is "
    "something new: it lists both and cleans only that",
    "format": "--format, --baseline and --write-baseline need files of this machine; leave them out",
}


class StoreJob(NamedTuple):
    """A main job with object stores.

    Attributes:
        paths: RAW and CLEAN, as given.
        settings: the settings.
        decisions: files of decisions.
        force: as in :class:`clean_news.batch.run_options.RunOptions`.
        cache: whether results are kept for other runs.
        watch, lists_repairs: whether options are given that object stores do not have.
    """

    paths: Sequence[str]
    settings: Settings
    decisions: tuple[Path, ...]
    force: bool
    cache: bool
    watch: bool
    lists_repairs: bool


def folder_of_this_machine(place: Path) -> Path:
    """Return a path of the command line; a URL ends the program, for commands that have no use of one.

    >>> folder_of_this_machine(Path("clean")).name
    'clean'
    """
    first = place.parts[0] if len(place.parts) > 1 else ""
    if URL_BEGINNING.fullmatch(first) and not Path(first).exists():
        stop(
            f"{first}//{'/'.join(place.parts[1:])}: this command needs a folder of this machine; docs/object-stores.md "
            "says which commands take URLs, and what to do for the others"
        )
    return place


def names_store(paths: Sequence[str]) -> bool:
    """Whether one of the paths on the command line is the URL of an object store."""
    if not any("://" in word for word in paths):  # does without the import
        return False
    from clean_news.stores.urls import is_url

    return any(map(is_url, paths))


def cleaned_in_stores(job: StoreJob, *, check: bool, nothing_written: bool, quiet: bool) -> int:
    """Clean RAW once; return the exit code."""
    from clean_news.batch.progress import watching
    from clean_news.batch.run_options import RunOptions
    from clean_news.batch.summary import counted, one_line
    from clean_news.stores.store_run import run

    for name, is_given in (("watch", job.watch), ("format", job.lists_repairs)):
        if is_given:
            stop(REFUSED[name])
    raw, clean = _raw_and_clean(job.paths, nothing_written)
    options = RunOptions(job.settings, job.force, job.decisions, keep_results=job.cache)
    changed: list[tuple[str, int]] = []
    with store_errors_stop(), watching(quiet) as watcher:

        def report(news: "Report") -> None:
            changed.extend(news.changed)
            watcher.report(news)

        summary = run(raw, clean, options, not nothing_written, watcher.begin, report, watcher.advance, watcher.indexed)
    known = f"{raw.rstrip('/')}/"
    for article, edits in sorted(changed) if nothing_written else ():
        echo(f"{visible(article.removeprefix(known))}: {counted(edits, 'edit')}")
    if job.decisions:
        tell_conflicts(summary, quiet)
    if not quiet:
        echo(one_line(summary), err=True)
        if clean is not None and not nothing_written:
            echo(f"Summary: {clean.rstrip('/')}/.clean-news/summary.md", err=True)
    if not summary.finished:
        return STOPPED
    if summary.failures:
        return WRONG
    return FOUND if check and changed else DONE


def _raw_and_clean(paths: Sequence[str], nothing_written: bool) -> tuple[str, str | None]:
    """Return RAW and CLEAN; other numbers of paths end the program."""
    if len(paths) == 1 and nothing_written:
        return paths[0], None
    if len(paths) == 1:
        stop("CLEAN is missing; name the folder for the clean articles, or use --check to write nothing")
    if len(paths) > 2:
        stop("with object stores, name one RAW and one CLEAN; run the command once for each RAW")
    return paths[0], paths[1]


@contextmanager
def store_errors_stop() -> Iterator[None]:
    """End the program with a message if a store cannot be used."""
    from clean_news.stores.transfers import StoreError

    try:
        with wrong_input_stops():
            yield
    except (MissingLibraryError, StoreError) as error:
        stop(str(error))


@contextmanager
def reading(clean: str, wanted: Sequence[str] = ()) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield CLEAN, or a copy of what is needed of it, and the wanted articles; errors of a store end the program."""
    if not names_store([clean]):
        yield Path(clean), tuple(wanted)
        return
    from clean_news.stores.mirror import readable

    with store_errors_stop(), readable(clean, wanted) as place:
        yield place


@contextmanager
def writing(dest: str, clean: Path) -> Iterator[Path]:
    """Yield DEST, or a folder whose files are then uploaded to it; errors of a store end the program.

    Args:
        dest: the folder for raw files.
        clean: the clean files that they are restored from.
    """
    if not names_store([dest]):
        yield Path(dest)
        return
    from clean_news.files.discovery import clean_files
    from clean_news.formats import raw_name
    from clean_news.stores.mirror import written

    def names() -> list[str]:
        if not clean.is_dir():
            return [raw_name(clean)]
        return [path.relative_to(clean).with_name(raw_name(path)).as_posix() for path in clean_files(clean)]

    with store_errors_stop(), written(dest, names) as folder:
        yield folder
