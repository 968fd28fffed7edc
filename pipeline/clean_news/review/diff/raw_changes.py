"""Convert the selected edits to changes of the raw file, for ``patch`` and SARIF.

:func:`raw_changes` returns the changes of the raw text; :func:`raw_text` returns the raw file as the lines that
``patch`` counts: bytes in the file's encoding, each up to its newline byte.
"""

import codecs
import re
from bisect import bisect
from typing import NamedTuple

from clean_news.change_log import ChangeLog, sha256
from clean_news.change_log.edit_places import Span, Trace, TracedEdit
from clean_news.charsets.decoding import LINE_BREAKS, Decoding, byte_order_mark
from clean_news.review.edit_filter import EditFilter


class RawChange(NamedTuple):
    """A replacement in the decoded raw text.

    Attributes:
        span: (start, end) in code points, end exclusive.
        after: the replacement.
        edits: the edits that it applies, in the order of the stages.
    """

    span: Span
    after: str
    edits: tuple[TracedEdit, ...]


class RawChanges(NamedTuple):
    """The selected edits as changes of the raw text.

    Attributes:
        changes: in order, not overlapping.
        left_out: selected edits that depend on edits that are not selected, or overlap a selected edit.
    """

    changes: list[RawChange]
    left_out: list[TracedEdit]


def raw_changes(trace: Trace, edit_filter: EditFilter) -> RawChanges:
    """Convert the selected edits to changes of the raw text.

    Overlapping edits of several stages form one change if all of them are selected. Otherwise each edit whose
    ``before`` occurs in the raw text at its span is a separate change. Of overlapping edits the first is used, and an
    applied edit takes precedence over a suggested or rejected one.
    """
    together: list[RawChange] = []
    alone: list[TracedEdit] = []
    for segment in trace.segments:
        selected = [each for each in segment.edits if edit_filter.matches(each)]
        if segment.edits and len(selected) == len(segment.edits):
            change = RawChange(segment.raw_span, segment.after, segment.edits)
            if together and together[-1].span == change.span:  # two stages inserted text at one offset
                earlier = together.pop()
                change = RawChange(change.span, earlier.after + change.after, earlier.edits + change.edits)
            together.append(change)
        else:
            alone += selected
    alone += [each for each in trace.marks if edit_filter.matches(each)]
    left_out: list[TracedEdit] = []
    taken = sorted(change.span for change in together)
    for each in alone:
        start, end = each.raw_span
        at = bisect(taken, each.raw_span)
        neighbours = taken[max(0, at - 1) : at + 1]  # taken spans do not overlap, so no other can conflict
        if trace.raw[start:end] == each.edit.before and not any(_conflict(each.raw_span, span) for span in neighbours):
            together.append(RawChange(each.raw_span, each.edit.after, (each,)))
            taken.insert(at, each.raw_span)
        else:
            left_out.append(each)
    return RawChanges(sorted(together, key=lambda change: change.span), left_out)


def _conflict(one: Span, other: Span) -> bool:
    """Return whether two spans cannot both be replaced: they overlap or are equal."""
    return one == other or (one[0] < other[1] and other[0] < one[1])


MULTIBYTE_UTF = re.compile("utf[-_]?(16|32)")


class NotPatchable(ValueError):  # named for the condition, like decoding.NotText
    """The raw file cannot be patched as text; the message says why."""


class RawText(NamedTuple):
    """A raw text that can be encoded back to its bytes.

    Attributes:
        text: the decoded text; undecodable bytes are lone surrogates, as with ``surrogateescape``.
        decoding: how it was decoded.
    """

    text: str
    decoding: Decoding

    def lines(self, start: int, end: int, text: str | None = None) -> list[bytes]:
        """Return a range of whole lines, encoded.

        Args:
            start: offset of the first code point.
            end: end offset, exclusive.
            text: replaces the raw text in this range; None for the raw text.
        """
        part = self.text[start:end] if text is None else text
        written = part.replace("\n", LINE_BREAKS[self.decoding.line_ends])
        found = [line.encode(self.decoding.codec, "surrogateescape") for line in split(written)]
        if start == 0 and self.decoding.bom:
            mark = byte_order_mark(self.decoding.codec)
            return [mark + found[0], *found[1:]] if found else [mark]
        return found

    def can_write(self, text: str) -> bool:
        """Return whether the file's encoding can encode a text."""
        try:
            text.encode(self.decoding.codec)
        except UnicodeEncodeError:
            return False
        return True


def split(text: str) -> list[str]:
    r"""Split a text into lines that keep their ``\n``, the only line separator."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + lines[-1:] * bool(lines[-1])


def raw_text(decoded: str, log: ChangeLog) -> RawText:
    """Return the raw text of an article.

    Args:
        decoded: the result of :func:`clean_news.charsets.decoding.decode`.
        log: the article's log.

    Raises:
        NotPatchable: if the encoding has no lines that ``patch`` can find, or encoding the text does not restore the
            bytes.
    """
    decoding = log.decoding
    codec = codecs.lookup(decoding.codec).name
    if MULTIBYTE_UTF.match(codec):
        raise NotPatchable(f"it is in {codec}, which patch treats as binary; convert it to UTF-8 and clean it again")
    characters = list(decoded)
    for bytes_ in decoding.undecodable:
        characters[bytes_.at] = bytes.fromhex(bytes_.hex).decode("ascii", "surrogateescape")
    for at in decoding.stray:
        characters[at] = characters[at].encode(decoding.stray_codec).decode("ascii", "surrogateescape")
    raw = RawText("".join(characters), decoding)
    if sha256(b"".join(raw.lines(0, len(raw.text)))) != log.raw_sha256:
        raise NotPatchable(
            f"encoding its text in {codec} does not restore its bytes; convert it to UTF-8 and clean it again"
        )
    return raw
