"""Verifies CLEAN: every log well-formed, every digest right, every article reversible, and nothing left over.

Like ``git fsck`` and ``restic check`` it reads everything and changes nothing; :mod:`clean_news.batch.repairing` does.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from clean_news import change_log
from clean_news.batch.atomic_writing import DUE, leftovers
from clean_news.batch.clean_articles import CleanArticle
from clean_news.batch.findings import UNCHECKED, Finding, Verified
from clean_news.batch.half_landed import belongs, target_of
from clean_news.batch.hand_changed import RawRows
from clean_news.batch.installation_checks import check_installation
from clean_news.batch.reversion import is_same_content
from clean_news.change_log import ChangeLog, LogError, TextChangedError, is_kept
from clean_news.cleaner import raw_bytes
from clean_news.decisions import DecisionsError, read_all
from clean_news.failures import Failure, failure_from_os_error, internal_error_message
from clean_news.files.discovery import InputError, discover
from clean_news.formats import (
    LOG_SUFFIXES,
    CleanRow,
    Format,
    Row,
    UnreadableError,
    clean_name,
    format_of,
    is_raw_only,
    raw_name,
)
from clean_news.optional_library import MissingLibraryError
from clean_news.printable_text import printable
from clean_news.project_folder import DECISIONS, DICTIONARY, PROJECT_FOLDER, PROTECTED, project_folder
from clean_news.regular_files import MAX_LIST_BYTES, read_regular
from clean_news.settings import Settings, SettingsError
from clean_news.sources.generation import SEGMENT
from clean_news.sources.manifest import MANIFEST, IndexDamaged, check_files, read_manifest
from clean_news.stages.spin import user_dictionary
from clean_news.user_files import read_lines
from clean_news.version import version

MAKE_AGAIN = "make it again with: clean-news verify CLEAN --raw RAW --repair"
FIELD = "field"  # in the carrier of JSON lines and Parquet: the field of the text
LITERAL = "literal"  # in the carrier of JSON lines only
NO_LIMIT_MEGABYTES = 1 << 20  # a terabyte: rows that a run cleaned are not too large, whatever its limit was
SHA256 = re.compile("[0-9a-f]{64}")
OF_DICTIONARIES = re.compile("[0-9a-f]{32}|[0-9a-f]{64}")  # the shorter one is that of all together


class _DigestError(LogError):
    """A log has a malformed digest."""


class Pair(NamedTuple):
    """A clean file, its log and, if RAW is given, its raw file."""

    clean: Path
    log: Path
    raw: Path | None
    form: Format


def verify(
    clean: Path, raw: Path | None, settings: Settings, watch: Callable[[Finding], None] = lambda _: None
) -> Verified:
    """Verify a folder of clean files or one clean file, the user's caches and the language model.

    Args:
        clean: the folder or the clean file.
        raw: the RAW that it was made from, a folder or a file accordingly; None to do without.
        settings: how raw files are read.
        watch: called with each finding as it is made.

    Raises:
        InputError: if there is nothing to verify.
    """
    _check_input(clean, raw)
    counts = [0, 0]
    findings: list[Finding] = []
    for finding in _findings(clean, raw, settings, counts):
        findings.append(finding)
        watch(finding)
    if not counts[0] and all(finding.clean is None for finding in findings):
        raise InputError(f"{printable(clean)}: contains no clean files; name a folder of clean files")
    return Verified(counts[0], counts[1], findings)


def _check_input(clean: Path, raw: Path | None) -> None:
    """Check that CLEAN and RAW exist and go together.

    Raises:
        InputError: if they do not.
    """
    if not os.path.lexists(clean):
        raise InputError(f"{printable(clean)}: there is no such file or folder; name what to verify")
    if not clean.is_dir() and format_of(clean) is None:
        raise InputError(f"{printable(clean)}: is not a clean file; name a clean file or a folder of them")
    if raw is not None and not raw.exists():
        raise InputError(f"{printable(raw)}: there is no such file or folder; name the RAW that CLEAN was made from")
    if raw is not None and raw.is_dir() != clean.is_dir():
        raise InputError(f"{printable(raw)}: RAW and CLEAN must be two folders, or two files")


def _findings(clean: Path, raw: Path | None, settings: Settings, counts: list[int]) -> Iterator[Finding]:
    """Yield every finding; count the clean files and the articles in ``counts``."""
    if clean.is_dir():
        yield from _check_folder(clean, raw, settings, counts)
        yield from _check_project(project_folder(clean))
    else:
        form = format_of(clean)
        assert form is not None, "checked before"
        pair = Pair(clean, clean.with_name(clean.name + form.LOG_SUFFIX), raw, form)
        counts[0] += 1
        yield from _check_pair(pair, settings, counts)
    if raw is not None and raw.is_dir():
        yield from _uncleaned(raw, clean, settings.follow_links)
    yield from check_installation()


def _check_folder(clean: Path, raw: Path | None, settings: Settings, counts: list[int]) -> Iterator[Finding]:
    """Yield the findings in a folder of clean files and its subfolders."""
    failures: list[OSError] = []
    for parent, folders, names in os.walk(clean, onerror=failures.append):
        folder = Path(parent)
        hidden = [name for name in folders if name.startswith(".")]
        folders[:] = sorted(set(folders) - set(hidden))
        yield from (_not_a_file(folder / name) for name in folders if (folder / name).is_symlink())
        yield from _leftovers_in(folder, names)
        if folder == clean and PROJECT_FOLDER in hidden:
            for inner, _, inner_names in os.walk(clean / PROJECT_FOLDER, onerror=failures.append):
                yield from _leftovers_in(Path(inner), inner_names)
        if MANIFEST in names and any(name.startswith(f"{SEGMENT}-") for name in folders):
            folders.clear()
            yield from _check_sources_index(folder)
            continue
        for name in sorted(name for name in (*names, *folders) if not name.startswith(".")):
            yield from _check_name(folder / name, clean, raw, settings, counts)
    for error in failures:
        yield Finding(UNCHECKED, str(failure_from_os_error(Path(os.fsdecode(error.filename)), error)))


def _check_sources_index(folder: Path) -> Iterator[Finding]:
    """Yield the finding about an index of sources that lies in CLEAN, if it is not as it was written."""
    try:
        check_files(folder, read_manifest(folder))
    except IndexDamaged as error:
        yield Finding("damaged-index", str(error))


def _check_name(path: Path, clean: Path, raw: Path | None, settings: Settings, counts: list[int]) -> Iterator[Finding]:
    """Yield the findings about a file of CLEAN; a folder is of interest only if it is in place of a log."""
    base = next((path.name.removesuffix(suffix) for suffix in LOG_SUFFIXES if path.name.endswith(suffix)), None)
    if base is not None:
        owner = path.with_name(base)
        form = format_of(owner)
        if not os.path.lexists(owner) or form is None or owner.name + form.LOG_SUFFIX != path.name:
            message = f"{printable(path)}: is the log of {printable(base)}, which is missing; {MAKE_AGAIN}"
            yield Finding("no-clean-file", message, owner)
        return
    form = format_of(path)
    if form is None or path.is_dir() or is_raw_only(path.name):
        return
    counts[0] += 1
    own_raw = raw / path.relative_to(clean).with_name(raw_name(path)) if raw else None
    pair = Pair(path, path.with_name(path.name + form.LOG_SUFFIX), own_raw, form)
    yield from _check_pair(pair, settings, counts)


def _not_a_file(path: Path, clean: Path | None = None) -> Finding:
    """Return the finding for something that is in place of a file or folder of ours."""
    what = "a symbolic link" if path.is_symlink() else "not a regular file"
    return Finding("not-a-file", f"{printable(path)}: is {what}, which clean-news never writes; remove it", clean)


def _leftovers_in(folder: Path, names: Sequence[str]) -> Iterator[Finding]:
    """Yield the findings for what killed runs left in a folder."""
    for path, kind, short in leftovers(folder, names):
        clean = target_of(short or "", folder, names) if kind == DUE else None
        if clean is not None and belongs(path, clean):
            yield Finding(
                "half-landed",
                f"{printable(path)}: a killed run did not rename this to {printable(clean.name)}; "
                "run clean-news RAW CLEAN again, or use --repair",
            )
        else:
            yield Finding("leftover", f"{printable(path)}: was left by a killed run; use --repair, or delete it")


def _check_pair(pair: Pair, settings: Settings, counts: list[int]) -> Iterator[Finding]:
    """Yield the findings about a clean file and its log."""
    try:
        found = list(_check_files(pair)) or list(_check_articles(pair, counts)) or list(_check_raw(pair, settings))
    except OSError as error:
        found = [Finding(UNCHECKED, str(failure_from_os_error(pair.clean, error)))]
    except UnreadableError as error:  # a library is missing
        found = [Finding(UNCHECKED, f"{printable(pair.clean)}: {error}")]
    except Exception as error:  # noqa: BLE001  # a bug of ours must not keep the other files from being verified
        found = [Finding(UNCHECKED, f"{printable(pair.clean)}: {internal_error_message(error)}")]
    yield from found


def _check_files(pair: Pair) -> Iterator[Finding]:
    """Yield the findings about the kinds of the two files.

    Raises:
        OSError: if a folder cannot be read.
    """
    try:
        modes = [path.lstat().st_mode for path in (pair.clean, pair.log)]
    except FileNotFoundError:
        name = printable(pair.log.name)
        yield Finding("no-log", f"{printable(pair.clean)}: its log {name} is missing; {MAKE_AGAIN}", pair.clean)
        return
    for path, mode in zip((pair.clean, pair.log), modes, strict=True):
        if not stat.S_ISREG(mode):
            yield _not_a_file(path, pair.clean)


def _check_articles(pair: Pair, counts: list[int]) -> Iterator[Finding]:
    """Yield the findings about the articles of a clean file: log, digest, and whether it can be reverted.

    Raises:
        OSError: if a file cannot be read.
    """
    try:
        rows = RawRows(pair.clean, pair.raw)
        for text, log in pair.form.read_clean(pair.clean, pair.log):
            counts[1] += 1
            error = _error_in(pair, text, log)
            if isinstance(error, TextChangedError) and isinstance(log, ChangeLog):
                error = rows.described(text, log, CleanArticle(pair.clean, text, log).place)
            if error is not None:
                yield _finding_of(error, pair, isinstance(log, LogError) or isinstance(error, _DigestError))
    except LogError as error:
        yield _finding_of(error, pair, is_log_bad=True)


def _error_in(pair: Pair, text: str, log: ChangeLog | LogError) -> LogError | None:
    """Return what is wrong with an article or its log."""
    if isinstance(log, LogError):
        return log
    place = CleanArticle(pair.clean, text, log).place
    digests = (log.raw_sha256, log.clean_sha256, log.settings_sha256)
    is_formed = all(map(SHA256.fullmatch, digests)) and all(map(OF_DICTIONARIES.fullmatch, log.dictionaries.values()))
    if not is_kept(log) and not is_formed:
        return _DigestError(f"{place}: its log has a malformed digest; {MAKE_AGAIN}")
    try:
        if is_kept(log):
            change_log.verify(text, log, place)
        else:
            change_log.check(text, log, place)
    except LogError as error:
        return error
    return None


def _finding_of(error: LogError, pair: Pair, is_log_bad: bool) -> Finding:
    """Return the finding for an error in an article or its log."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MissingLibraryError):
            return Finding(UNCHECKED, f"{printable(pair.clean)}: {cause}")
        cause = cause.__cause__
    changed = "changed-text" if isinstance(error, TextChangedError) else None
    return Finding(changed or ("bad-log" if is_log_bad else "irreversible"), str(error), pair.clean)


