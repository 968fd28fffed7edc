"""The format of DOCX (ECMA-376, Office Open XML): paragraphs and notes are repaired in their runs.

The document, the footnotes and the endnotes are an article each. Styles, fields, pictures and all other parts of the
package stay as they are.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from clean_news.change_log import ChangeLog, LogError
from clean_news.formats import CleanRow, Format, Row, UnreadableError
from clean_news.formats.compression import compressing
from clean_news.formats.containers import member_restoring, member_rows
from clean_news.formats.containers.container import Container, Kind, Part
from clean_news.formats.containers.docx_view import view_of, with_spaces_preserved
from clean_news.formats.containers.part_files import PartFormat
from clean_news.formats.containers.zip_container import ZipContainer, open_zip
from clean_news.regular_files import open_regular
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.jsonl"
MANY = True

TYPES_PART = "[Content_Types].xml"
# The parts with text, as all programs name them, and what their articles are called.
PARTS = {"word/document.xml": "document", "word/footnotes.xml": "footnotes", "word/endnotes.xml": "endnotes"}
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of encrypted packages and of Word before 2007
PART_FORMAT = PartFormat(view_of, with_spaces_preserved)


@contextmanager
def _open(path: Path) -> Iterator[ZipContainer]:
    """Open a package.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not a sound one, or is encrypted.
    """
    with open_regular(path) as file:
        if file.read(len(COMPOUND_FILE)) == COMPOUND_FILE:
            raise UnreadableError(
                "is encrypted, or a file of Word before 2007; open it in a word processor and save it as .docx without "
                "a password"
            )
    with open_zip(path) as container:
        yield container


def _parts(container: Container) -> list[Part]:
    """Return the parts with text.

    Raises:
        UnreadableError: if it is not a document of Word, or a part is there twice.
    """
    names = [member.name for member in container.members]
    if TYPES_PART not in names or "word/document.xml" not in names:
        raise UnreadableError("is not a Word document (word/document.xml is missing); save it as .docx again")
    found = [Part(number, PARTS[name], ".xml") for number, name in enumerate(names) if name in PARTS]
    if len({part.name for part in found}) < len(found):
        raise UnreadableError("has two parts of the same name, so that programs show different texts; save it again")
    return sorted(found, key=lambda part: part.number)


def _format_of(_: Path) -> Format:
    """Return the format of all parts."""
    return PART_FORMAT


KIND = Kind(_open, _parts, _format_of, compressing)


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the document and its notes as rows.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not a sound package, or has no text.
    """
    rows = list(member_rows.read(KIND, raw, settings))
    if not any(row.article is not None or row.fault for row in rows):
        raise UnreadableError("has no text outside of text boxes and pictures; run OCR on a scan, or remove the file")
    yield from rows


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the package with the clean texts, and the change logs."""
    member_rows.write(KIND, rows, raw, clean, logs)


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean texts and their change logs."""
    return member_restoring.read_clean(KIND, clean, logs)


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw package."""
    member_restoring.restore(KIND, clean, logs, target)
