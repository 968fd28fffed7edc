"""Write the selected edits as a unified diff that ``git apply`` and ``patch`` apply to the raw file.

The patch is bytes in the raw file's encoding and keeps its byte order mark and line ends. The changed lines are derived
from the log; the texts are not compared.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log.edit_places import Span, Trace
from clean_news.printable_text import printable
from clean_news.review.diff.raw_changes import NotPatchable, RawChange, RawText, raw_changes, raw_text, split
from clean_news.review.edit_filter import EditFilter

NO_NEWLINE = b"\\ No newline at end of file\n"
ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


class Patch(NamedTuple):
    """The patch of one article.

    Attributes:
        content: its bytes; empty if nothing is changed.
        left_out: number of selected edits that it leaves out because they depend on edits that are not selected.
        unwritable: number of selected edits whose text the raw file's encoding cannot encode.
    """

    content: bytes
    left_out: int
    unwritable: int


class LineBlock(NamedTuple):
    """Lines that are replaced.

    Attributes:
        at: 0-based number of the first raw line.
        before: the raw lines.
        after: the lines that replace them.
    """

    at: int
    before: list[bytes]
    after: list[bytes]


def patch(article: CleanArticle, trace: Trace, edit_filter: EditFilter, context: int = 3) -> Patch:
    """Return the patch of an article.

    Args:
        article: the article.
        trace: its edits.
        edit_filter: selects the edits; only applied ones if it names no state.
        context: number of unchanged lines around a change.

    Raises:
        NotPatchable: if the raw file cannot be patched as text.
    """
    found = raw_changes(trace, edit_filter if edit_filter.states else edit_filter._replace(states=("applied",)))
    if not found.changes:
        return Patch(b"", len(found.left_out), 0)
    if article.log.carrier:
        raise NotPatchable("it is a record of a larger file; only text files can be patched")
    raw = raw_text(trace.raw, article.log)
    written = [change for change in found.changes if raw.can_write(change.after)]
    unwritable = sum(len(change.edits) for change in found.changes) - sum(len(change.edits) for change in written)
    lines = raw.lines(0, len(raw.text))
    blocks = list(_blocks_of(raw, written))
    content = b"".join(_hunks(lines, blocks, context))
    return Patch(_file_header(_path_of(article)) + content if content else b"", len(found.left_out), unwritable)


def _blocks_of(raw: RawText, changes: Sequence[RawChange]) -> Iterator[LineBlock]:
    """Yield the blocks of lines that the changes replace, in order."""
    starts = [0]
    text = raw.text if raw.decoding.line_ends != "cr" else raw.text.replace("\n", "\r")  # to patch a single line
    for line in split(text):
        starts.append(starts[-1] + len(line))
    number = 0
    for (start, end), inside in _whole_lines(text, changes):
        while starts[number] < start:
            number += 1
        before, after = raw.lines(start, end), raw.lines(start, end, _spliced(raw.text, start, end, inside))
        yield from _trimmed_block(number, before, after)


def _whole_lines(text: str, changes: Sequence[RawChange]) -> list[tuple[Span, list[RawChange]]]:
    """Return the ranges of whole lines that contain the changes, each with its changes."""
    found: list[tuple[Span, list[RawChange]]] = []
    for change in changes:
        if found and change.span[1] < found[-1][0][1]:
            found[-1][1].append(change)  # in the lines of the change before it
            continue
        start = text.rfind("\n", 0, change.span[0]) + 1
        end = text.find("\n", change.span[1]) + 1 or len(text)
        if found and start <= found[-1][0][1]:
            (first, last), inside = found.pop()
            inside.append(change)
            found.append(((first, max(last, end)), inside))
        else:
            found.append(((start, end), [change]))
    return found


def _spliced(text: str, start: int, end: int, changes: Sequence[RawChange]) -> str:
    """Return a part of the text with the changes in it applied."""
    pieces = []
    for change in changes:
        pieces += [text[start : change.span[0]], change.after]
        start = change.span[1]
    return "".join([*pieces, text[start:end]])


def _trimmed_block(at: int, before: list[bytes], after: list[bytes]) -> Iterator[LineBlock]:
    """Yield the block without equal lines at its start and end; nothing if no line differs."""
    shorter = min(len(before), len(after))
    same = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    before, after, shorter = before[same:], after[same:], shorter - same
    tail = next((i for i in range(shorter) if before[-1 - i] != after[-1 - i]), shorter)
    before, after = before[: len(before) - tail], after[: len(after) - tail]
    if before or after:
        yield LineBlock(at + same, before, after)


def _hunks(lines: Sequence[bytes], blocks: Sequence[LineBlock], context: int) -> Iterator[bytes]:
    """Yield the hunks of a unified diff; blocks whose contexts meet share one."""
    shift = 0  # lines added so far, minus lines removed
    for group in _grouped(blocks, context):
        first = max(0, group[0].at - context)
        last = min(len(lines), group[-1].at + len(group[-1].before) + context)
        body: list[bytes] = []
        at = first
        for block in group:
            body += [_hunk_line(b" ", line) for line in lines[at : block.at]]
            body += [_hunk_line(b"-", line) for line in block.before] + [_hunk_line(b"+", line) for line in block.after]
            at = block.at + len(block.before)
        body += [_hunk_line(b" ", line) for line in lines[at:last]]
        growth = sum(len(block.after) - len(block.before) for block in group)
        old, new = _hunk_range(first, last - first), _hunk_range(first + shift, last - first + growth)
        yield f"@@ -{old} +{new} @@\n".encode() + b"".join(body)
        shift += growth


def _grouped(blocks: Sequence[LineBlock], context: int) -> list[list[LineBlock]]:
    """Group the blocks whose lines of context meet."""
    groups: list[list[LineBlock]] = []
    for block in blocks:
        if groups and block.at - groups[-1][-1].at - len(groups[-1][-1].before) <= 2 * context:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _hunk_line(prefix: bytes, line: bytes) -> bytes:
    """Return a line of a hunk."""
    return prefix + line if line.endswith(b"\n") else prefix + line + b"\n" + NO_NEWLINE


def _hunk_range(start: int, count: int) -> str:
    """Return a line range for a hunk header; an empty range names the line before it."""
    return f"{start + (count > 0)},{count}"


def _file_header(path: bytes) -> bytes:
    """Return the header lines that name the file."""
    old, new = _quoted_path(b"a/" + path), _quoted_path(b"b/" + path)
    # As in git, a tab ends a name that contains spaces.
    end = b"\t\n" if b" " in path and not old.startswith(b'"') else b"\n"
    return b"diff --git " + old + b" " + new + b"\n--- " + old + end + b"+++ " + new + end


def _quoted_path(path: bytes) -> bytes:
    """Return the path, as a C string literal if it contains control characters, quotes or backslashes."""
    if not any(byte < 32 or byte in {34, 92, 127} for byte in path):
        return path
    escaped = "".join(
        f"\\{ESCAPES[byte]}" if byte in ESCAPES else f"\\{byte:03o}" if not 32 <= byte < 127 else chr(byte)
        for byte in path
    )
    return f'"{escaped}"'.encode()


def _path_of(article: CleanArticle) -> bytes:
    """Return the raw file's path within RAW.

    It is the article's id, but the id escapes bytes that are not UTF-8; those are taken from the clean file's path.
    """
    parts = article.path.parts
    for first in range(len(parts)):
        within = Path(*parts[first:]).as_posix()
        if printable(within) == article.log.id:
            return os.fsencode(within)
    return article.log.id.encode()