def _check_raw(pair: Pair, settings: Settings) -> Iterator[Finding]:
    """Yield the findings about restoring a whole raw file, and about the raw file that there is.

    Raises:
        OSError: if a file cannot be read.
        UnreadableError: if a library is missing.
    """
    with TemporaryDirectory() as folder:
        restored = Path(folder, f"restored{''.join(pair.clean.suffixes[-2:])}")
        try:
            with restored.open("wb") as file:
                pair.form.restore(pair.clean, pair.log, file)
        except (LogError, KeyError, TypeError, ValueError) as error:  # the last three: of a carrier that was changed
            message = str(error) if isinstance(error, LogError) else _irreversible(pair, error)
            yield Finding("irreversible", message, pair.clean)
            return
        if _changed_outside_texts(pair, restored, settings):
            message = "was changed outside its texts after clean-news wrote it; undo the change, or " + MAKE_AGAIN
            yield Finding("changed-text", f"{printable(pair.clean)}: {message}", pair.clean)
        if pair.raw is None:
            return
        if not pair.raw.is_file():
            yield Finding(
                "no-raw",
                f"{printable(pair.clean)}: its raw file {printable(pair.raw)} is missing; "
                "restore it with clean-news revert, or remove the clean file and its log",
                pair.clean,
            )
        elif not _is_restored(restored, pair.raw):
            yield Finding(
                "raw-differs",
                f"{printable(pair.raw)}: is not the file that {printable(pair.clean)} was made from; "
                "clean it again with clean-news RAW CLEAN, or restore it with clean-news revert",
                pair.clean,
            )


