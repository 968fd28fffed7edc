"""Reads the change logs of a container, which are in one file, member by member.

What the carrier of a log has under the key of the kind is described in
:mod:`clean_news.formats.containers.member_rows`.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from clean_news.change_log import LogError
from clean_news.charsets.decoding import MAX_STORED_BYTES
from clean_news.formats.limited_lines import read_lines
from clean_news.printable_text import visible
from clean_news.regular_files import MAX_ARTICLE_FILE_BYTES, open_regular
from clean_news.stored_bytes import decompress

NUMBER = "number"  # of the member, from 0
SEGMENT = "segment"  # the raw segment of the member; in its first log
WHOLE = "whole"  # the member is copied: it is no article, or cannot be read
DIGEST = "sha256"  # of the raw container; in the first log of all
TAIL = "tail"  # of the raw container; in the first log of all


class MemberLogs(NamedTuple):
    """The logs of one member.

    Attributes:
        number: number of the member.
        path: a temporary file with the lines of the logs.
        lines: number of lines.
        carried: what the first of them has under the key of the kind.
    """

    number: int
    path: Path
    lines: int
    carried: dict[str, Any]

    @property
    def is_whole(self) -> bool:
        """Whether the member was copied."""
        return WHOLE in self.carried

    def stored(self, key: str, where: str) -> bytes:
        """Return the bytes that the first log has.

        Args:
            key: :data:`SEGMENT` or :data:`TAIL`.
            where: the clean file, in messages.

        Raises:
            LogError: if it does not have them.
        """
        found = self.carried.get(key)
        try:
            if not isinstance(found, str):
                raise ValueError(f"the first of a member has no {key}")
            return decompress(found, MAX_STORED_BYTES)
        except ValueError as error:
            raise LogError(
                f"{where}: its log does not reproduce the raw bytes ({error}), so the log was changed; restore the log,"
                " or clean the raw file again with --force"
            ) from error


class _Carrier(msgspec.Struct):
    """The only field of a log that is read here."""

    carrier: dict[str, Any] = {}


def member_logs(logs: Path, folder: Path, key: str) -> Iterator[MemberLogs]:
    """Yield the logs of each member that has some, in order.

    A line that is not valid JSON belongs to the member of the line before it; what it lacks is found later.

    Args:
        logs: the file of all logs.
        folder: a folder for temporary files.
        key: key of the kind.

    Raises:
        OSError: if it cannot be read.
        LogError: if the members are not in order, so that the log was changed.
    """
    path = folder / "logs"
    last = -1
    with open_regular(logs) as file:
        lines = _numbered((read.content for read in read_lines(file, MAX_ARTICLE_FILE_BYTES)), key)
        for number, group in groupby(lines, key=lambda line: line[0]):
            if number <= last:
                raise LogError(
                    f"{visible(str(logs))}: has the members of the archive in another order, so it was changed; "
                    "restore it, or clean the raw file again with --force"
                )
            last, count = number, 0
            carried: dict[str, Any] = {}
            with path.open("wb") as target:
                for _, content, found in group:
                    carried = carried if count else found
                    count += 1
                    target.write(content if content.endswith(b"\n") else content + b"\n")
            yield MemberLogs(number, path, count, carried)


def _numbered(lines: Iterator[bytes | None], key: str) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """Yield each line with the number of its member, and with what it has under a key."""
    number = 0
    for content in lines:
        line = content or b""
        try:
            carried = msgspec.json.decode(line, type=_Carrier).carrier.get(key)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            carried = None
        found = carried.get(NUMBER) if isinstance(carried, dict) else None
        if isinstance(found, int):
            number = found
        yield number, line, carried if isinstance(carried, dict) else {}
