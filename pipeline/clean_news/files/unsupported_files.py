"""Says what to do with files whose type clean-news does not read, and reports a folder in which it can read nothing."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from clean_news.failures import Failure
from clean_news.formats import CLEAN_SUFFIXES, KINDS
from clean_news.printable_text import printable

MAX_NAMED_SINGLY = 10  # files; more of them are reported by type, so that the message is not longer than a screen
MAX_EXAMPLES = 3  # names of files of a type that is reported as one

AS_LINES = 'convert it to JSON lines (.jsonl): an object with a field "text" on each line'
AS_TABLE = f"save the sheet as CSV in UTF-8, or {AS_LINES}"
AS_DOCUMENT = "save it as .docx, or save its text as .txt, in UTF-8"
AS_TEXT = "save its text as .txt, in UTF-8"
AS_MARKDOWN = "convert it to Markdown (for instance pandoc FILE -o FILE.md)"
AS_BOOK = "convert it to EPUB (for instance with Calibre)"
BY_OCR = "run OCR on it and clean what that writes, ALTO or hOCR (for instance tesseract FILE FILE alto)"
BY_EAR = "transcribe it, and save the text as .txt"
UNPACKED = "unpack it, or pack it as .zip or .tar.gz"
COMPRESSED = "give it the extension of its content, too (.jsonl.gz, .csv.zst, .tar.xz), or decompress it"
SUPPORTED = [suffix for suffix in KINDS if suffix not in CLEAN_SUFFIXES.values()]
_TYPES = {
    AS_TABLE: "ods xls xlsx xlsm numbers",
    AS_LINES: "avro feather arrow orc pkl pickle",
    AS_DOCUMENT: "doc dot odt rtf pages wpd",
    AS_TEXT: "ppt pptx odp eml msg mbox mhtml mht ps xps log",
    AS_MARKDOWN: "rst tex org adoc asciidoc textile",
    AS_BOOK: "mobi azw azw3 fb2",
    BY_OCR: "png jpg jpeg gif tif tiff bmp webp jp2 heic djvu",
    BY_EAR: "mp3 wav ogg flac m4a mp4 mkv mov avi webm",
    UNPACKED: "7z rar bz2 tbz2 cab lzh",
    COMPRESSED: "gz zst xz",
    "it is no scanned page (ALTO, PAGE, hOCR) and no feed; " + AS_LINES: "xml",
    "it is no SQLite database; " + AS_LINES: "db mdb accdb",
}
REMEDIES = {f".{suffix}": remedy for remedy, suffixes in _TYPES.items() for suffix in suffixes.split()}


def unsupported(name: str) -> str:
    """Return the message for a file of a type that is not supported: what it is, and what to do."""
    remedy = REMEDIES.get(_type_of(name), "rename or convert it")
    return f"file type not supported (supported: {', '.join(SUPPORTED)}); {remedy}"


def nothing_readable(raw: Path, names: Sequence[str]) -> list[Failure]:
    """Return the failures of a folder that has files, but none that can be read: each file once, or each type.

    Args:
        raw: the folder.
        names: its files, relative to it.
    """
    if len(names) <= MAX_NAMED_SINGLY:
        return [Failure(printable(raw / name), unsupported(name)) for name in names]
    by_type: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_type[_type_of(name)].append(name)
    return [
        Failure(printable(raw), f"{_listed(found)}: {unsupported(found[0])}") for _, found in sorted(by_type.items())
    ]


def _listed(names: Sequence[str]) -> str:
    """Return the number of files and the first of their names."""
    shown = ", ".join(names[:MAX_EXAMPLES])
    return f"{len(names):,} files ({shown}, …)" if len(names) > MAX_EXAMPLES else shown


def _type_of(name: str) -> str:
    """Return the last suffix of a name, in lower case."""
    return PurePosixPath(name).suffix.lower()