def _irreversible(pair: Pair, error: Exception) -> str:
    """Describe a log from whose carrier a row cannot be restored."""
    return str(change_log.irreversible_log_error(printable(pair.clean), f"{type(error).__name__} in its carrier"))


def _changed_outside_texts(pair: Pair, restored: Path, settings: Settings) -> bool:
    """Whether something other than the texts was changed in a clean file, as far as its log tells that.

    The logs of JSON lines have a checksum of the rest of each line. A file of one article is written again and
    compared, unless another version wrote it, perhaps otherwise.
    """
    if pair.form.MANY:
        first = _first_log(pair)
        return first is not None and LITERAL in first.carrier and not _has_same_rows(pair, restored, settings)
    ((text, log),) = pair.form.read_clean(pair.clean, pair.log)
    if not isinstance(log, ChangeLog) or log.version != version():
        return False
    again = BytesIO()
    row = CleanRow(Row(text, carrier=log.carrier), text, change_log.write(log))
    pair.form.write([row], pair.clean, again, BytesIO())
    return again.getvalue() != pair.clean.read_bytes()


def _is_restored(restored: Path, raw: Path) -> bool:
    """Whether a raw file is the one that was restored; a table has other bytes."""
    if is_same_content(restored, raw):
        return True
    if raw.suffix.lower() != ".parquet":
        return False
    from clean_news.formats.parquet import is_same_table

    return is_same_table(restored, raw)


