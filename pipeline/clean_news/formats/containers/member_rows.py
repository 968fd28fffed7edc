"""Cleans the members of a container: each with its own format, from a temporary file.

The change log of an article has the key of the kind in its carrier: the number of its member and, in the first log of a
member, the raw segment. The first log of all has the raw tail and the SHA-256 of the raw container. So the raw file is
put together from what the clean one still has and what the logs have, and compared with the digest.
"""

import base64
import filecmp
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path
from typing import IO

from clean_news.charsets.decoding import MAX_STORED_BYTES
from clean_news.formats import CleanRow, Format, NoTextError, Row, UnreadableError
from clean_news.formats.containers.container import Container, Kind, NewSegment, Part, part_of, sha256, tail_start
from clean_news.formats.containers.member_files import extracted, shown, temporary_folder
from clean_news.formats.containers.member_logs import DIGEST, NUMBER, SEGMENT, TAIL, WHOLE
from clean_news.formats.row_logs import was_kept
from clean_news.settings import Settings


def read(kind: Kind, raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the articles of a container as rows, in order.

    Args:
        kind: its type.
        raw: its file.
        settings: those of the members' formats.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not of this type, or has no articles.
    """
    with kind.open(raw) as container, temporary_folder() as folder:
        rows = (row for part in kind.parts(container) for row in _rows_of(kind, container, part, settings, folder))
        first = next(rows, None)
        if first is None:
            raise NoTextError("contains no file of articles that clean-news reads; unpack it, and convert them")
        tail = b"".join(part_of(container, tail_start(container), container.size))
        whole = {DIGEST: sha256(container), TAIL: _packed(tail)}
        yield first._replace(carrier={**first.carrier, kind.key: {**first.carrier[kind.key], **whole}})
        yield from rows


def _rows_of(kind: Kind, container: Container, part: Part, settings: Settings, folder: Path) -> Iterator[Row]:
    """Yield the rows of a member, whose carriers have the key of the kind too; none if it contains no articles."""
    name = shown(part.name)
    copied = Row(None, name, carrier={kind.key: {NUMBER: part.number, WHOLE: True}})
    fault = part.fault or _fault_of(container, part.number)
    if fault:
        yield copied._replace(fault=f"{name}: {fault}")
        return
    try:
        with extracted(container, part.number, part.suffix, folder) as path:
            form = kind.format_of(path)
            if form is None:
                return
            member = container.members[part.number]
            segment = _packed(b"".join(part_of(container, member.start, member.end)))
            carried = {NUMBER: part.number, SEGMENT: segment}
            for row in _checked_rows(form, path, settings):
                row_name = f"{name}#{row.name}" if form.MANY else name
                place = f"{name}: {row.fault}" if row.fault else ""
                yield row._replace(name=row_name, fault=place, carrier={**row.carrier, kind.key: carried})
                carried = {NUMBER: part.number}
    except NoTextError:
        yield copied
    except UnreadableError as error:
        yield copied._replace(fault=f"{name}: {error}")


def _fault_of(container: Container, number: int) -> str:
    """Return why a member cannot be cleaned, and what to do; empty if it can."""
    member = container.members[number]
    if not member.fault and not member.size:
        return "is empty (0 bytes); fetch the article again, or remove the file"
    if not member.fault and member.end - member.start > MAX_STORED_BYTES:
        return f"is larger than {MAX_STORED_BYTES >> 20} MB in its archive; unpack it and clean the file"
    return member.fault


def _checked_rows(form: Format, path: Path, settings: Settings) -> Iterable[Row]:
    """Return the rows of a member after they were read once, so that a member is cleaned as a whole or not at all.

    Raises:
        UnreadableError: if it cannot be read to its end.
    """
    if not form.MANY:
        return list(form.read(path, settings))
    for _ in form.read(path, settings):
        pass
    return form.read(path, settings)


def _packed(content: bytes) -> str:
    """Return bytes as a log has them."""
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


class _Writer:
    """Writes a clean container: the segments of the raw one, some of them replaced.

    Attributes:
        container: the raw container.
        target: the file.
        next: number of the first member that was not written yet.
        segments: the new segments by the number of their members.
    """

    def __init__(self, container: Container, target: IO[bytes]) -> None:
        self.container, self.target, self.next = container, target, 0
        self.segments: dict[int, NewSegment] = {}

    def copy_until(self, number: int) -> None:
        """Copy the members before one."""
        if number > self.next:
            members = self.container.members
            for chunk in part_of(self.container, members[self.next].start, members[number - 1].end):
                self.target.write(chunk)
            self.next = number

    def replace(self, number: int, content: IO[bytes]) -> None:
        """Write a member with another content."""
        self.copy_until(number)
        self.segments[number] = self.container.new_segment(number, content, self.target)
        self.next = number + 1

    def finish(self) -> None:
        """Write the rest."""
        self.copy_until(len(self.container.members))
        self.target.write(self.container.new_tail(self.segments))


def write(kind: Kind, rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the container with its clean members, and the change logs.

    Raises:
        OSError: if they cannot be written.
        UnreadableError: if the raw file was changed since it was read.
    """
    with kind.open(raw) as container, kind.packing(clean, raw.name) as target, temporary_folder() as folder:
        parts = {part.number: part for part in kind.parts(container)}
        writer = _Writer(container, target)
        is_first = True
        for number, group in groupby(rows, key=lambda row: int(row.row.carrier[kind.key][NUMBER])):
            first = next(group)
            is_other = is_first and first.row.carrier[kind.key][DIGEST] != sha256(container)
            if is_other or number not in parts:
                raise UnreadableError(
                    "was changed while it was being cleaned; let no other program write to it, and clean it again"
                )
            is_first = False
            if WHOLE in first.row.carrier[kind.key]:
                logs.write(first.log)
            else:
                rest = chain((first,), group)  # noqa: B031  # the first was taken from the same iterator
                _write_member(kind, parts[number], rest, writer, logs, folder)
        writer.finish()


def _write_member(
    kind: Kind, part: Part, rows: Iterator[CleanRow], writer: _Writer, logs: IO[bytes], folder: Path
) -> None:
    """Write the clean member of rows, and their logs.

    Raises:
        OSError, UnreadableError: see :func:`write`.
    """
    with extracted(writer.container, part.number, part.suffix, folder) as path:
        form = kind.format_of(path)
        assert form is not None, "a member with rows has a format"
        if not form.MANY:
            row = next(rows)
            if was_kept(row):
                logs.write(row.log)
                return
            rows = iter((row,))
        clean = path.with_name(f"clean{part.suffix}")
        with clean.open("wb") as file:
            form.write(rows, path, file, logs)
        if not filecmp.cmp(path, clean, shallow=False):
            with clean.open("rb") as file:
                writer.replace(part.number, file)
