"""Defines the interface of the file formats, and finds the format of a file.

A format is a module of this folder that implements :class:`Format` for one type of file: it reads the rows of a file (a
row is an article, or data to be kept unchanged), and stores their clean texts and change logs. To add a format, write
its module and add its file extensions to :data:`KINDS`.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from clean_news.article import ScannedWord
from clean_news.optional_library import MissingLibraryError, load_optional

if TYPE_CHECKING:
    from clean_news.change_log import ChangeLog, LogError
    from clean_news.settings import Settings

# In place of a module that reads files: a module that tells it by the file's beginning.
BY_ROOT, BY_HEAD = "xml_root", "sqlite.head"
# Supported file extensions, in lower case, and the module of this folder that reads them.
KINDS = {
    ".txt": "text",
    ".jsonl": "json_lines",
    ".jsonl.gz": "json_lines",
    ".jsonl.zst": "json_lines",
    ".ndjson": "json_lines",
    ".ndjson.gz": "json_lines",
    ".ndjson.zst": "json_lines",
    ".csv": "delimited",
    ".csv.gz": "delimited",
    ".csv.zst": "delimited",
    ".tsv": "delimited",
    ".tsv.gz": "delimited",
    ".tsv.zst": "delimited",
    ".json": "json_document",
    ".md": "markdown",
    ".markdown": "markdown",
    ".parquet": "parquet",
    ".warc": "web_archive",
    ".warc.gz": "web_archive",
    ".arc": "arc_archive",
    ".arc.gz": "arc_archive",
    ".wet": "web_archive",
    ".wet.gz": "web_archive",
    ".html": "html",
    ".htm": "html",
    ".hocr": "page_xml.page_files",
    ".docx": "containers.docx",
    ".epub": "containers.epub",
    ".zip": "containers.zip_files",
    ".tar": "containers.tar_files",
    ".tar.gz": "containers.tar_files",
    ".tgz": "containers.tar_files",
    ".tar.xz": "containers.tar_files",
    ".txz": "containers.tar_files",
    ".tar.zst": "containers.tar_files",
    ".pdf": "pdf.pdf_files",
    ".pdf.txt": "pdf.pdf_files",  # the clean file of a PDF
    ".rss": "feeds",
    ".atom": "feeds",
    ".xml": BY_ROOT,
    ".sqlite": "sqlite.sqlite_files",
    ".sqlite3": "sqlite.sqlite_files",
    ".db": BY_HEAD,
}
# Of raw files whose clean files have another format, and are named otherwise; the clean one by the raw one.
CLEAN_SUFFIXES = {".pdf": ".pdf.txt"}
LOG_SUFFIXES = (".changes.json", ".changes.jsonl")  # of the change logs that clean-news writes next to clean files


class Row(NamedTuple):
    """One row of a raw file.

    Attributes:
        article: the raw bytes, or text that the format has decoded; None for a row that is not an article and is kept
            unchanged.
        name: name of the article within the file, e.g. its id or row number; empty if the file is a single article.
        charset: declared character encoding of the bytes, e.g. in an HTTP header; empty if none.
        fault: why a row that should be an article is not, and the remedy, preceded by the location ("line 7: …"); empty
            if there is no error.
        carrier: what :meth:`Format.restore` needs besides the article to restore the row; stored in the change log.
        raw_record: what :meth:`Format.write` needs to write the row; not sent to worker processes.
        words: the words that a scanner read, if the article is a text that its format has decoded.
        fixed: spans of such a text that stand for markup or code, and that no stage changes; in order, disjoint.
    """

    article: bytes | str | None
    name: str = ""
    charset: str = ""
    fault: str = ""
    carrier: dict[str, Any] = {}  # noqa: RUF012  # never changed
    raw_record: Any = None
    words: tuple[ScannedWord, ...] = ()
    fixed: tuple[tuple[int, int], ...] = ()


class CleanRow(NamedTuple):
    """A row after cleaning.

    Attributes:
        row: the raw row.
        text: the clean text; empty for a row that is kept unchanged.
        log: the line of its change log, including the line end; kept rows have one too, so that rows and lines match.
    """

    row: Row
    text: str
    log: bytes


class UnreadableError(ValueError):
    """A file cannot be read to its end in the format that its name says; the message names the remedy."""


class NoTextError(UnreadableError):
    """A file of a format for any data has no text where it is looked for: it may be none of articles."""


def load_library(module: str, extra: str) -> Any:  # noqa: ANN401  # a module
    """Import a module of an optional library that a format needs; see :func:`load_optional`.

    Raises:
        UnreadableError: if the library is missing; the message says how to install it.
    """
    try:
        return load_optional(module, extra)
    except MissingLibraryError as error:
        raise UnreadableError(f"cannot be read: {error}") from error


class Format(Protocol):
    """The interface that a format's module implements. Only one row at a time is held in memory.

    A format whose texts have places in the file also has ``source_of``; see :mod:`clean_news.formats.file_places`.

    Attributes:
        LOG_SUFFIX: suffix appended to a clean file's name for the file of its change logs.
        MANY: whether a file contains many articles.
    """

    LOG_SUFFIX: str
    MANY: bool

    def read(self, raw: Path, settings: "Settings") -> Iterator[Row]:
        """Yield all rows of a raw file, in order.

        Raises:
            OSError: if it cannot be read.
            UnreadableError: if it is not in this format, or is truncated; the rows before that have been yielded.
        """
        ...

    def write(self, rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
        """Write the clean rows and their change logs, as they are yielded.

        Args:
            rows: the clean row of each row of :meth:`read`, in order.
            raw: the raw file, for data that concern all rows.
            clean: the clean file, open for writing.
            logs: the file of change logs, open for writing.

        Raises:
            OSError: if they cannot be written.
        """
        ...

    def read_clean(self, clean: Path, logs: Path) -> Iterator[tuple[str, "ChangeLog | LogError"]]:
        """Yield the clean text and the change log of each row, as written by :meth:`write`; a kept row has no text.

        In place of a log that is damaged, or belongs to a row that was changed, its error is yielded: such a row
        costs only itself. The logs are not checked any further; see :func:`clean_news.change_log.check`.

        Raises:
            OSError: if one of the files cannot be read.
            LogError: if the only log cannot be read, or the files do not belong together.
        """
        ...

    def restore(self, clean: Path, logs: Path, target: IO[bytes]) -> None:
        """Restore a raw file from its clean file and change logs.

        Raises:
            OSError: if a file cannot be read or written.
            LogError: if the clean file or its log was changed since it was written.
        """
        ...


def format_of(path: Path) -> Format | None:
    """Return the format of a file, by its name, or of XML by its root element; None if its type is not supported."""
    name = path.name.lower()
    if name.endswith(LOG_SUFFIXES):
        return None
    parts = name.rsplit(".", 2)
    for last in (2, 1):  # .jsonl.gz before .gz
        module = KINDS.get("." + ".".join(parts[-last:])) if len(parts) > last else None
        if module in {BY_ROOT, BY_HEAD}:
            module = import_module(f"{__name__}.{module}").module_of(path)
        if module:
            return _load(module)
    return None


def clean_name(raw: str) -> str:
    """Return the name of the clean file of a raw one.

    >>> clean_name("Report.PDF"), clean_name("a.txt")
    ('Report.PDF.txt', 'a.txt')
    """
    for suffix, clean in CLEAN_SUFFIXES.items():
        if raw.lower().endswith(suffix):
            return raw + clean.removeprefix(suffix)
    return raw


def is_raw_only(name: str) -> bool:
    """Whether no clean file has such a name, as its format is only read."""
    return clean_name(name) != name


def raw_name(clean: Path) -> str:
    """Return the name of the raw file of a clean one; the log tells the text of a PDF from a text of such a name."""
    for suffix, with_text in CLEAN_SUFFIXES.items():
        if clean.name.lower().endswith(with_text) and import_module(f"{__name__}.{KINDS[suffix]}").is_of_pdf(clean):
            return clean.name[: len(suffix) - len(with_text)]
    return clean.name


@cache
def _load(module: str) -> Format:
    """Import a module of this folder, which is a format, or has one of the name ``FORMAT``."""
    found = import_module(f"{__name__}.{module}")
    return cast("Format", getattr(found, "FORMAT", found))