def _first_log(pair: Pair) -> ChangeLog | None:
    """Return the first log of a pair that is that of an article."""
    logs = (log for _, log in pair.form.read_clean(pair.clean, pair.log))
    return next((log for log in logs if isinstance(log, ChangeLog) and not is_kept(log)), None)


def _has_same_rows(pair: Pair, raw: Path, settings: Settings) -> bool:
    """Whether the rows of a raw file are those of the logs."""
    first = _first_log(pair)
    field = first.carrier.get(FIELD) if first is not None else None
    settings = msgspec.structs.replace(
        settings, text_field=field if isinstance(field, str) else settings.text_field, max_megabytes=NO_LIMIT_MEGABYTES
    )
    logs = (log for _, log in pair.form.read_clean(pair.clean, pair.log))
    with suppress(UnreadableError, LogError):
        return all(
            row is not None and isinstance(log, ChangeLog) and _is_row_of(row, log)
            for row, log in zip_longest(pair.form.read(raw, settings), logs)
        )
    return False


def _is_row_of(row: Row, log: ChangeLog) -> bool:
    """Whether a row is the one that a log was written for."""
    if is_kept(log) and row.article is not None:  # it was too large, or failed
        return True
    is_same_article = is_kept(log) or (
        row.article is not None and change_log.sha256(raw_bytes(row.article)) == log.raw_sha256
    )
    return is_same_article and all(log.carrier.get(key) == value for key, value in row.carrier.items())


def _uncleaned(raw: Path, clean: Path, follow_links: bool) -> Iterator[Finding]:
    """Yield the findings for raw files that have neither clean file nor log, or cannot be read."""
    found = discover(raw, None, follow_links)
    for task in found.tasks:
        place = clean / task.raw.relative_to(raw).with_name(clean_name(task.raw.name))
        form = format_of(task.raw)
        logs = place.with_name(place.name + (form.LOG_SUFFIX if form else ""))
        if not os.path.lexists(place) and not os.path.lexists(logs):
            yield Finding(
                "not-cleaned", f"{printable(task.raw)}: has no clean file; clean it with clean-news RAW CLEAN", place
            )
    yield from (Finding(UNCHECKED, str(Failure(failure.file, failure.message))) for failure in found.failures)


def _check_project(own: Path) -> Iterator[Finding]:
    """Yield the findings about the files of a project folder."""
    if not os.path.lexists(own):
        return
    if own.is_symlink() or not own.is_dir():
        yield _not_a_file(own)
        return
    for name, kind, check in (
        (DECISIONS, "bad-decisions", lambda path: read_all((path,))),
        (PROTECTED, "bad-protected", read_lines),
        (DICTIONARY, "bad-dictionary", lambda path: user_dictionary.check(user_dictionary.files((str(path),)))),
        ("summary.json", "bad-summary", _read_summary),
    ):
        path = own / name
        if os.path.lexists(path):
            try:
                check(path)
            except (DecisionsError, SettingsError) as error:
                yield Finding(kind, str(error))
            except OSError as error:
                yield Finding(kind, str(failure_from_os_error(path, error)))
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                yield Finding(kind, f"{printable(path)}: is damaged; clean-news RAW CLEAN writes it again")


def _read_summary(path: Path) -> object:
    """Read the summary of a run.

    Raises:
        OSError, MsgspecError, UnicodeDecodeError: if it cannot be read.
    """
    return msgspec.json.decode(read_regular(path, MAX_LIST_BYTES), type=dict[str, object])
