"""Decode UTF-8 that was decoded in a single-byte codec, sequence by sequence.

A line that also has correct characters, or is garbled in two codecs, cannot be decoded as a whole. Every sequence is
decoded separately, layer by layer, and only if the result is plausible. No character is dropped: the bytes of a
sequence are decoded strictly, or it stays.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from clean_news.charsets.likelihood import likelihood
from clean_news.stages.encoding.codec_patterns import ANSI, CODECS, CodecPatterns, any_sequence, codec_patterns
from clean_news.stages.encoding.coincidence import is_certain, may_be_genuine
from clean_news.stages.encoding.plausibility import family, is_plausible

MAX_LAYERS = 4  # times that a text may have been garbled
# Short sequences recur, and decoding one tries every codec at every layer: up to half a millisecond a character.
MAX_REMEMBERED_CHARS = 16
# The C1 control characters of latin-1 as characters of cp1252. The five bytes that cp1252 does not define stay.
C1_TO_CP1252 = {
    byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
# Characters that hardly occur but in mojibake. Next to one that stays, a decoded sequence is part of a larger garble.
AFTER_RESIDUE = re.compile("(?:[\x81\x8d\x8f\x90\x9d¤¦¨¬¯¸ƒˆ˜†‡‰ÃÂâãÐÑ]|[ÃÂâã][^\x00-\x7f])\\Z")
BEFORE_RESIDUE = re.compile("[\x81\x8d\x8f\x90\x9d¤¦¨¬¯¸ƒˆ˜†‡‰ÃÂâãÐÑ]")
SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


INVISIBLE = re.compile("[\xad\u200b-\u200f\u2060\ufeff]")
MAX_COMPARED_CHARS = 4000  # of a line whose codec is ambiguous
LIKELIER = 2.0  # nats by which a text must be likelier for its codec to be preferred to a more frequent one
MAX_CONTEXT_CHARS = 6  # on each side: one or two that are seen, and those between


class Piece(NamedTuple):
    """A decoded span of a line: start, exclusive end, and its text."""

    start: int
    end: int
    text: str


def redecoded(line: str, layers: int = MAX_LAYERS) -> str:
    """Decode the garbled sequences of a line again, the longest first because it is the least likely coincidence.

    Args:
        line: the line, or a part of one whose context does not matter.
        layers: maximum number of times that it may have been garbled.

    Returns:
        The line with the decoded sequences; the line itself if there are none.
    """
    if not any_sequence().search(line):
        return line
    decoded = _redecoded_once(line, layers, frozenset())
    # A word of one letter in another script is plausible beside longer ones, which are decoded now.
    known = frozenset(map(family, decoded)) - {""}
    return _redecoded_once(decoded, layers, known) if known and any_sequence().search(decoded) else decoded


def _redecoded_once(line: str, layers: int, known: frozenset[str]) -> str:
    """Do the same, given the scripts that the line is known to have."""
    pieces: list[Piece] = []
    taken = bytearray(len(line))
    found = list(_sequences(line))
    ranks = _ranks(line, found, known)
    for start, end, patterns in sorted(found, key=lambda one: (one[0] - one[1], ranks.get(one[2].codec, 0))):
        decoded = None if taken.find(1, start, end) >= 0 else _decoded(line, start, end, patterns, layers, known)
        if decoded is not None:
            pieces.append(Piece(start, end, decoded))
            taken[start:end] = b"\1" * (end - start)
    return _with_pieces(line, _without_fragments(line, sorted(pieces)))


def _with_pieces(line: str, pieces: list[Piece]) -> str:
    """Return the line with pieces in order, which do not overlap, replaced by their text."""
    parts, at = [], 0
    for start, end, text in pieces:
        parts += [line[at:start], text]
        at = end
    return "".join([*parts, line[at:]])


def _without_fragments(line: str, pieces: list[Piece]) -> list[Piece]:
    """Return the pieces that do not touch garbled characters that stay: these would be lost for a later repair."""
    while True:
        starts, ends = {piece.start for piece in pieces}, {piece.end for piece in pieces}
        kept = [
            piece
            for piece in pieces
            if not (piece.start not in ends and AFTER_RESIDUE.search(line[max(0, piece.start - 2) : piece.start]))
            and not (piece.end not in starts and BEFORE_RESIDUE.match(line[piece.end : piece.end + 1]))
        ]
        if len(kept) == len(pieces):
            return kept
        pieces = kept


def _ranks(line: str, found: list[tuple[int, int, CodecPatterns]], known: frozenset[str]) -> dict[str, int]:
    """Rank the codecs of a line by the number of plausible sequences, then by the likelihood of what they decode to.

    In cp437 ``┼¢`` is *ś*, in cp850 *Ž*: the letters of the other words decide. Empty if there is only one codec.
    """
    codecs = {patterns.codec for _, _, patterns in found}
    if len(codecs) < 2:
        return {}
    pieces: dict[str, list[Piece]] = {codec: [] for codec in codecs}
    for start, end, patterns in found:
        decoded = _decoded(line, start, end, patterns, 1, known)
        if decoded is not None:
            pieces[patterns.codec].append(Piece(start, end, decoded))
    counts = {codec: len(those) for codec, those in pieces.items()}
    unlikely: set[str] = set()
    for count in set(counts.values()) - {0}:
        tied = [codec for codec in CODECS if counts.get(codec) == count]
        texts = {codec: _with_pieces(line, _not_overlapping(pieces[codec]))[:MAX_COMPARED_CHARS] for codec in tied}
        if len(set(texts.values())) > 1:
            logs = {codec: likelihood(text).log for codec, text in texts.items()}
            unlikely |= {codec for codec, log in logs.items() if log < max(logs.values()) - LIKELIER}
    order = sorted(counts, key=lambda codec: (-counts[codec], codec in unlikely, CODECS.index(codec)))
    return {codec: rank for rank, codec in enumerate(order)}


def _not_overlapping(pieces: list[Piece]) -> list[Piece]:
    """Return the longest pieces that do not overlap, in order."""
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda one: (one.start, -one.end)):
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return kept


def _sequences(line: str) -> Iterator[tuple[int, int, CodecPatterns]]:
    """Yield what looks like runs of UTF-8 sequences in a line, each followed by its single sequences."""
    for patterns in map(codec_patterns, CODECS):
        runs = [run.span() for run in patterns.sequences.finditer(line)]
        if runs:  # of damaged sequences, at least half must be whole
            yield from ((*run.span(), patterns) for run in patterns.lossy.finditer(line))
        for start, end in runs:
            yield start, end, patterns
            parts = [part.span() for part in patterns.sequence.finditer(line, start, end)]
            yield from ((first, last, patterns) for first, last in parts if len(parts) > 1)


def _decoded(
    line: str, start: int, end: int, patterns: CodecPatterns, layers: int, known: frozenset[str]
) -> str | None:
    """Decode a sequence; None if it is invalid, implausible in context, or possibly genuine."""
    # Invisible characters are removed by a later stage; a second run must decide alike.
    before = INVISIBLE.sub("", line[max(0, start - MAX_CONTEXT_CHARS) : start])[-2:]
    after = INVISIBLE.sub("", line[end : end + MAX_CONTEXT_CHARS])[:1]
    decode = _remembered if end - start <= MAX_REMEMBERED_CHARS else _decoded_between
    return decode(before, line[start:end], after, patterns.codec, layers, known)


def _decoded_between(
    before: str, garbled: str, after: str, codec: str, layers: int, known: frozenset[str]
) -> str | None:
    """Do the same for a sequence between at most two characters before it and one after it."""
    patterns = codec_patterns(codec)
    if not patterns.sequences.fullmatch(garbled):
        return _decoded_with_losses(before, garbled, after, patterns, known)
    decoded = _from_utf8(bytes(map(patterns.byte.__getitem__, garbled)))
    if decoded is None:
        return None
    if layers > 1:
        # Plausibility depends on the neighbours, so they are included when the next layer is decoded.
        framed = redecoded(f"{before}{decoded}{after}", layers - 1)
        whole = framed.startswith(before) and framed.endswith(after)  # else one of them was decoded, too
        deeper = framed[len(before) : len(framed) - len(after)] if whole else decoded
        if deeper != decoded and is_plausible(deeper, before[-1:], after, known, certain=True):
            return deeper
    if codec in ANSI:
        decoded = decoded.translate(C1_TO_CP1252)
    certain = codec in ANSI and is_certain(garbled, before[-1:], after)
    plausible = (certain or patterns.expected.fullmatch(garbled) or len(decoded) > 2) and is_plausible(
        decoded, before[-1:], after, known, certain=certain
    )
    return decoded if plausible and not may_be_genuine(before, garbled, after, decoded, patterns) else None


_remembered = lru_cache(maxsize=4096)(_decoded_between)


def _from_utf8(raw: bytes) -> str | None:
    """Decode UTF-8, or CESU-8, in which the two surrogates of an emoji are encoded; None if it is neither."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        decoded = raw.decode("utf-8", "surrogatepass")
        return (
            SURROGATE_PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), decoded)
            .encode()
            .decode()
        )
    except UnicodeError:
        return None


