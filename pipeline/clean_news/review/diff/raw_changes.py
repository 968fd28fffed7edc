"""The chosen edits as changes of the raw file, for ``patch`` and SARIF.

:func:`raw_changes` gives each edit's own change of the raw text; :func:`raw_text` gives the raw file as the lines that
``patch`` counts: bytes in the file's own encoding, each up to its newline byte.
"""

import codecs
import re
from bisect import bisect
from typing import NamedTuple

from clean_news.change_log import ChangeLog, sha256
from clean_news.charsets.decoding import WRITTEN, Decoding, byte_order_mark
from clean_news.review.edit_filter import Choice
from clean_news.review.edit_places import Span, Traced, TracedEdit


class RawChange(NamedTuple):
    """A stretch of the decoded raw text, and what is put there.

    Attributes:
        span: (start, end) in code points.
        after: the text put there.
        edits: the edits that it carries out, in the order of the stages.
    """

    span: Span
    after: str
    edits: tuple[TracedEdit, ...]


class RawChanges(NamedTuple):
    """What the chosen edits change in the raw text.

    Attributes:
        changes: in order; they do not overlap.
        left_out: chosen edits that build on others which are not chosen, or overlap with an edit that is.
    """

    changes: list[RawChange]
    left_out: list[TracedEdit]


def raw_changes(trace: Traced, choice: Choice) -> RawChanges:
    """What the chosen edits change in the raw text.

    Edits of several stages at one place are one change if all of them are chosen. Otherwise each that finds in the
    raw text what it replaces is a change of its own. Of those that overlap the first counts; an applied edit comes
    before a suggested or rejected one.
    """
    together: list[RawChange] = []
    alone: list[TracedEdit] = []
    for segment in trace.segments:
        chosen = [each for each in segment.edits if choice.takes(each)]
        if segment.edits and len(chosen) == len(segment.edits):
            change = RawChange(segment.raw_span, segment.after, segment.edits)
            if together and together[-1].span == change.span:  # two stages put something in at one place
                earlier = together.pop()
                change = RawChange(change.span, earlier.after + change.after, earlier.edits + change.edits)
            together.append(change)
        else:
            alone += chosen
    alone += [each for each in trace.marks if choice.takes(each)]
    left_out: list[TracedEdit] = []
    taken = sorted(change.span for change in together)
    for each in alone:
        start, end = each.raw_span
        at = bisect(taken, each.raw_span)
        beside = taken[max(0, at - 1) : at + 1]  # those taken do not overlap, so no other can clash
        if trace.raw[start:end] == each.edit.before and not any(_clash(each.raw_span, span) for span in beside):
            together.append(RawChange(each.raw_span, each.edit.after, (each,)))
            taken.insert(at, each.raw_span)
        else:
            left_out.append(each)
    return RawChanges(sorted(together, key=lambda change: change.span), left_out)


def _clash(one: Span, other: Span) -> bool:
    """Whether two spans cannot both be replaced: they overlap, or are the same place."""
    return one == other or (one[0] < other[1] and other[0] < one[1])


WIDE = re.compile("utf[-_]?(16|32)")


class NotPatchable(ValueError):  # the name says what it means, as decoding.NotText does
    """The raw file cannot be patched as text; the message says why."""


class RawText(NamedTuple):
    """A raw text in which every code point stands for bytes.

    Attributes:
        text: the decoded text; bytes that are no character are lone surrogates, as ``surrogateescape`` has them.
        decoding: how it was decoded.
    """

    text: str
    decoding: Decoding

    def lines(self, start: int, end: int, text: str | None = None) -> list[bytes]:
        """The lines of a stretch that begins and ends with lines.

        Args:
            start: its first code point.
            end: the first one behind it.
            text: what stands there instead of the raw text.
        """
        stretch = self.text[start:end] if text is None else text
        written = stretch.replace("\n", WRITTEN[self.decoding.line_ends])
        found = [line.encode(self.decoding.codec, "surrogateescape") for line in split(written)]
        if start == 0 and self.decoding.bom:
            mark = byte_order_mark(self.decoding.codec)
            return [mark + found[0], *found[1:]] if found else [mark]
        return found

    def can_write(self, text: str) -> bool:
        """Whether the file's encoding has all characters of a text."""
        try:
            text.encode(self.decoding.codec)
        except UnicodeEncodeError:
            return False
        return True


def split(text: str) -> list[str]:
    r"""The lines of a text, each with its ``\n``; no other character ends one."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + lines[-1:] * bool(lines[-1])


def raw_text(decoded: str, log: ChangeLog) -> RawText:
    """The raw text of an article.

    Args:
        decoded: as :func:`clean_news.charsets.decoding.decode` returned it.
        log: the article's log.

    Raises:
        NotPatchable: if its bytes have no lines that ``patch`` could find, or do not follow from its text.
    """
    decoding = log.decoding
    codec = codecs.lookup(decoding.codec).name
    if WIDE.match(codec):
        raise NotPatchable(f"it is in {codec}, which patch takes for binary; convert it to UTF-8 and clean it again")
    characters = list(decoded)
    for bytes_ in decoding.undecodable:
        characters[bytes_.at] = bytes.fromhex(bytes_.hex).decode("ascii", "surrogateescape")
    raw = RawText("".join(characters), decoding)
    if sha256(b"".join(raw.lines(0, len(raw.text)))) != log.raw_sha256:
        raise NotPatchable(f"its text in {codec} does not give its bytes again; convert it to UTF-8 and clean it again")
    return raw
