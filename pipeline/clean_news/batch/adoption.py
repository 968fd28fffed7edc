"""Adopt what people changed in clean files: make decisions of it, and write logs that have it.

The clean files stay as they are. First the decisions are added to those of CLEAN, then each log is replaced: a run that
is killed in between leaves decisions with which the main job would write the same text, and adopting again makes the
same ones.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news import change_log, hand_edits
from clean_news import edits as splicing
from clean_news.batch.atomic_writing import replacing
from clean_news.batch.clean_articles import CleanArticle, log_path_of, selected_files
from clean_news.batch.hand_changed import HandChanged, RawRows, with_hand_edits
from clean_news.batch.keeping_decisions import add_decisions
from clean_news.batch.word_changes import word_changes
from clean_news.change_log import ChangeLog, LogError, StageLog, is_kept, sha256
from clean_news.decisions import Decision, Decisions, decision_on, decisions_of, key_of
from clean_news.failures import Failure, failure_from_os_error
from clean_news.formats import format_of, raw_name
from clean_news.project_folder import DECISIONS, project_folder


class Adopter(NamedTuple):
    """Who adopts, when and why.

    Attributes:
        by: the name.
        at: the time, as ISO 8601.
        note: the reason.
    """

    by: str = ""
    at: str = ""
    note: str = ""


class Adopted(NamedTuple):
    """An article whose changes are adopted.

    Attributes:
        path: its clean file.
        place: the article, as shown to people.
        row: number of its log in the file of logs, from 0.
        changed: what was changed.
        decisions: the decisions made of it.
        in_effect: these, and those that made the other edits by hand of its log.
    """

    path: Path
    place: str
    row: int
    changed: HandChanged
    decisions: tuple[Decision, ...]
    in_effect: tuple[Decision, ...]


def find_changed(
    clean: Path, wanted: Sequence[str], raw: Path | None, adopter: Adopter, failed: Callable[[Failure], None]
) -> list[Adopted]:
    """Find the articles that were changed by hand, and make decisions of the changes; nothing is written.

    Args:
        clean: a folder of clean files, or one clean file.
        wanted: which clean files; all if empty. See :func:`clean_news.batch.clean_articles.selected_files`.
        raw: the RAW that it was made from, a folder or a file accordingly; None for the files that the logs name.
        adopter: who adopts.
        failed: called for each file or article that is left out.

    Raises:
        InputError: if there is no clean file, or none is as wanted.
        DecisionsError: if the decisions of CLEAN cannot be read.
    """
    known = decisions_of(clean)
    found: list[Adopted] = []
    for path in selected_files(clean, wanted):
        own_raw = raw / path.relative_to(clean).with_name(raw_name(path)) if raw is not None and clean.is_dir() else raw
        try:
            found += _changed_in(path, own_raw, known, adopter, failed)
        except LogError as error:
            failed(Failure("", str(error)))
        except OSError as error:
            failed(failure_from_os_error(path, error))
    return found


def _changed_in(
    path: Path, raw: Path | None, known: Decisions, adopter: Adopter, failed: Callable[[Failure], None]
) -> Iterator[Adopted]:
    """Yield the articles of a clean file that were changed by hand.

    Raises:
        OSError, LogError: if the file or its logs cannot be read.
    """
    form = format_of(path)
    assert form is not None, "callers pass only files of supported types"
    rows = RawRows(path, raw)
    for row, (text, log) in enumerate(form.read_clean(path, log_path_of(path, form.LOG_SUFFIX))):
        if isinstance(log, LogError):
            failed(Failure("", str(log)))
        elif not is_kept(log) and sha256(text) != log.clean_sha256:
            place = CleanArticle(path, text, log).place
            try:
                yield _adopted(path, place, row, rows.hand_changed(text, log, place), known, adopter)
            except LogError as error:
                failed(Failure("", str(error)))


def _adopted(path: Path, place: str, row: int, changed: HandChanged, known: Decisions, adopter: Adopter) -> Adopted:
    """Make decisions of the changes of an article, with which the pipeline's last step writes the text as it stands.

    Raises:
        LogError: if it would not.
    """
    log = changed.log
    logged = [edit for stage in log.stages if stage.name == hand_edits.STAGE for edit in stage.edits]
    keys = known.matching_keys(logged, log.id)
    before = tuple(decision for decision in known.by_hand(log.id) if key_of(decision) in keys)
    adopter = adopter._replace(at=max([adopter.at, *(decision.at for decision in before)]))
    new = _decisions(changed, adopter)
    if _text_with(changed, (*before, *new)) != changed.text:
        # The decisions that made the other edits by hand are gone: all differences are decided again.
        everything = tuple(word_changes(changed.received, changed.text))
        applied = tuple(edit for edit in logged if edit.state == "applied")
        new = _decisions(changed._replace(changes=everything, undone=applied), adopter)
        if _text_with(changed, (*before, *new)) != changed.text:
            raise LogError(
                f"{place}: was changed by hand in a way that no decisions make again; please report this bug. Keep a "
                "copy of the text"
            )
    return Adopted(path, place, row, changed, new, (*before, *new))


def _decisions(changed: HandChanged, adopter: Adopter) -> tuple[Decision, ...]:
    """Return the decisions that undo the edits by hand that do not stand as they were, and make the other changes."""
    made = [hand_edits.decision_at(changed.received, *change, changed.log.id, *adopter) for change in changed.changes]
    ids = {decision.id for decision in made}
    undone = [
        decision_on(edit, changed.log.id, "reject", "once", by=adopter.by, at=adopter.at)
        for edit in changed.undone
        if edit.id not in ids
    ]
    return *undone, *made


def _by_hand(changed: HandChanged, decisions: Iterable[Decision]) -> StageLog | None:
    """Return the log of the pipeline's last step with some decisions."""
    return hand_edits.edits_by_hand(changed.received, changed.log.id, Decisions(decisions))