def _decoded_with_losses(
    before: str, garbled: str, after: str, patterns: CodecPatterns, known: frozenset[str]
) -> str | None:
    """Decode a run in which bytes are lost: a space becomes the byte A0, and what is lost U+FFFD.

    It must have more whole sequences than damaged ones.
    """
    parts: list[str] = []
    at = whole = 0
    for found in patterns.sequence.finditer(garbled):
        parts += _damaged_sequences(garbled[at : found.start()], patterns)
        decoded = _from_utf8(bytes(map(patterns.byte.__getitem__, found[0])))
        if decoded is None:
            return None
        parts.append(decoded)
        at, whole = found.end(), whole + 1
    parts += _damaged_sequences(garbled[at:], patterns)
    text = "".join(parts)
    if 2 * whole < len(parts) or not any(map(family, text)):
        return None
    plausible = is_plausible(text, before[-1:], after, known)
    return text if plausible and not may_be_genuine(before, garbled, after, text, patterns) else None


def _damaged_sequences(garbled: str, patterns: CodecPatterns) -> Iterator[str]:
    """Yield the characters of adjacent sequences of which one byte is lost or has become a space."""
    leads = [at for at, character in enumerate(garbled) if patterns.byte.get(character, 0) >= 0xC2]
    for start, end in pairwise([*leads, len(garbled)]):
        spaced = _from_utf8(bytes(0xA0 if one == " " else patterns.byte.get(one, 0) for one in garbled[start:end]))
        yield spaced if spaced and "\0" not in spaced else "\ufffd"
