"""The format of PDF: its text becomes a plain text file, and the log has the bytes of the PDF.

``NAME.pdf`` becomes ``NAME.pdf.txt``, which this module reads, too: as the text of a PDF if its log says so, or else,
in RAW, as plain text. Pages are separated by a form feed, as by pdftotext; lines, hyphens, running heads and page
numbers are left to the stage ``layout``.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from clean_news import change_log
from clean_news.change_log import ChangeLog
from clean_news.charsets.decoding import MAX_STORED_BYTES
from clean_news.formats import CleanRow, Row, UnreadableError, load_library, text
from clean_news.formats.pdf import extraction
from clean_news.formats.size_limit import read_whole
from clean_news.formats.stored_pages import RAW, stored
from clean_news.regular_files import MAX_ARTICLE_FILE_BYTES, read_regular
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.json"
MANY = False
PAGES = "pdf"  # in the carrier: how many pages there are, and how many of them have no text
PAGE_BREAK = "\n\f"
SECONDS = 180  # for the text of a file
MAX_UNMAPPED_SHARE = 0.2  # of characters of which the fonts do not say what they are
OCR = "run OCR on it (for instance ocrmypdf IN.pdf OUT.pdf) and clean the result"
MESSAGES = {
    "password": "is encrypted; remove its password (for instance qpdf --decrypt --password=… IN.pdf OUT.pdf)",
    "broken": "is not a sound PDF ({}); download it again",
    "pages": "has {} pages, too many for a newspaper; split it",
    "chars": "has more than 20 million characters, too many for a newspaper; split it",
}


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the text of a PDF as the only row.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it has no text, is encrypted, broken or too large, or if the library for it is missing.
    """
    if not raw.name.lower().endswith(".pdf"):
        yield from text.read(raw, settings)
        return
    content = read_whole(raw, settings.max_megabytes)
    if len(content) > MAX_STORED_BYTES:
        raise UnreadableError(f"is larger than {MAX_STORED_BYTES >> 20} MB, too large to restore it; split it")
    pages = _pages_of(content)
    found = {"pages": len(pages), "without_text": sum(not page.strip() for page in pages)}
    yield Row(PAGE_BREAK.join(pages), carrier={PAGES: found, **stored(content)})


def _pages_of(content: bytes) -> list[str]:
    """Return the texts of the pages.

    Raises:
        UnreadableError: see :func:`read`.
    """
    # The program has no arguments, and -P keeps it from importing what lies in its folder or in the working folder.
    command = [sys.executable, "-P", extraction.__file__]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise UnreadableError(f"took more than {SECONDS} seconds to read; print it to a new PDF") from error
    except ValueError as error:  # the process was ended: by the limits, or by a fault in PDFium
        raise UnreadableError(
            "cannot be read: PDFium needed too much time or memory, or failed on it; print it to a new PDF"
        ) from error
    if "error" in answer:
        _refuse(str(answer["error"]), str(answer.get("detail", "")))
    pages = [str(page) for page in answer["texts"]]
    characters = sum(map(len, pages))
    if not any(each.isalnum() for page in pages for each in page):
        counted = "1 page" if len(pages) == 1 else f"{len(pages):,} pages"
        raise UnreadableError(f"has no text on its {counted}, only pictures, as a scan has; {OCR}")
    if answer["unmapped"] > MAX_UNMAPPED_SHARE * characters:
        raise UnreadableError(f"has fonts that do not say what their characters are; {OCR}")
    return pages


def _refuse(kind: str, detail: str) -> NoReturn:
    """Raise the error for a PDF that has no text for us."""
    if kind == "missing":
        load_library("pypdfium2", "pdf")
        raise UnreadableError(f"cannot be read: pypdfium2 cannot be imported ({detail}); install it again")
    raise UnreadableError(MESSAGES[kind].format(detail))


def is_of_pdf(clean: Path) -> bool:
    """Whether a clean file is the text of a PDF by its log, and not a text file; also if that cannot be read."""
    logs = clean.with_name(clean.name + LOG_SUFFIX)
    try:
        log = change_log.read(read_regular(logs, MAX_ARTICLE_FILE_BYTES), str(logs))
    except (OSError, ValueError):
        return True
    return PAGES in log.carrier and RAW in log.carrier


def write(rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the text in UTF-8, and its change log."""
    text.write(rows, raw, clean, logs)


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
    """Yield the text and its change log; see :func:`clean_news.formats.text.read_clean`."""
    return text.read_clean(clean, logs)


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the bytes of the PDF."""
    text.restore(clean, logs, target)
