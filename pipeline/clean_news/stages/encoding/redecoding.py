"""Decode UTF-8 that was decoded in a single-byte codec, sequence by sequence.

In ``caf√©`` the two bytes of ``é``, C3 A9, were decoded as mac-roman. Each codec has its own characters for the lead
bytes and the continuation bytes of UTF-8. ftfy decodes a whole line in one codec or, if that fails, only the sequences
of cp1252, so a line that also has correct characters, or one in cp850, would stay garbled. Here every sequence is
decoded separately, layer by layer, and only if the result is plausible.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from clean_news.stages.encoding.plausibility import is_latin, is_plausible, script

# In the order in which they are tried; the most frequent first.
CODECS = (
    "cp1252", "iso8859-1", "iso8859-15", "cp1250", "iso8859-2", "cp1251", "mac-roman", "cp437", "cp850",
    "cp1254", "cp1253", "cp1257", "koi8-r",
)  # fmt: skip
LATIN_LEADS = (0xC2, 0xC3, 0xC4, 0xC5)
# In these codecs the other lead bytes are letters too, and are followed by continuation bytes only in mojibake.
ANSI = frozenset({"cp1252", "iso8859-1", "iso8859-15", "cp1250", "iso8859-2", "cp1251", "cp1254", "cp1257"})
OTHER_LEADS = (0xC6, 0xC8, 0xCE, 0xCF, 0xD0, 0xD1, 0xD7, 0xD8, 0xD9)  # Vietnamese, Romanian; other scripts
OTHER_SCRIPTS = frozenset({"cp1251", "cp1253", "koi8-r"})
CLOSING = "’”…–—"  # after a capital letter these may be genuine: “MAÇÔ
MATHS = "√≈ƒ─┼"  # symbols that also occur on their own
UNMISTAKABLE = "£§©®°·¼½¾"  # these do not follow a capital letter in Cyrillic text
MAX_LAYERS = 4  # times that a text may have been garbled
# Short sequences recur, and decoding one tries every codec at every layer: up to half a millisecond a character.
MAX_REMEMBERED_CHARS = 16


class CodecPatterns(NamedTuple):
    """How UTF-8 looks when it is decoded in a single-byte codec.

    Attributes:
        codec: its name in Python.
        characters: the character of every byte above 0x7F; undefined bytes have the C1 control character.
        byte: the byte of each of these characters.
        sequence: matches a UTF-8 sequence of a character that is expected in text.
        sequences: matches one or more of them in a row.
        layered: matches two or more sequences of any characters, since text garbled twice has unlikely ones.
    """

    codec: str
    characters: dict[int, str]
    byte: dict[str, int]
    sequence: re.Pattern[str]
    sequences: re.Pattern[str]
    layered: re.Pattern[str]


@cache
def codec_patterns(codec: str) -> CodecPatterns:
    """Build the patterns of a codec."""
    characters = {byte: bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(0x80, 0x100)}
    more = f"[{''.join(map(re.escape, (characters[byte] for byte in range(0x80, 0xC0))))}]"
    two = "".join(re.escape(characters[byte]) for byte in LATIN_LEADS + (OTHER_LEADS if codec in ANSI else ()))
    three = "".join(re.escape(characters[byte]) for byte in (0xE1, 0xE2, 0xEF))
    four = re.escape(characters[0xF0])
    one = f"(?:[{two}]{more}|[{three}]{more}{{2}}|{four}{more}{{3}})"
    two, three = (
        "".join(re.escape(characters[byte]) for byte in leads) for leads in (range(0xC2, 0xE0), range(0xE0, 0xF0))
    )
    any_one = f"(?:[{two}]{more}|[{three}]{more}{{2}}|{four}{more}{{3}})"
    return CodecPatterns(
        codec,
        characters,
        {character: byte for byte, character in characters.items()},
        re.compile(one),
        re.compile(f"{one}+"),
        re.compile(f"{any_one}{{2,}}"),
    )


@cache
def _any_sequence() -> re.Pattern[str]:
    """A pattern that every sequence of any codec matches at its start; few lines match it."""
    leads: set[str] = set()
    more: set[str] = set()
    for codec in CODECS:
        for character, byte in codec_patterns(codec).byte.items():
            (leads if byte >= 0xC2 else more).add(character)
    return re.compile(f"[{''.join(map(re.escape, leads))}][{''.join(map(re.escape, more))}]")


def redecoded(line: str, layers: int = MAX_LAYERS) -> str:
    """Decode the garbled sequences of a line again, the longest first because it is the least likely coincidence.

    Args:
        line: the line, or a part of one whose context does not matter.
        layers: maximum number of times that it may have been garbled.

    Returns:
        The line with the decoded sequences; the line itself if there are none.
    """
    if not _any_sequence().search(line):
        return line
    pieces: list[tuple[int, int, str]] = []
    taken = bytearray(len(line))
    found = list(_sequences(line))
    counts = _plausible_counts(line, found)
    for start, end, patterns in sorted(found, key=lambda one: (one[0] - one[1], -counts[one[2].codec])):
        decoded = None if taken.find(1, start, end) >= 0 else _decoded(line, start, end, patterns, layers)
        if decoded is not None:
            pieces.append((start, end, decoded))
            taken[start:end] = b"\1" * (end - start)
    parts, at = [], 0
    for start, end, decoded in sorted(pieces):
        parts += [line[at:start], decoded]
        at = end
    return "".join([*parts, line[at:]])


def _plausible_counts(line: str, found: list[tuple[int, int, CodecPatterns]]) -> Counter[str]:
    """Count the plausible sequences of a line by codec, to prefer the codec that fits the line best.

    Empty if there is only one codec.
    """
    codecs = {patterns.codec for _, _, patterns in found}
    if len(codecs) < 2:
        return Counter()
    return Counter(
        patterns.codec for start, end, patterns in found if _decoded(line, start, end, patterns, 1) is not None
    )


def _sequences(line: str) -> Iterator[tuple[int, int, CodecPatterns]]:
    """Yield what looks like runs of UTF-8 sequences in a line, each followed by its single sequences."""
    for patterns in map(codec_patterns, CODECS):
        yield from ((*found.span(), patterns) for found in patterns.layered.finditer(line))
        for found in patterns.sequences.finditer(line):
            yield *found.span(), patterns
            parts = [part.span() for part in patterns.sequence.finditer(line, *found.span())]
            yield from ((start, end, patterns) for start, end in parts if len(parts) > 1)


def _decoded(line: str, start: int, end: int, patterns: CodecPatterns, layers: int) -> str | None:
    """Decode a sequence; None if it is invalid, implausible in context, or possibly genuine."""
    before, after = line[max(0, start - 2) : start], line[end : end + 1]
    decode = _remembered if end - start <= MAX_REMEMBERED_CHARS else _decoded_between
    return decode(before, line[start:end], after, patterns.codec, layers)


def _decoded_between(before: str, garbled: str, after: str, codec: str, layers: int) -> str | None:
    """Do the same for a sequence between at most two characters before it and one after it."""
    patterns = codec_patterns(codec)
    try:
        decoded = bytes(map(patterns.byte.__getitem__, garbled)).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if layers > 1:
        # Plausibility depends on the neighbours, so they are included when the next layer is decoded.
        deeper = redecoded(f"{before}{decoded}{after}", layers - 1)[len(before) : -1 if after else None]
        if deeper != decoded and is_plausible(deeper, before[-1:], after):
            return deeper
    if codec in ANSI:
        decoded = decoded.translate(C1_TO_CP1252)
    plausible = patterns.sequences.fullmatch(garbled) and is_plausible(decoded, before[-1:], after)
    return decoded if plausible and not _may_be_genuine(before, garbled, after, decoded, patterns) else None


_remembered = lru_cache(maxsize=4096)(_decoded_between)


# The C1 control characters of latin-1 as characters of cp1252: a program between two garblings left them.
C1_TO_CP1252 = {byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xA0)}


def _may_be_genuine(two_before: str, garbled: str, after: str, decoded: str, patterns: CodecPatterns) -> bool:
    """Whether a sequence that can be decoded is as likely to be genuine text."""
    before, further = two_before[-1:], two_before[:-1]
    if patterns.codec in OTHER_SCRIPTS:
        # A Cyrillic or Greek letter and a symbol form a sequence by coincidence, but not in a word of Latin letters.
        adjacent = script(before) in ("CYRILLIC", "GREEK") or script(after) in ("CYRILLIC", "GREEK")
        joined = any(side.isascii() and side.isalnum() for side in (before, after))
        single = len(garbled) > 2 and len(decoded) == 1
        return adjacent or not (joined or decoded in UNMISTAKABLE or len(decoded) > 2 or single)
    if len(decoded) > 1 or len(garbled) > 2:
        return False
    if garbled[-1] in CLOSING and decoded.isalpha() and not (after.isalpha() and after not in "sS"):
        return True
    if garbled[0] in MATHS and decoded.islower() and decoded != "à":
        return not is_latin(before) or (garbled[0] == "√" and not is_latin(after) and not is_latin(further))
    return False
