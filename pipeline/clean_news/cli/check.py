"""``clean-news --check`` with a format or a baseline: lists what a run would repair, with places."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from clean_news.cli.exits import DONE, FOUND, STOPPED, WRONG, stop
from clean_news.cli.raw_and_clean import Places, run_over
from clean_news.cli.run_outcome import tell, tell_conflicts, wrong_input_stops
from clean_news.cli.terminal import echo, shown_safely

if TYPE_CHECKING:
    from clean_news.batch.needed_repairs import NeededRepair
    from clean_news.batch.run_options import RunOptions
    from clean_news.batch.tally import Report
    from clean_news.failures import Failure

CheckFormat = Literal["text", "github", "sarif", "json"]


class Listing(NamedTuple):
    """How repairs are listed.

    Attributes:
        form: the format.
        baseline: the file with what is not listed; None to list everything.
        is_written: whether the baseline is written instead.
    """

    form: CheckFormat
    baseline: Path | None
    is_written: bool


def checked(named: Places, run_options: "RunOptions", listing: Listing, *, quiet: bool) -> int:
    """Check RAW, and write what it needs to stdout or to the baseline; return the exit code."""
    from clean_news.batch.progress import watching

    needed: list[NeededRepair] = []  # for the baseline
    seen: set[str] = set()  # files that were named twice are listed once
    with watching(quiet) as watcher, wrong_input_stops():
        output = None if listing.is_written else _Output(listing, run_options)

        def report(news: "Report") -> None:
            watcher.report(news)
            found = [each for each in news.needed if each.file not in seen]
            seen.update({each.file for each in found})
            if output:
                output.show(found)
            else:
                needed.extend(found)

        summary = run_over(named, run_options._replace(lists_needed=True), watcher, report, nothing_written=True)
        if output:
            output.close(summary.failures)
    if run_options.decisions:
        tell_conflicts(summary, quiet)
    tell(summary, None, quiet)
    if not summary.finished:
        return STOPPED
    if not output and listing.baseline:
        _write(listing.baseline, needed, [failure.file for failure in summary.failures], quiet=quiet)
    if summary.failures:
        return WRONG
    return FOUND if output and output.shown else DONE


class _Output:
    """Writes repairs to stdout as they are found.

    Attributes:
        shown: number of repairs written.
    """

    def __init__(self, listing: Listing, run_options: "RunOptions") -> None:
        """Read the baseline; nothing is written before the files were found.

        Raises:
            InputError: if the baseline cannot be read.
            SettingsError: if a stage cannot be loaded.
        """
        from clean_news.pipeline import HAND_RULE, rules_by_stage
        from clean_news.review.checking import baseline as baselines
        from clean_news.review.checking import file_names
        from clean_news.review.checking.rendering import rendering_of

        self.shown = 0
        self._baseline = listing.baseline and baselines.known_in(listing.baseline)
        names = file_names.working_folder() if listing.form in {"text", "json"} else file_names.repository()
        settings = run_options.settings
        rules = (*(rule for some in rules_by_stage(settings).values() for rule in some), HAND_RULE)
        self._form = rendering_of(listing.form, names, {each.code: each.summary for each in rules}, settings)
        self._to_stdout = shown_safely(sys.stdout.buffer.write)
        self._has_begun = False

    def show(self, found: "list[NeededRepair]") -> None:
        """Write the repairs of a file that are not in the baseline."""
        self._begin()
        for each in self._baseline.new_repairs(found) if self._baseline else found:
            self._write((self._form.separator if self.shown else "") + self._form.repair(each))
            self.shown += 1

    def close(self, failures: "list[Failure]") -> None:
        """Write the end."""
        self._begin()
        self._write(self._form.closing(failures))

    def _begin(self) -> None:
        """Write the opening, once."""
        if not self._has_begun:
            self._has_begun = True
            self._write(self._form.opening)

    def _write(self, text: str) -> None:
        """Write to stdout."""
        self._to_stdout(text.encode("utf-8", "backslashreplace"))


def _write(path: Path, needed: "list[NeededRepair]", failed: list[str], *, quiet: bool) -> None:
    """Write the baseline, and say so; what prevents it ends the program."""
    from clean_news.batch.summary import counted
    from clean_news.failures import failure_from_os_error
    from clean_news.files.discovery import InputError
    from clean_news.printable_text import printable
    from clean_news.review.checking import baseline as baselines

    try:
        baselines.write(path, needed, failed)
    except InputError as error:
        stop(str(error))
    except OSError as error:
        stop(str(failure_from_os_error(path, error)))
    if not quiet:
        echo(f"Baseline: {printable(path)}, {counted(len(needed), 'repair')}", err=True)
