"""Cleaning one raw file: read, see whether there is anything to do, clean, write."""

import filecmp
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from clean_news.batch.discovery import Task
from clean_news.batch.failures import Failure, of_os_error, printable
from clean_news.batch.output import replacing
from clean_news.batch.report import Outcome, Report, findings
from clean_news.change_log import ChangeLog, LogError, sha256
from clean_news.cleaner import Cleaner
from clean_news.decisions import read_all
from clean_news.decoding import NotText
from clean_news.dictionary_digests import digests
from clean_news.formats import Format, RawArticle, format_of
from clean_news.settings import Settings
from clean_news.version import version


class Orders(NamedTuple):
    """How files are cleaned.

    Attributes:
        settings: the settings.
        force: clean also what is up to date, and overwrite clean files that were changed by hand.
        decisions: files of reviewers' decisions.
    """

    settings: Settings
    force: bool = False
    decisions: tuple[Path, ...] = ()


class ChangedByHandError(ValueError):
    """A clean file is not as clean-news left it, and writing would lose the change."""


@lru_cache(maxsize=1)
def cleaner_for(settings: Settings, decisions: tuple[Path, ...] = ()) -> Cleaner:
    """The process's one cleaner; loading the stages and their models costs seconds.

    Raises:
        SettingsError: if a stage cannot be loaded.
        DecisionsError: if a file of decisions cannot be read.
    """
    return Cleaner(settings, read_all(decisions))


def clean_file(task: Task, orders: Orders) -> Report:
    """Clean one raw file; whatever is wrong with it is in the report and costs no other file.

    Args:
        task: the file; nothing is written where ``task.clean`` is None.
        orders: how.
    """
    try:
        return cleaned_file(task, orders)
    except NotText as error:
        return failed(task, str(error))
    except ChangedByHandError as error:
        return failed(task, str(error))
    except OSError as error:
        return Report(task.id, "failed", (), (of_os_error(task.raw, error),))
    except MemoryError:
        return failed(task, "needs more memory than there is; free some, use fewer --jobs, or split the file")
    except Exception as error:  # noqa: BLE001  # a fault of ours must not cost the other files either
        return failed(task, f"clean-news itself failed ({type(error).__name__}: {error}); please report this")


def failed(task: Task, message: str) -> Report:
    """The report of a file that could not be cleaned."""
    return Report(task.id, "failed", (), (Failure(printable(task.raw), message),))


def cleaned_file(task: Task, orders: Orders) -> Report:
    """Clean one raw file.

    Raises:
        NotText: if it is binary data.
        ChangedByHandError: if its clean file was changed by hand, unless the orders are to force it.
        OSError: if it cannot be read, or its clean file cannot be written.
    """
    form = format_of(task.raw)
    assert form is not None, "discovery passes over files of no known kind"
    raws = form.read(task.raw)
    if task.clean is None:
        return report_of(task, "cleaned", [log for _, log in cleaned_articles(task, raws, orders)], orders)
    logs = task.clean.with_name(task.clean.name + form.LOG_SUFFIX)
    before = stored(form, task.clean, logs)
    if before is not None and not orders.force:
        found = list(raws)
        if is_current(before, found, orders):
            return report_of(task, "unchanged", [log for _, log in before], orders)
        raws = iter(found)
    ours = orders.force or not task.clean.exists() or (before is not None and is_untouched(before))
    written: list[ChangeLog] = []
    with replacing(task.clean, logs) as (clean_file, log_file):
        form.write(remembered(cleaned_articles(task, raws, orders), written), clean_file, log_file)
        clean_file.flush()
        # Only what this run would not have written itself is somebody's work.
        if not ours and not filecmp.cmp(clean_file.name, task.clean, shallow=False):
            raise ChangedByHandError(
                f"its clean file {printable(task.clean)} is not as clean-news left it; "
                "move your version away, or overwrite it with --force"
            )
    return report_of(task, "cleaned", written, orders)


def cleaned_articles(task: Task, raws: Iterable[RawArticle], orders: Orders) -> Iterator[tuple[str, ChangeLog]]:
    """The clean text and log of each article of a file."""
    cleaner = cleaner_for(orders.settings, orders.decisions)
    for article in raws:
        name = f"{task.id}#{article.within}" if article.within else task.id
        cleaned = cleaner.clean(article.raw, name, printable(task.raw))
        yield cleaned.text, cleaned.log


def remembered(pairs: Iterable[tuple[str, ChangeLog]], logs: list[ChangeLog]) -> Iterator[tuple[str, ChangeLog]]:
    """The pairs; their logs are added to ``logs`` on the way."""
    for text, log in pairs:
        logs.append(log)
        yield text, log


def stored(form: Format, clean: Path, logs: Path) -> list[tuple[str, ChangeLog]] | None:
    """The clean texts and logs of an earlier run; None if there are none, or none that can be read."""
    try:
        return list(form.read_clean(clean, logs))
    except (OSError, LogError):
        return None


def is_untouched(before: list[tuple[str, ChangeLog]]) -> bool:
    """Whether clean texts are still what their logs say."""
    return all(sha256(text) == log.clean_sha256 for text, log in before)


def is_current(before: list[tuple[str, ChangeLog]], raws: list[RawArticle], orders: Orders) -> bool:
    """Whether cleaning the articles again would give what an earlier run stored."""
    made_by = (version(), orders.settings.sha256(), digests(orders.settings.dictionary))
    decisions = cleaner_for(orders.settings, orders.decisions).decisions
    return (
        len(before) == len(raws)
        and is_untouched(before)
        and all(
            log.raw_sha256 == sha256(article.raw)
            and (log.version, log.settings_sha256, log.dictionaries) == made_by
            and not any(stage.failed for stage in log.stages)
            and log.decisions == decisions.digest((edit for stage in log.stages for edit in stage.edits), log.id)
            for (_, log), article in zip(before, raws, strict=True)
        )
    )


def report_of(task: Task, outcome: Outcome, logs: list[ChangeLog], orders: Orders) -> Report:
    """The report of a file that was cleaned or is up to date; stages that failed are its failures."""
    decisions = cleaner_for(orders.settings, orders.decisions).decisions
    articles = tuple(findings(log, decisions) for log in logs)
    failures = tuple(
        Failure(
            printable(task.raw),
            f"the stage {stage} failed on it ({why}) and changed nothing, the others did their work; "
            f"please report this, and leave the stage out with --skip {stage} until it is mended",
        )
        for article in articles
        for stage, why in article.failed.items()
    )
    return Report(task.id, outcome, articles, failures)
