"""Cleaning the rows of a raw file, one by one."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from clean_news import change_log
from clean_news.change_log import ChangeLog, sha256
from clean_news.cleaner import Cleaner
from clean_news.decoding import Decoding, NotText
from clean_news.dictionary_digests import digests
from clean_news.formats import CleanRow, Row
from clean_news.version import version

KEPT = "kept"  # in the carrier of a log: its row is no article


class Origin(NamedTuple):
    """Where a row is from.

    Attributes:
        file: id of its file, the path relative to RAW.
        source: the file's path, for people.
    """

    file: str
    source: str


def clean_rows(rows: Iterable[Row], cleaner: Cleaner, origin: Origin) -> Iterator[tuple[CleanRow, ChangeLog]]:
    """Clean the rows of a file that holds many; what cannot be cleaned is kept as it is, and its log says why."""
    for row in rows:
        try:
            text, log = clean_row(row, cleaner, origin)
        except NotText as error:
            text, log = kept(row, cleaner, origin, str(error))
        except MemoryError:
            text, log = kept(row, cleaner, origin, "needs more memory than there is; free some, or split the article")
        except Exception as error:  # noqa: BLE001  # a fault of ours must not cost the other rows
            fault = f"clean-news itself failed ({type(error).__name__}: {error}); please report this"
            text, log = kept(row, cleaner, origin, fault)
        yield CleanRow(row, text, change_log.write(log)), log


def clean_row(row: Row, cleaner: Cleaner, origin: Origin) -> tuple[str, ChangeLog]:
    """The clean text of a row and its log.

    Raises:
        NotText: if its bytes are binary data.
    """
    if row.article is None:
        return kept(row, cleaner, origin, row.fault)
    text, log = cleaner.clean(row.article, name_of(row, origin), origin.source, row.charset)
    return text, msgspec.structs.replace(log, carrier=row.carrier) if row.carrier else log


def kept(row: Row, cleaner: Cleaner, origin: Origin, fault: str) -> tuple[str, ChangeLog]:
    """The log of a row that is no article; its text is empty."""
    nothing = sha256(b"")
    return "", ChangeLog(
        id=name_of(row, origin),
        source=origin.source,
        raw_sha256=nothing,
        clean_sha256=nothing,
        version=version(),
        settings_sha256=cleaner.settings.sha256(),
        dictionaries=digests(cleaner.settings.dictionary),
        decoding=Decoding("utf-8"),
        document={},
        metadata={},
        stages=(),
        note=fault,
        carrier={**row.carrier, KEPT: True},
    )


def name_of(row: Row, origin: Origin) -> str:
    """The article's id: its file's, and its name in there."""
    return f"{origin.file}#{row.name}" if row.name else origin.file
