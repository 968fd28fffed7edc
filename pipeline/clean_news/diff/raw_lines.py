"""A raw file as the lines that ``patch`` knows: bytes in the file's own encoding, each up to its newline byte."""

import codecs
import re
from typing import NamedTuple

from clean_news.change_log import ChangeLog, sha256
from clean_news.decoding import WRITTEN, Decoding, byte_order_mark

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
        decoded: as :func:`clean_news.decoding.decode` returned it.
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
