"""Reads clean containers back, and restores raw ones; see :mod:`clean_news.formats.containers.member_rows`."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from clean_news.change_log import ChangeLog, LogError, TextChangedError, is_kept, revert
from clean_news.formats import Format, UnreadableError
from clean_news.formats.containers.container import Container, Kind, Part, part_of, tail_start
from clean_news.formats.containers.member_files import extracted, shown, temporary_folder
from clean_news.formats.containers.member_logs import DIGEST, SEGMENT, TAIL, MemberLogs, member_logs
from clean_news.formats.row_logs import read_logs, valid_log
from clean_news.printable_text import visible


def read_clean(kind: Kind, clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean text and the change log of each article, or the error of the pair; a kept one has no text.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the files do not belong together.
    """
    with _opened(kind, clean) as (container, parts), temporary_folder() as folder:
        for found in member_logs(logs, folder, kind.key):
            yield from _clean_rows(kind, container, _part_of(found, parts, logs), found, clean)


@contextmanager
def _opened(kind: Kind, clean: Path) -> Iterator[tuple[Container, dict[int, Part]]]:
    """Open a clean container; with it, its parts by their numbers.

    Raises:
        OSError: if it cannot be read.
        TextChangedError: if it is not readable any more.
    """
    try:
        opened = kind.open(clean)
        container = opened.__enter__()
    except UnreadableError as error:
        raise _changed(clean, str(error)) from error
    try:
        yield container, {part.number: part for part in kind.parts(container)}
    except UnreadableError as error:
        raise _changed(clean, str(error)) from error
    finally:
        opened.__exit__(None, None, None)


def _changed(clean: Path, why: str) -> TextChangedError:
    """Return the error for a clean container that was changed."""
    return TextChangedError(
        f"{visible(str(clean))}: was changed after clean-news wrote it ({visible(why)}); undo the change, "
        "or clean the raw file again with --force"
    )


def _part_of(found: MemberLogs, parts: dict[int, Part], logs: Path) -> Part:
    """Return the part that logs are about.

    Raises:
        LogError: if there is none.
    """
    part = parts.get(found.number)
    if part is None:
        raise LogError(
            f"{visible(str(logs))}: names a member that the clean file does not have, so they do not belong together; "
            "restore both, or clean the raw file again with --force"
        )
    return part


def _clean_rows(
    kind: Kind, container: Container, part: Part, found: MemberLogs, clean: Path
) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean texts and logs of a member: as many as it has lines of logs.

    Raises:
        OSError: if a file cannot be read.
        LogError: if the member has more rows than logs.
    """
    done = 0
    error: LogError | None = None
    places = [found.path]
    where = f"{visible(str(clean))}: {shown(part.name)}"
    try:
        if found.is_whole:
            for log in read_logs(found.path):
                done += 1
                yield "", log
            return
        with extracted(container, part.number, part.suffix, found.path.parent) as path:
            places.append(path)
            form = kind.format_of(path)
            if form is None:
                raise UnreadableError("it is of another type")
            for text, log in _pairs(form, path, found.path):
                done += 1
                yield text, _placed(log, places, where) if isinstance(log, LogError) else log
    except UnreadableError as problem:
        error = _changed(clean, f"{part.name}: {problem}")
    except LogError as problem:
        error = _placed(problem, places, where)
    if error and done == found.lines:
        raise error
    for _ in range(found.lines - done):
        yield "", error or _changed(clean, f"{part.name}: it has fewer articles")


def _pairs(form: Format, clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean texts and logs of an extracted member; one that was kept is not looked into."""
    if not form.MANY:
        log = next(iter(read_logs(logs)), None)
        if isinstance(log, LogError) or (log and is_kept(log)):
            yield "", log
            return
    yield from form.read_clean(clean, logs)


def _placed(error: LogError, places: list[Path], where: str) -> LogError:
    """Return an error about temporary files as one about a member."""
    message = str(error)
    for path in places:
        message = message.replace(str(path), where)
    return type(error)(message)


def restore(kind: Kind, clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw container, packed like the clean one.

    Raises:
        OSError: if a file cannot be read or written.
        LogError: if the clean file or its log was changed since it was written.
    """
    digest = hashlib.sha256()
    wanted, tail, position = "", b"", 0
    where = visible(str(clean))
    with (
        _opened(kind, clean) as (container, parts),
        temporary_folder() as folder,
        kind.packing(target, clean.name) as file,
    ):

        def put(chunks: Iterable[bytes]) -> None:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)

        for found in member_logs(logs, folder, kind.key):
            part = _part_of(found, parts, logs)
            if not wanted:
                wanted, tail = str(found.carried.get(DIGEST, "")), found.stored(TAIL, where)
            for text, log in _clean_rows(kind, container, part, found, clean):
                sound = valid_log(log)
                if not is_kept(sound):
                    revert(text, sound, f"{where}: {shown(part.name)}")
            if not found.is_whole:
                member = container.members[found.number]
                put(part_of(container, position, member.start))
                put((found.stored(SEGMENT, where),))
                position = member.end
        put(part_of(container, position, tail_start(container)))
        put((tail,))
    if digest.hexdigest() != wanted:
        raise _changed(clean, "it was packed again, or a member without articles was changed")
