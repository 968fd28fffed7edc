"""Reads articles from files and folders, in every format that clean-news reads."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news.charsets.decoding import NotText, decode
from clean_news.failures import Failure, failure_from_os_error
from clean_news.files.discovery import Stamp, discover, real_path, stamp
from clean_news.formats import Row, UnreadableError, format_of
from clean_news.printable_text import encodable
from clean_news.settings import Settings
from clean_news.sources.records import SourceArticle

URL_SCHEMES = ("http://", "https://")


class SourceFile(NamedTuple):
    """A file with articles.

    Attributes:
        path: its path.
        id: its path relative to the folder that was named, or its name.
        stamp: its stamp when it was found.
    """

    path: Path
    id: str
    stamp: Stamp | None


def source_files(sources: Sequence[Path], settings: Settings) -> tuple[dict[bytes, SourceFile], list[Failure]]:
    """Find the files of the sources.

    Args:
        sources: files and folders.
        settings: ``follow-links`` counts.

    Returns:
        The files by their real paths, so that one that two sources share is read once, and what could not be found.

    Raises:
        InputError: if a source does not exist, or is of an unknown type.
    """
    files: dict[bytes, SourceFile] = {}
    failures: list[Failure] = []
    for source in sources:
        found = discover(source, None, settings.follow_links)
        failures += found.failures
        for task in found.tasks:
            stamped = task.stamp or stamp(task.raw.stat())
            files.setdefault(os.fsencode(real_path(task.raw)), SourceFile(task.raw, task.id, stamped))
    return files, failures


def reading_digest(settings: Settings) -> str:
    """Return a digest of the settings that decide which articles a file has, in hex."""
    facts = (settings.charset, settings.text_field, settings.id_field, settings.max_megabytes)
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()


def articles_of(file: SourceFile, settings: Settings) -> Iterator[SourceArticle | Failure]:
    """Yield the articles of a file; a row that should be one and is not is yielded as a failure.

    Args:
        file: the file.
        settings: those of the formats.
    """
    form = format_of(file.path)
    assert form is not None, "discovery skips files of unknown type"
    where = encodable(str(file.path))
    try:
        for row in form.read(file.path, settings):
            if row.fault:
                yield Failure(where, row.fault)
            elif row.article:
                yield _article(row, file, where, settings)
    except OSError as error:
        yield failure_from_os_error(file.path, error)
    except UnreadableError as error:
        yield Failure(where, str(error))


def _article(row: Row, file: SourceFile, where: str, settings: Settings) -> SourceArticle | Failure:
    """Return the article of a row."""
    assert row.article is not None
    name = f"{file.id}#{row.name}" if row.name else file.id
    origin = row.name if row.name.startswith(URL_SCHEMES) else where
    if isinstance(row.article, str):
        return SourceArticle(name, row.article.replace("\r\n", "\n").replace("\r", "\n"), origin)
    try:
        text, _ = decode(row.article, row.charset or settings.charset or None)
    except NotText as error:
        return Failure(where, str(error))
    return SourceArticle(name, text, origin)
