"""Cleans documents that contain several articles and are read whole: JSON, feeds.

A document is parsed to passages: places whose text is an article. Only these are replaced; every other byte of the file
is preserved. The clean document is parsed in the same way, so that its passages are those of the raw one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple
from zlib import crc32

from clean_news.change_log import ChangeLog, LogError, TextChangedError, irreversible_log_error, is_kept, revert
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.file_places import Source, Span, place_in_bytes
from clean_news.formats.row_logs import kept_instead, pair_with_logs, read_logs, valid_log, was_kept
from clean_news.formats.size_limit import read_whole
from clean_news.printable_text import visible
from clean_news.settings import Settings

FIELD = "field"  # in the carrier: the setting that says where the texts are
LITERAL = "literal"  # in the carrier: what restores the bytes of a passage from its raw text
REST = "rest"  # in the carrier: CRC-32 of what is between the passages, so that a rerun detects changes there
MAX_NAME_CHARS = 200
MAX_PASSAGES = 200_000  # a million short texts would take gigabytes as objects
# Documents are read whole; the clean one may be longer than the raw one.
CLEAN_MEGABYTES = 4096


class Passage(NamedTuple):
    """A place of a document.

    Attributes:
        start: offset of its first byte in the content.
        end: exclusive end.
        text: the article; None if there should be one, or may be one, but is not.
        name: name of the article within the document.
        fault: why it is not an article, and the remedy, preceded by the place; empty if there is no error.
        notation: how the text is written; of a type of the format's own.
        fixed: spans of the text that stand for markup, see :class:`clean_news.formats.Row`.
    """

    start: int
    end: int
    text: str | None
    name: str
    fault: str = ""
    notation: Any = None
    fixed: tuple[tuple[int, int], ...] = ()


class Document(NamedTuple):
    """A parsed document.

    Attributes:
        content: its content in UTF-8, to which the offsets refer.
        passages: its passages, in order.
        mark: byte order mark of the file, if it is not part of the content.
        codec: codec of the file; what it does not have is written as a character reference.
    """

    content: bytes
    passages: list[Passage]
    mark: bytes = b""
    codec: str = "utf-8"

    def encoded(self, part: bytes) -> bytes:
        """Return a part of the content as it is in the file."""
        return part if self.codec == "utf-8" else part.decode().encode(self.codec, "xmlcharrefreplace")


class Notation(NamedTuple):
    """What a format of such documents has of its own.

    Attributes:
        parse: parses the bytes of a file, with the field of the text and that of the id; raises UnreadableError.
        stored: what the log needs to restore a passage, e.g. the style of its literal.
        written: the bytes of a passage with the clean text of its row; None if it cannot be written.
        restored: the bytes of the raw passage, given that of the clean document, the raw text, and what was stored;
            raises ValueError.
        spans: where each code point of the text is in the decoded bytes of its passage.
        rewrite: returns how a part of a passage's text is written; None if that depends on what is around it.
    """

    parse: Callable[[bytes, str, str], Document]
    stored: Callable[[Document, Passage], Any]
    written: Callable[[Document, Passage, CleanRow], bytes | None]
    restored: Callable[[Passage, str, Any], bytes]
    spans: Callable[[str, Passage], Sequence[Span]]
    rewrite: Callable[[Passage, str], str] | None = None


def read(notation: Notation, raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the passages of a document as rows; a document without any is one row, which is kept.

    Args:
        notation: its format.
        raw: the file.
        settings: of these, ``text_field``, ``id_field`` and ``max_megabytes`` are used.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not in its format, or is too large.
    """
    document = notation.parse(read_whole(raw, settings.max_megabytes), settings.text_field, settings.id_field)
    passages = document.passages or [Passage(0, 0, None, "1")]
    before = 0
    for passage in passages:
        rest = crc32(document.content[before : passage.start])
        before = passage.end
        if passage is passages[-1]:
            rest = crc32(document.content[before:], rest)
        carrier: dict[str, Any] = {FIELD: settings.text_field, REST: rest}
        if passage.text is not None:
            carrier[LITERAL] = notation.stored(document, passage)
        shown = visible(passage.name[: MAX_NAME_CHARS + 1])
        name = shown if len(shown) <= MAX_NAME_CHARS else shown[: MAX_NAME_CHARS - 1] + "…"
        yield Row(
            passage.text,
            name,
            fault=passage.fault,
            carrier=carrier,
            raw_record=(document, passage),
            fixed=passage.fixed,
        )


