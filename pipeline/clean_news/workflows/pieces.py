"""Shares out a large file among tasks: each cleans some of its rows, and at the end they are put together.

The rows are dealt in blocks, like cards, so that no task has to know how many there are, and all have much the same
work. A task reads past the rows of others, which takes a thousandth of the time of cleaning them, and stores its clean
texts and logs in a file in CLEAN/.clean-news/cluster/pieces. When all tasks are done, the clean file is written from
them by the file's format, as a run in one process writes it, and so has the same bytes.
"""

import hashlib
import heapq
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import IO, NamedTuple, Protocol, TypeGuard

import msgspec

from clean_news import change_log
from clean_news.batch.atomic_writing import replacing
from clean_news.batch.file_cleaning import ReportBuilder
from clean_news.batch.row_cleaning import Origin, RowResult, location_of, row_result
from clean_news.batch.row_dispatch import RowCleaner
from clean_news.batch.run_options import RunOptions, expected_log_of, options_for
from clean_news.batch.tally import Report
from clean_news.change_log import LogError
from clean_news.failures import Failure, failure_from_os_error, internal_error_message
from clean_news.files.discovery import Task, output_paths
from clean_news.formats import CleanRow, Format, Row, UnreadableError, format_of
from clean_news.formats.row_places import BLOCK_ROWS, RowPlaces
from clean_news.printable_text import printable
from clean_news.regular_files import open_regular
from clean_news.settings import Settings

FORMAT = 2  # of stored pieces
MIN_PIECE_BYTES = 16 << 20  # of the raw file; smaller ones are not worth reading it several times
PIECES_PER_SHARD = (1, 2, 4)  # about so many, as equal shards need; the fewer, the less often a file is read
GAIN = 0.97  # of the largest shard, for which more pieces are worth it
LENGTH_BYTES = 4
MAX_RECORD_BYTES = 1 << 30
COMPRESSION = 1  # fastest
NO_MEMORY = "not enough memory; free some, use fewer --workers, or split the file"


class SharedFormat(Format, Protocol):
    """A format whose files can be shared out."""

    def read_places(self, raw: Path, settings: Settings, places: RowPlaces) -> Iterator[Row]:
        """Yield the rows at some places, in order; see :meth:`Format.read` for what is raised."""
        ...

    def rows_to_write(self, raw: Path, settings: Settings) -> Iterator[Row]:
        """Yield all rows, with no more than ``write`` needs of them; endlessly if that is the same of all."""
        ...


class StoredRow(NamedTuple):
    """A clean row of a piece.

    Attributes:
        text: the clean text.
        log: the line of its change log.
        kept: whether the raw row is no article; it is kept unchanged.
    """

    text: str
    log: bytes
    kept: bool


class Piece(NamedTuple):
    """Some of the rows of a large file.

    Attributes:
        task: the file.
        number: number of the piece, from 0.
        total: number of pieces of the file.
    """

    task: Task
    number: int = 0
    total: int = 1

    @property
    def size(self) -> int:
        """Its part of the size of the raw file, in bytes."""
        return self.task.size // self.total


class MissingPieceError(ValueError):
    """Not all pieces of a file are there: a task did not finish."""


