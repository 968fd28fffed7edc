"""The chosen edits as a unified diff that ``git apply`` and ``patch`` accept on the raw file.

It is bytes in the raw file's own encoding, and leaves alone what is no edit: the byte order mark and the line ends.
The lines come from the log, nothing is compared anew.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from clean_news.batch.clean_articles import CleanArticle
from clean_news.review.diff.raw_changes import NotPatchable, RawChange, RawText, raw_changes, raw_text, split
from clean_news.review.edit_filter import Choice
from clean_news.review.edit_places import Span, Traced
from clean_news.visible import printable

NO_NEWLINE = b"\\ No newline at end of file\n"
ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


class Patch(NamedTuple):
    """The patch of one article.

    Attributes:
        content: its bytes; empty if nothing is changed.
        left_out: number of chosen edits that it cannot carry out because they build on others that are not chosen.
        unwritable: number of those whose text the raw file's encoding does not have.
    """

    content: bytes
    left_out: int
    unwritable: int


class Block(NamedTuple):
    """Lines that are replaced.

    Attributes:
        at: number of the first raw line, from 0 on.
        before: the raw lines.
        after: what stands there instead.
    """

    at: int
    before: list[bytes]
    after: list[bytes]


def patch(article: CleanArticle, trace: Traced, choice: Choice, context: int = 3) -> Patch:
    """The patch of an article.

    Args:
        article: the article.
        trace: its edits.
        choice: those that the patch has; only the applied ones if it names no state.
        context: number of unchanged lines around a change.

    Raises:
        NotPatchable: if the raw file cannot be patched as text.
    """
    found = raw_changes(trace, choice if choice.states else choice._replace(states=("applied",)))
    if not found.changes:
        return Patch(b"", len(found.left_out), 0)
    if article.log.carrier:
        raise NotPatchable("it was taken out of a file that holds more than its text; patches are for text files")
    raw = raw_text(trace.raw, article.log)
    written = [change for change in found.changes if raw.can_write(change.after)]
    unwritable = sum(len(change.edits) for change in found.changes) - sum(len(change.edits) for change in written)
    lines = raw.lines(0, len(raw.text))
    blocks = list(_blocks_of(raw, written))
    content = b"".join(_hunks(lines, blocks, context))
    return Patch(header(_path_of(article)) + content if content else b"", len(found.left_out), unwritable)


def _blocks_of(raw: RawText, changes: Sequence[RawChange]) -> Iterator[Block]:
    """The lines that the changes replace, in order; where lines stay as they are, there is no block."""
    starts = [0]
    text = raw.text if raw.decoding.line_ends != "cr" else raw.text.replace("\n", "\r")  # then it is all one line
    for line in split(text):
        starts.append(starts[-1] + len(line))
    number = 0
    for (start, end), inside in _whole_lines(text, changes):
        while starts[number] < start:
            number += 1
        before, after = raw.lines(start, end), raw.lines(start, end, _spliced(raw.text, start, end, inside))
        yield from _trimmed(number, before, after)


def _whole_lines(text: str, changes: Sequence[RawChange]) -> list[tuple[Span, list[RawChange]]]:
    """The stretches of whole lines that the changes lie in, each with its changes."""
    found: list[tuple[Span, list[RawChange]]] = []
    for change in changes:
        start = text.rfind("\n", 0, change.span[0]) + 1
        end = text.find("\n", change.span[1]) + 1 or len(text)
        if found and start <= found[-1][0][1]:
            (first, last), inside = found.pop()
            found.append(((first, max(last, end)), [*inside, change]))
        else:
            found.append(((start, end), [change]))
    return found


def _spliced(text: str, start: int, end: int, changes: Sequence[RawChange]) -> str:
    """A stretch of the text with the changes in it carried out."""
    pieces = []
    for change in changes:
        pieces += [text[start : change.span[0]], change.after]
        start = change.span[1]
    return "".join([*pieces, text[start:end]])


def _trimmed(at: int, before: list[bytes], after: list[bytes]) -> Iterator[Block]:
    """The block of these lines without what is the same at its beginning and end; none if all is."""
    shorter = min(len(before), len(after))
    same = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    before, after, shorter = before[same:], after[same:], shorter - same
    tail = next((i for i in range(shorter) if before[-1 - i] != after[-1 - i]), shorter)
    before, after = before[: len(before) - tail], after[: len(after) - tail]
    if before or after:
        yield Block(at + same, before, after)


def _hunks(lines: Sequence[bytes], blocks: Sequence[Block], context: int) -> Iterator[bytes]:
    """The hunks of a unified diff: blocks whose context meets are in one."""
    shift = 0  # how many lines more there are in the new text, up to here
    for group in _grouped(blocks, context):
        first = max(0, group[0].at - context)
        last = min(len(lines), group[-1].at + len(group[-1].before) + context)
        body: list[bytes] = []
        at = first
        for block in group:
            body += [marked(b" ", line) for line in lines[at : block.at]]
            body += [marked(b"-", line) for line in block.before] + [marked(b"+", line) for line in block.after]
            at = block.at + len(block.before)
        body += [marked(b" ", line) for line in lines[at:last]]
        growth = sum(len(block.after) - len(block.before) for block in group)
        old, new = place(first, last - first), place(first + shift, last - first + growth)
        yield f"@@ -{old} +{new} @@\n".encode() + b"".join(body)
        shift += growth


def _grouped(blocks: Sequence[Block], context: int) -> list[list[Block]]:
    """The blocks, those together whose lines of context meet."""
    groups: list[list[Block]] = []
    for block in blocks:
        if groups and block.at - groups[-1][-1].at - len(groups[-1][-1].before) <= 2 * context:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def marked(sign: bytes, line: bytes) -> bytes:
    """A line of a hunk."""
    return sign + line if line.endswith(b"\n") else sign + line + b"\n" + NO_NEWLINE


def place(start: int, count: int) -> str:
    """The place of a hunk in its header; of no lines it names the line before."""
    return f"{start + (count > 0)},{count}"


def header(path: bytes) -> bytes:
    """The lines that name the file."""
    old, new = quoted(b"a/" + path), quoted(b"b/" + path)
    # A tab ends a name that has blanks in it; git writes it so too.
    end = b"\t\n" if b" " in path and not old.startswith(b'"') else b"\n"
    return b"diff --git " + old + b" " + new + b"\n--- " + old + end + b"+++ " + new + end


def quoted(path: bytes) -> bytes:
    """The path in C's notation where it has characters that would end it or be taken for something else."""
    if not any(byte < 32 or byte in {34, 92, 127} for byte in path):
        return path
    escaped = "".join(
        f"\\{ESCAPES[byte]}" if byte in ESCAPES else f"\\{byte:03o}" if not 32 <= byte < 127 else chr(byte)
        for byte in path
    )
    return f'"{escaped}"'.encode()


def _path_of(article: CleanArticle) -> bytes:
    """The raw file's path within RAW.

    It is the article's id. That has the bytes of a name that is not UTF-8 only as escapes, but the clean file's
    name has them.
    """
    parts = article.path.parts
    for first in range(len(parts)):
        within = Path(*parts[first:]).as_posix()
        if printable(within) == article.log.id:
            return os.fsencode(within)
    return article.log.id.encode()