def _text_with(changed: HandChanged, decisions: Iterable[Decision]) -> str | None:
    """Return the clean text of an article with some decisions about edits by hand; None if it has surrogates."""
    log = _by_hand(changed, decisions)
    return splicing.apply(changed.received, log.edits) if log else changed.received


def adopt(clean: Path, found: Sequence[Adopted], failed: Callable[[Failure], None]) -> int:
    """Add the decisions of articles that were changed by hand to those of CLEAN, and write their logs.

    Args:
        clean: the folder of clean files, or the clean file.
        found: the articles, as returned by :func:`find_changed`.
        failed: called for each file whose logs cannot be written; the main job with the new decisions writes them.

    Returns:
        The number of articles whose logs were written.

    Raises:
        DecisionsError: if the decisions of CLEAN cannot be read.
        OSError: if they cannot be written; nothing is then changed.
    """
    earlier = decisions_of(clean)
    was_current = {(each.path, each.row) for each in found if _is_current(each.changed, earlier)}
    add_decisions(project_folder(clean) / DECISIONS, (decision for each in found for decision in each.decisions))
    now = decisions_of(clean)
    by_file: dict[Path, list[Adopted]] = {}
    for each in found:
        by_file.setdefault(each.path, []).append(each)
    done = 0
    for path, articles in by_file.items():
        lines = {
            each.row: change_log.write(_new_log(each, now if (path, each.row) in was_current else None))
            for each in articles
        }
        try:
            _replace_lines(path, lines, clean if clean.is_dir() else None)
            done += len(lines)
        except OSError as error:
            failed(failure_from_os_error(path, error))
    return done


def _is_current(changed: HandChanged, decisions: Decisions) -> bool:
    """Whether a log has all decisions that there were before; else the next run cleans the article again."""
    edits = (edit for stage in changed.log.stages for edit in stage.edits)
    return changed.log.decisions == decisions.digest(edits, changed.log.id, changed.received)


def _new_log(each: Adopted, decisions: Decisions | None) -> ChangeLog:
    """Return the log of an article with what was adopted.

    Args:
        each: the article.
        decisions: all decisions; None if the log shall not record them, as others have not been applied yet.
    """
    log = with_hand_edits(each.changed.log, each.changed.text, _by_hand(each.changed, each.in_effect))
    if decisions is None:
        return log
    digest = hand_edits.decisions_digest(decisions, each.changed.text, log.stages, log.id)
    return msgspec.structs.replace(log, decisions=digest)


def _replace_lines(path: Path, lines: dict[int, bytes], within: Path | None) -> None:
    """Replace some lines in the file of logs of a clean file.

    Raises:
        OSError: if it cannot be written.
    """
    form = format_of(path)
    assert form is not None, "it was read"
    logs = log_path_of(path, form.LOG_SUFFIX)
    with logs.open("rb") as old, replacing(logs, within=within) as (new,):
        for number, line in enumerate(old):
            new.write(lines.get(number, line))
