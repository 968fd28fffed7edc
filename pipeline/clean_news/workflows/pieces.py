"""Shares out a large file among tasks: each cleans some of its rows, and at the end they are put together.

The rows are dealt in blocks, like cards, so that no task has to know how many there are, and all have much the same
work; see :mod:`clean_news.formats.row_places`. A task reads past the rows of others, which takes a thousandth of the
time of cleaning them, and stores what the clean file and its log will have of its own in a file in
CLEAN/.clean-news/cluster/pieces. When all tasks are done, their blocks are copied in the order of the rows, so that the
clean file has the bytes that a run in one process writes.
"""

import hashlib
import heapq
import os
import shutil
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple, Protocol, TypeGuard

from clean_news.batch.atomic_writing import replacing
from clean_news.batch.file_cleaning import ReportBuilder
from clean_news.batch.row_cleaning import Origin
from clean_news.batch.row_dispatch import RowCleaner
from clean_news.batch.run_options import RunOptions, options_for
from clean_news.batch.tally import Report
from clean_news.failures import Failure, failure_from_os_error, internal_error_message
from clean_news.files.discovery import Task, output_paths
from clean_news.formats import CleanRow, Format, Row, UnreadableError, format_of
from clean_news.formats.row_places import RowPlaces
from clean_news.printable_text import printable
from clean_news.regular_files import open_regular
from clean_news.settings import Settings
from clean_news.workflows.stored_pieces import MissingPieceError, PieceWriter, end_of, frames, in_order

FORMAT = 3  # of stored pieces
MIN_PIECE_BYTES = 16 << 20  # of the raw file; smaller ones are not worth reading it several times
PIECES_PER_SHARD = (1, 2, 4)  # about so many, as equal shards need; the fewer, the less often a file is read
GAIN = 0.97  # of the largest shard, for which more pieces are worth it
NO_MEMORY = "not enough memory; free some, use fewer --workers, or split the file"


class SharedFormat(Format, Protocol):
    """A format whose files can be shared out."""

    def read_places(self, raw: Path, settings: Settings, places: RowPlaces) -> Iterator[tuple[int, Row]]:
        """Yield the rows at some places, in order, each with its index in the file, from 0.

        See :meth:`Format.read` for what is raised.
        """
        ...

    def write_places(
        self, rows: Iterable[CleanRow], raw: Path, places: RowPlaces, clean: IO[bytes], logs: IO[bytes]
    ) -> None:
        """Write the clean rows at some places, for :meth:`join`, and their change logs.

        Before the next row is taken, all of the one before has been written.

        Args:
            rows: the clean row of each row of :meth:`read_places`, in order.
            raw: the raw file.
            places: the places.
            clean: gets what the clean file will have of the rows.
            logs: gets the change logs.

        Raises:
            OSError: if the raw file cannot be read, or something cannot be written.
            UnreadableError: if the raw file became shorter.
        """
        ...

    def join(self, written: Iterable[bytes], raw: Path, settings: Settings, clean: IO[bytes]) -> None:
        """Write the clean file, as :meth:`Format.write` does.

        Args:
            written: what :meth:`write_places` has written of all rows, in their order; each one or more whole writes.
            raw: the raw file.
            settings: the settings of the run.
            clean: the clean file, open for writing.

        Raises:
            OSError: if the raw file cannot be read, or the clean one cannot be written.
            UnreadableError: if the raw file was changed since it was cleaned.
        """
        ...


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


def _head(piece: Piece) -> bytes:
    """The first line of a stored piece, by which it is told from others, and from one of a file that was changed.

    Raises:
        OSError: if there is no raw file.
    """
    task, number, total = piece
    status = task.raw.stat()
    state = f"{status.st_size} {status.st_mtime_ns}"
    return f"clean-news piece {FORMAT}: {number} of {total} of {_digest(task)}, {state}\n".encode()


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
    try:
        head = _head(piece)
        if path.exists():
            with open_regular(path) as stored:
                return end_of(frames(stored, head)).report._replace(outcome="unchanged")
        return _stored_piece(piece, path, head, options_for(options, task.raw), clean_rows)
    except (MissingPieceError, UnreadableError) as error:
        path.unlink(missing_ok=True)
        return _failed(task, f"{error}; run the same command again")
    except OSError as error:
        return Report(task.id, "failed", failures=(failure_from_os_error(task.raw, error),))
    except MemoryError:
        return _failed(task, NO_MEMORY)
    except Exception as error:  # noqa: BLE001  # nor may a bug of ours cost the task its other files
        return _failed(task, internal_error_message(error))


def _stored_piece(piece: Piece, path: Path, head: bytes, options: RunOptions, clean_rows: RowCleaner) -> Report:
    """Clean the rows of a piece and store them.

    Args:
        piece: the piece.
        path: where to store it.
        head: its first line.
        options: the options for the file.
        clean_rows: cleans the rows.

    Raises:
        OSError: if the raw file cannot be read, or the piece cannot be written.
        UnreadableError: if the raw file became shorter meanwhile.
    """
    raw, places = piece.task.raw, RowPlaces(piece.number, piece.total)
    form = format_of(raw)
    assert can_be_shared(form), "only such files are divided"
    origin = Origin.of_file(piece.task.id, raw)
    builder = ReportBuilder(piece.task.id, origin.source, lists_changed=False)
    broken: list[str] = []
    indices: deque[int] = deque()

    def rows() -> Iterator[Row]:
        try:
            for index, row in form.read_places(raw, options.settings, places):
                indices.append(index)
                yield row
        except UnreadableError as error:  # the rows before that are cleaned, as in a file that is not divided
            broken.append(str(error))

    def clean() -> Iterator[CleanRow]:
        for row, result in clean_rows(rows(), origin, options):
            builder.add(result)
            yield CleanRow(row, result.text, result.log)

    with replacing(path) as (stored,):
        writer = PieceWriter(stored, head)
        form.write_places(writer.in_blocks(clean(), indices), raw, places, writer.clean, writer.logs)
        report = builder.report("cleaned")
        writer.end("".join(broken), report)
    return report


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
                frames(files.enter_context(open_regular(path)), _head(Piece(task, number, total)))
                for number, path in enumerate(paths)
            ]
            form.join(in_order(stored, log_file, broken), task.raw, options.settings, clean_file)
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