def pieces_of(tasks: Iterable[Task], shards: int, *, force: bool = False) -> list[Piece]:
    """Divide the large files into pieces of about equal size; other files are one piece.

    A file that has a clean file already is not divided: most of its rows may be up to date.

    Args:
        tasks: the files.
        shards: maximum number of shards.
        force: whether clean files are overwritten in any case.
    """
    known = list(tasks)
    divisible = [
        can_be_shared(format_of(task.raw)) and (force or task.clean is None or not task.clean.exists())
        for task in known
        if task.size > MIN_PIECE_BYTES
    ]
    if not any(divisible):
        return [Piece(task) for task in known]
    best: list[Piece] = []
    for per_shard in PIECES_PER_SHARD:
        size = max(MIN_PIECE_BYTES, sum(task.size for task in known) // max(shards * per_shard, 1))
        found = _divided(known, divisible, size)
        if not best or largest_load(found, shards) < GAIN * largest_load(best, shards):
            best = found
    return best


def _divided(tasks: list[Task], divisible: list[bool], size: int) -> list[Piece]:
    """Divide files into pieces of about a size.

    Args:
        tasks: the files.
        divisible: for each of the large files, whether it can be divided.
        size: the size in bytes.
    """
    of_large = iter(divisible)
    found = []
    for task in tasks:
        is_divisible = task.size > MIN_PIECE_BYTES and next(of_large)
        total = max(1, round(task.size / size)) if is_divisible else 1
        found += [Piece(task, number, total) for number in range(total)]
    return found


def largest_load(pieces: list[Piece], shards: int) -> int:
    """Return the size of the largest shard, in bytes, if pieces are assigned as they will be; see ``make_shards``."""
    loads = [0] * max(1, min(shards, len(pieces)))
    for size in sorted((piece.size for piece in pieces), reverse=True):
        heapq.heapreplace(loads, loads[0] + size + 1)
    return max(loads)


def can_be_shared(form: Format | None) -> TypeGuard[SharedFormat]:
    """Whether files of a format can be shared out."""
    return hasattr(form, "read_places")


def piece_path(folder: Path, task: Task, number: int) -> Path:
    """Return the path of a stored piece.

    Args:
        folder: the run's folder.
        task: the file.
        number: number of the piece.
    """
    return folder / "pieces" / _digest(task) / f"{number:05d}"


def _digest(task: Task) -> str:
    """The first half of the SHA-256 of the name of a raw file, in hex."""
    return hashlib.sha256(os.fsencode(task.raw)).hexdigest()[:32]


def _head(task: Task, number: int, total: int) -> bytes:
    """The first line of a stored piece, by which it is told from others."""
    return f"clean-news piece {FORMAT}: {number} of {total} of {_digest(task)}\n".encode()


def is_stored(folder: Path, piece: Piece) -> bool:
    """Whether a piece of a divided file is stored."""
    return piece.total > 1 and piece_path(folder, piece.task, piece.number).exists()


def clean_piece(piece: Piece, folder: Path, options: RunOptions, clean_rows: RowCleaner) -> Report:
    """Clean the rows of a piece and store them, unless they are stored; errors are returned in the report.

    Args:
        piece: the piece.
        folder: the run's folder.
        options: the options of the run.
        clean_rows: cleans the rows, in this process or in workers.
    """
    task, path = piece.task, piece_path(folder, piece.task, piece.number)
    options = options_for(options, task.raw)
    form = format_of(task.raw)
    assert can_be_shared(form), "only such files are divided"
    origin = Origin.of_file(task.id, task.raw)
    builder = ReportBuilder(task.id, origin.source, lists_changed=False)
    broken: list[str] = []

    def rows() -> Iterator[Row]:
        try:
            yield from form.read_places(task.raw, options.settings, RowPlaces(piece.number, piece.total))
        except UnreadableError as error:  # the rows before that are cleaned, as in a file that is not divided
            broken.append(str(error))

    try:
        if path.exists():
            for result in _stored_results(piece, path, origin, options):
                builder.add(result)
            return builder.report("unchanged")
        with replacing(path) as (stored,):
            stored.write(_head(*piece))
            for row, result in clean_rows(rows(), origin, options):
                builder.add(result)
                _store(StoredRow(result.text, result.log, row.article is None), stored)
            _store(StoredRow("".join(broken), b"", kept=True), stored)
    except (MissingPieceError, LogError) as error:
        path.unlink(missing_ok=True)
        return _failed(task, f"{error}; run the same command again")
    except OSError as error:
        return Report(task.id, "failed", failures=(failure_from_os_error(task.raw, error),))
    except MemoryError:
        return _failed(task, NO_MEMORY)
    except Exception as error:  # noqa: BLE001  # nor may a bug of ours cost the task its other files
        return _failed(task, internal_error_message(error))
    return builder.report("cleaned")


def _stored_results(piece: Piece, path: Path, origin: Origin, options: RunOptions) -> Iterator[RowResult]:
    """Yield the results of the rows of a stored piece, for the summary.

    Raises:
        OSError: if it cannot be read.
        MissingPieceError, LogError: if it is damaged.
    """
    decisions = expected_log_of(options).decisions
    with open_regular(path) as stored:
        for row in _stored_rows(stored, _head(*piece)):
            if row.log:
                log = change_log.read(row.log, printable(path))
                where = origin.source if row.kept else location_of(log, origin)
                yield row_result(row.text, log, row.log, origin, decisions, where)


def _store(row: StoredRow, stored: IO[bytes]) -> None:
    """Append a row to a stored piece."""
    packed = zlib.compress(msgspec.msgpack.encode(row), COMPRESSION)
    stored.write(len(packed).to_bytes(LENGTH_BYTES, "big") + packed)


def _stored_rows(stored: IO[bytes], head: bytes) -> Iterator[StoredRow]:
    """Yield the rows of a stored piece, and at the end one with an empty log, whose text says why the file broke off.

    Args:
        stored: the stored piece.
        head: its first line.

    Raises:
        MissingPieceError: if it is damaged, or another one.
    """
    if stored.read(len(head)) != head:
        raise MissingPieceError(f"{printable(stored.name)}: is not the part that belongs there")
    try:
        while length := stored.read(LENGTH_BYTES):
            size = int.from_bytes(length, "big")
            packed = stored.read(size) if size <= MAX_RECORD_BYTES else b""
            yield msgspec.msgpack.decode(zlib.decompress(packed), type=StoredRow)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise MissingPieceError(f"{printable(stored.name)}: is damaged ({error})") from error


def put_together(task: Task, total: int, folder: Path, options: RunOptions) -> Report:
    """Write the clean file of a divided one from its pieces, and remove these; errors are returned in the report.

    Args:
        task: the file.
        total: number of its pieces.
        folder: the run's folder.
        options: the options of the run.

    Returns:
        A report without what the reports of the pieces have.
    """
    options = options_for(options, task.raw)
    form = format_of(task.raw)
    assert can_be_shared(form), "only such files are divided"
    clean, logs = output_paths(task)
    paths = [piece_path(folder, task, number) for number in range(total)]
    if clean.exists() and logs.exists() and not paths[0].parent.exists():
        return Report(task.id, "cleaned")  # the summary is written again
    if clean.exists() and not logs.exists():
        return _failed(
            task, f"{printable(clean)} is there and has no log, so clean-news did not write it; move it away"
        )
    broken: list[str] = []
    try:
        with ExitStack() as files, replacing(clean, logs, within=task.within) as (clean_file, log_file):
            stored = [
                _stored_rows(files.enter_context(open_regular(path)), _head(task, number, total))
                for number, path in enumerate(paths)
            ]
            raw_rows = form.rows_to_write(task.raw, options.settings)
            form.write(_clean_rows(stored, raw_rows, broken), task.raw, clean_file, log_file)
            if broken and not log_file.tell():
                raise UnreadableError(broken[0])
    except FileNotFoundError as error:
        missing = printable(error.filename or task.raw)
        return _failed(task, f"one of its {total} parts is missing ({missing}); run the same command again")
    except (MissingPieceError, UnreadableError) as error:
        return _failed(task, f"{error}; run the same command again")
    except OSError as error:
        return Report(task.id, "failed", failures=(failure_from_os_error(task.raw, error),))
    except MemoryError:
        return _failed(task, NO_MEMORY)
    except Exception as error:  # noqa: BLE001  # nor may a bug of ours cost the run its summary
        return _failed(task, internal_error_message(error))
    shutil.rmtree(paths[0].parent, ignore_errors=True)
    return _failed(task, broken[0]) if broken else Report(task.id, "cleaned")


def _failed(task: Task, why: str) -> Report:
    """Return the report of a file that was not cleaned, or not to its end."""
    return Report(task.id, "failed", failures=(Failure(printable(task.raw), why),))


def _clean_rows(stored: list[Iterator[StoredRow]], raw_rows: Iterator[Row], broken: list[str]) -> Iterator[CleanRow]:
    """Yield the clean rows of a file in order.

    Args:
        stored: the rows of each piece.
        raw_rows: what is needed of the raw rows.
        broken: gets the reason why the raw file could not be read to its end.

    Raises:
        MissingPieceError: if the pieces do not belong together.
    """
    for index in count():
        place = (index // BLOCK_ROWS) % len(stored)
        row = next(stored[place], None)
        if row is None or not row.log:
            ends = [row, *(next(rest, None) for at, rest in enumerate(stored) if at != place)]
            if any(end is None or end.log for end in ends):
                raise MissingPieceError("its parts do not belong together")
            broken += sorted({end.text for end in ends if end is not None and end.text})
            return
        raw_row = next(raw_rows, None)
        if raw_row is None:
            raise MissingPieceError("was changed while it was being cleaned")
        yield CleanRow(raw_row._replace(article=None) if row.kept else raw_row, row.text, row.log)
