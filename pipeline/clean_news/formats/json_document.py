"""The format of JSON documents: the strings at a path, e.g. ``articles[].body``, are the articles.

Only these string literals are replaced, each in the style of the raw one; every other byte of the file is preserved.
"""

from collections.abc import Iterable, Iterator
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import IO, Any

from clean_news.change_log import ChangeLog, LogError
from clean_news.formats import CleanRow, NoTextError, Row, UnreadableError, documents
from clean_news.formats.documents import MAX_PASSAGES, Document, Notation, Passage
from clean_news.formats.file_places import Source, Span, spans_of
from clean_news.formats.json_literal import BOM_AND_SPACE, characters_of, literal_from, stored_literal, style_of
from clean_news.formats.json_paths import Found, PathError, TooManyError, Walk, parse_path, paths_of_long_strings
from clean_news.formats.json_scanning import SCAN, TooDeepError, after_space, check_depth
from clean_news.printable_text import visible
from clean_news.settings import Settings

LOG_SUFFIX = ".changes.jsonl"
MANY = True
NAME_IT = "name the path of the text with --text-field or the setting text-field, e.g. articles[].body"


def _parse(raw: bytes, field: str, id_field: str) -> Document:
    """Parse a document.

    Raises:
        UnreadableError: if it is not JSON in UTF-8; NoTextError, if it has no text at the path.
    """
    try:
        content = raw.decode()
        steps = parse_path(field)
        check_depth(content)
        walk = Walk(content, BOM_AND_SPACE.match(content).end(), steps, id_field, MAX_PASSAGES)  # type: ignore[union-attr]
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"is not UTF-8 (byte 0x{raw[error.start]:02x} at {error.start + 1}); convert it to UTF-8"
        ) from error
    except JSONDecodeError as error:
        raise UnreadableError(
            f"is not JSON ({error.msg} in line {error.lineno}, character {error.colno}); correct it, or write it with "
            "a JSON library. Several objects one after another are JSON lines: rename it to .jsonl"
        ) from error
    except PathError as error:
        raise UnreadableError(str(error)) from error
    except TooDeepError as error:
        raise UnreadableError(f"{error}; flatten it") from error
    except TooManyError as error:
        raise UnreadableError(f"has more than {MAX_PASSAGES:,} texts; convert it to JSON lines (.jsonl)") from error
    if after_space(content, walk.end) != len(content):
        raise UnreadableError(
            "has more than one JSON value; if there is one on each line, rename it to .jsonl, else correct it"
        )
    if walk.found and all(each.fault for each in walk.found):
        raise NoTextError(_without_text(content, field, walk.found[0]))
    return Document(raw, _passages(content, walk.found))


def _without_text(content: str, field: str, first: Found) -> str:
    """Return the message for a document that has no text at the path."""
    suggested = ", ".join(visible(path)[:60] for path in paths_of_long_strings(content))
    seen = f" (most text is at {suggested})" if suggested else ""
    place = f"{visible(first.place)[:60]}: " if first.place else ""
    return f"has no text at {visible(field)!r} ({place}{first.fault}){seen}; {NAME_IT}"


def _passages(content: str, found: list[Found]) -> list[Passage]:
    """Return the passages of a document; found are the values at its path, in order."""
    passages = []
    at = position = 0  # in code points and bytes
    for each in found:
        start = position + len(content[at : each.start].encode())
        literal = content[each.start : each.end]
        at, position = each.end, start + len(literal.encode())
        if each.fault:
            fault = f"{each.place}: {each.fault}; put the text there, or {NAME_IT}"
            passages.append(Passage(start, position, None, each.place, visible(fault)))
            continue
        name = each.identifier
        if name.startswith('"'):
            name = SCAN(name, 0)[0]
        passages.append(Passage(start, position, SCAN(literal, 0)[0], name or each.place, "", style_of(literal)))
    return passages


def _stored(document: Document, passage: Passage) -> Any:  # noqa: ANN401  # a string or a mapping
    """Return what restores a literal."""
    literal = document.content[passage.start : passage.end].decode()
    return stored_literal(literal, passage.text or "", passage.notation)


def _written(_: Document, passage: Passage, row: CleanRow) -> bytes:
    """Return the literal of a clean text in the style of the raw one."""
    literal: str = passage.notation.write(row.text)
    return literal.encode()


def _restored(_: Passage, text: str, stored: Any) -> bytes:  # noqa: ANN401  # whatever is in the log
    """Return the raw literal of a text.

    Raises:
        ValueError: if it is not stored.
    """
    return literal_from(stored, text).encode()


def _spans(written: str, _: Passage) -> tuple[Span, ...]:
    """Return where each code point of a text is in its literal."""
    return spans_of(characters_of(written), 1)


def _rewrite(passage: Passage, text: str) -> str:
    """Return how a part of a text is written in its literal."""
    written: str = passage.notation.write_part(text)
    return written


NOTATION = Notation(_parse, _stored, _written, _restored, _spans, _rewrite)


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the texts of a document as rows, in order; see :func:`clean_news.formats.documents.read`."""
    return documents.read(NOTATION, raw, settings)


def source_of(row: Row) -> Source | None:
    """Return where the text of a row is in its file."""
    return documents.source_of(NOTATION, row)


def write(rows: Iterable[CleanRow], _: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the document with the clean texts, and the change logs."""
    documents.write(NOTATION, rows, clean, logs, "")


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean texts and their change logs; see :func:`clean_news.formats.documents.read_clean`."""
    return documents.read_clean(NOTATION, clean, logs)


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw document; see :func:`clean_news.formats.documents.restore`."""
    documents.restore(NOTATION, clean, logs, target)
