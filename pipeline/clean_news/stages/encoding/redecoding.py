"""UTF-8 that was read in a single-byte codec, sequence by sequence.

In ``caf√©`` the two bytes of ``é``, C3 A9, were read in mac-roman. Every codec has its own signs for the bytes
that begin a sequence and for those that go on with it. ftfy reads a whole line in one codec, or, where that
fails, the sequences of cp1252 alone; so a line that also has right characters, or cp850, would stay garbled.
Here every sequence is read by itself, layer by layer, and only if the result stands well.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from clean_news.stages.encoding.plausibility import is_latin, script, stands

# In the order in which they are tried; the most frequent first.
CODECS = (
    "cp1252", "iso8859-1", "iso8859-15", "cp1250", "iso8859-2", "cp1251", "mac-roman", "cp437", "cp850",
    "cp1254", "cp1253", "cp1257", "koi8-r",
)  # fmt: skip
LATIN_LEADS = (0xC2, 0xC3, 0xC4, 0xC5)
# In these codecs the bytes of other leads are letters, too, which stand beside continuations only in mojibake.
ANSI = frozenset({"cp1252", "iso8859-1", "iso8859-15", "cp1250", "iso8859-2", "cp1251", "cp1254", "cp1257"})
OTHER_LEADS = (0xC6, 0xC8, 0xCE, 0xCF, 0xD0, 0xD1, 0xD7, 0xD8, 0xD9)  # Vietnamese, Romanian; other scripts
OTHER_SCRIPTS = frozenset({"cp1251", "cp1253", "koi8-r"})
CLOSING = "’”…–—"  # behind a capital letter these may be themselves: “MAÇÔ
MATHS = "√≈ƒ─┼"  # signs that stand alone, too
UNMISTAKABLE = "£§©®°·¼½¾"  # in Cyrillic these stand behind no capital letter
LAYERS = 4


class Reader(NamedTuple):
    """A codec as a reader of UTF-8.

    Attributes:
        codec: its name in Python.
        signs: the character of every byte above ASCII; bytes without one have the control character.
        byte: the byte of every such character.
        sequence: what a sequence of UTF-8 looks like in it, of the characters that text has.
        sequences: one or more of them in a row.
        layered: two or more sequences of any characters: what is garbled twice has unlikely ones.
    """

    codec: str
    signs: dict[int, str]
    byte: dict[str, int]
    sequence: re.Pattern[str]
    sequences: re.Pattern[str]
    layered: re.Pattern[str]


@cache
def reader(codec: str) -> Reader:
    """The reader of a codec."""
    signs = {byte: bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(0x80, 0x100)}
    more = f"[{''.join(map(re.escape, (signs[byte] for byte in range(0x80, 0xC0))))}]"
    two = "".join(re.escape(signs[byte]) for byte in LATIN_LEADS + (OTHER_LEADS if codec in ANSI else ()))
    three = "".join(re.escape(signs[byte]) for byte in (0xE1, 0xE2, 0xEF))
    four = re.escape(signs[0xF0])
    one = f"(?:[{two}]{more}|[{three}]{more}{{2}}|{four}{more}{{3}})"
    two, three = ("".join(re.escape(signs[byte]) for byte in leads) for leads in (range(0xC2, 0xE0), range(0xE0, 0xF0)))
    any_one = f"(?:[{two}]{more}|[{three}]{more}{{2}}|{four}{more}{{3}})"
    return Reader(
        codec,
        signs,
        {sign: byte for byte, sign in signs.items()},
        re.compile(one),
        re.compile(f"{one}+"),
        re.compile(f"{any_one}{{2,}}"),
    )


@cache
def _any_sequence() -> re.Pattern[str]:
    """What every sequence begins with, in one codec or another; few lines have it."""
    leads: set[str] = set()
    more: set[str] = set()
    for codec in CODECS:
        for sign, byte in reader(codec).byte.items():
            (leads if byte >= 0xC2 else more).add(sign)
    return re.compile(f"[{''.join(map(re.escape, leads))}][{''.join(map(re.escape, more))}]")


def reread(line: str, layers: int = LAYERS) -> str:
    """The line with its garbled sequences read again; the longest first, as it is the least likely by chance.

    Args:
        line: the line; a part of one, if its neighbours do not matter.
        layers: how often it may have been garbled.
    """
    if not _any_sequence().search(line):
        return line
    pieces: list[tuple[int, int, str]] = []
    taken = bytearray(len(line))
    found = list(sequences(line))
    fits = fitting(line, found)
    for start, end, of_codec in sorted(found, key=lambda one: (one[0] - one[1], -fits[one[2].codec])):
        read = None if any(taken[start:end]) else _meant(line, start, end, of_codec, layers)
        if read is not None:
            pieces.append((start, end, read))
            taken[start:end] = b"\1" * (end - start)
    parts, at = [], 0
    for start, end, read in sorted(pieces):
        parts += [line[at:start], read]
        at = end
    return "".join([*parts, line[at:]])


def fitting(line: str, found: list[tuple[int, int, Reader]]) -> Counter[str]:
    """How many sequences of a line are good text in each codec: where two could read one, the line's own does."""
    codecs = {of_codec.codec for _, _, of_codec in found}
    if len(codecs) < 2:
        return Counter()
    return Counter(
        of_codec.codec for start, end, of_codec in found if _meant(line, start, end, of_codec, 1) is not None
    )


