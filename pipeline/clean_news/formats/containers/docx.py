"""The format of DOCX (ECMA-376, Office Open XML): paragraphs and notes are repaired in their runs.

The document, the footnotes and the endnotes are an article each. Styles, fields, pictures and all other parts of the
package stay as they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clean_news.formats import Format, UnreadableError
from clean_news.formats.compression import compressing
from clean_news.formats.containers.container import Container, Kind, Part
from clean_news.formats.containers.container_format import PackageFormat
from clean_news.formats.containers.docx_view import view_of, with_spaces_preserved
from clean_news.formats.containers.part_files import PartFormat
from clean_news.formats.containers.zip_container import ZipContainer, open_zip
from clean_news.regular_files import open_regular

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


FORMAT = PackageFormat(
    Kind("package", _open, _parts, _format_of, compressing),
    "has no text outside of text boxes and pictures; run OCR on a scan, or remove the file",
)