def source_of(notation: Notation, row: Row) -> Source | None:
    """Return where the article of a row is in its file; None if the row is not an article.

    Args:
        notation: its format.
        row: the row.
    """
    document, passage = row.raw_record
    if passage.text is None:
        return None
    written = document.content[passage.start : passage.end].decode()
    rewrite = partial(notation.rewrite, passage) if notation.rewrite else None
    return Source(*place_in_bytes(document.content, passage.start), written, notation.spans(written, passage), rewrite)


def write(notation: Notation, rows: Iterable[CleanRow], clean: IO[bytes], logs: IO[bytes], unwritable: str) -> None:
    """Write the document with the clean texts, and the change logs.

    Args:
        notation: its format.
        rows: the clean rows, of which there is at least one.
        clean: the clean file.
        logs: the file of change logs.
        unwritable: the note of a row whose clean text cannot be written.

    Raises:
        OSError: if they cannot be written.
    """
    before = 0
    document: Document | None = None
    for row in rows:
        is_first = document is None
        document, passage = row.row.raw_record
        clean.write((document.mark if is_first else b"") + document.encoded(document.content[before : passage.start]))
        content: bytes | None = document.content[passage.start : passage.end]
        log = row.log
        if not was_kept(row) and row.text != passage.text:
            content = notation.written(document, passage, row)
            if content is None:
                content, log = document.content[passage.start : passage.end], kept_instead(row, unwritable)
        clean.write(document.encoded(content or b""))
        logs.write(log)
        before = passage.end
    assert document is not None, "every document has a row"
    clean.write(document.encoded(document.content[before:]))


def read_clean(notation: Notation, clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean text and the change log of each passage, or the error of the pair; a kept one has no text.

    Raises:
        OSError: if one of the files cannot be read.
        LogError: if the files do not belong together, or the clean file was changed outside its texts.
    """
    _, pairs = _opened(notation, clean, logs)
    for passage, log in pairs:
        if isinstance(log, LogError) or is_kept(log):
            yield "", log
        elif passage.text is None:
            yield "", _changed(clean, passage.fault or f"{passage.name}: its text is gone")
        else:
            yield passage.text, log


def restore(notation: Notation, clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw document.

    Raises:
        OSError: if a file cannot be read or written.
        LogError: if the clean file or its log was changed since it was written.
    """
    document, pairs = _opened(notation, clean, logs)
    target.write(document.mark)
    before = 0
    for passage, found in pairs:
        log = valid_log(found)
        content = document.content[passage.start : passage.end]
        if not is_kept(log):
            where = f"{visible(str(clean))}: {visible(passage.name)[:MAX_NAME_CHARS]}"
            if passage.text is None:
                raise _changed(clean, passage.fault or f"{passage.name}: its text is gone")
            text = revert(passage.text, log, where).decode("utf-8", "surrogatepass")
            if text != passage.text:
                try:
                    content = notation.restored(passage, text, log.carrier.get(LITERAL))
                except (ValueError, RecursionError) as error:
                    raise irreversible_log_error(where, f"of its notation: {error}") from error
        target.write(document.encoded(document.content[before : passage.start]) + document.encoded(content))
        before = passage.end
    target.write(document.encoded(document.content[before:]))


def _opened(
    notation: Notation, clean: Path, logs: Path
) -> tuple[Document, Iterator[tuple[Passage, ChangeLog | LogError]]]:
    """Return a clean document, and its passages with their logs.

    Raises:
        OSError, LogError: see :func:`read_clean`.
    """
    with closing(read_logs(logs)) as found:
        fields = (log.carrier.get(FIELD) for log in found if not isinstance(log, LogError))
        field = next((field for field in fields if isinstance(field, str)), "")
    if not field:
        raise LogError(
            f"{visible(str(logs))}: has no valid log of a document; restore it, "
            "or clean the raw file again with --force"
        )
    try:
        document = notation.parse(read_whole(clean, CLEAN_MEGABYTES), field, "")
    except UnreadableError as error:
        raise _changed(clean, str(error)) from error
    return document, pair_with_logs(iter(document.passages or [Passage(0, 0, None, "1")]), logs, clean)


def _changed(clean: Path, why: str) -> TextChangedError:
    """Return the error for a clean document that was changed in another way than in its texts."""
    return TextChangedError(
        f"{visible(str(clean))}: was changed after clean-news wrote it ({visible(why)}); undo the change, "
        "or clean the raw file again with --force"
    )