def sequences(line: str) -> Iterator[tuple[int, int, Reader]]:
    """What looks like sequences of UTF-8 in a line, each as a whole and, behind it, in its parts."""
    for of_codec in map(reader, CODECS):
        yield from ((*found.span(), of_codec) for found in of_codec.layered.finditer(line))
        for found in of_codec.sequences.finditer(line):
            yield *found.span(), of_codec
            parts = [part.span() for part in of_codec.sequence.finditer(line, *found.span())]
            yield from ((start, end, of_codec) for start, end in parts if len(parts) > 1)


def _meant(line: str, start: int, end: int, of_codec: Reader, layers: int) -> str | None:
    """What a sequence was, if that stands well; else None."""
    before, after = line[max(0, start - 2) : start], line[end : end + 1]
    try:
        read = bytes(map(of_codec.byte.__getitem__, line[start:end])).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if layers > 1:
        # Its neighbours decide about a letter, so they are there when the layer below is read.
        deeper = reread(f"{before}{read}{after}", layers - 1)[len(before) : -1 if after else None]
        if deeper != read and stands(deeper, before[-1:], after):
            return deeper
    if of_codec.codec in ANSI:
        read = read.translate(WINDOWS)
    stood = of_codec.sequences.fullmatch(line, start, end) and stands(read, before[-1:], after)
    return read if stood and not _is_itself(line, start, end, read, of_codec) else None


# What the control characters of latin-1 are in cp1252: a program between the two garbles left them.
WINDOWS = {byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xA0)}


def _is_itself(line: str, start: int, end: int, read: str, of_codec: Reader) -> bool:
    """Whether a sequence that could be read again may as well be what it is."""
    garbled, before, after = line[start:end], line[max(0, start - 1) : start], line[end : end + 1]
    further = line[max(0, start - 2) : max(0, start - 1)]
    if of_codec.codec in OTHER_SCRIPTS:
        # A Cyrillic or Greek letter and a sign make a sequence by chance, but not in a word of Latin letters.
        beside = script(before) in ("CYRILLIC", "GREEK") or script(after) in ("CYRILLIC", "GREEK")
        joined = any(side.isascii() and side.isalnum() for side in (before, after))
        return beside or not (joined or read in UNMISTAKABLE or len(read) > 2 or (len(garbled) > 2 and len(read) == 1))
    if len(read) > 1 or len(garbled) > 2:
        return False
    if garbled[-1] in CLOSING and read.isalpha() and not (after.isalpha() and after not in "sS"):
        return True
    if garbled[0] in MATHS and read.islower() and read != "à":
        return not is_latin(before) or (garbled[0] == "√" and not is_latin(after) and not is_latin(further))
    return False
