"""How UTF-8 looks when it is decoded in a single-byte codec: the patterns of each codec.

In ``caf√©`` the two bytes of ``é``, C3 A9, were decoded as mac-roman. Each codec has its own characters for the lead
bytes and the continuation bytes of UTF-8.
"""

import re
from functools import cache
from typing import NamedTuple

# In the order in which they are tried; the most frequent first.
CODECS = (
    "cp1252", "iso8859-1", "iso8859-15", "cp1250", "iso8859-2", "cp1251", "mac-roman", "cp437", "cp850",
    "cp1254", "cp1253", "cp1257", "koi8-r",
)  # fmt: skip
# In these codecs the other lead bytes are letters too, and are followed by continuation bytes only in mojibake.
ANSI = frozenset({"cp1252", "iso8859-1", "iso8859-15", "cp1250", "iso8859-2", "cp1251", "cp1254", "cp1257"})
OEM = frozenset({"cp437", "cp850"})
LATIN_LEADS = (0xC2, 0xC3, 0xC4, 0xC5)
OTHER_LEADS = (0xC6, 0xC7, 0xC8, 0xC9, 0xCC, 0xCE, 0xCF, 0xD0, 0xD1, 0xD7, 0xD8, 0xD9)  # other languages and scripts
# Leads whose continuation byte A0, a no-break space, may have become a space: of Greek, Cyrillic, Hebrew, Arabic.
SPACED_LEADS = (0xCE, 0xD0, 0xD7, 0xD9)
LOST = "\ufffd\x1a"


class CodecPatterns(NamedTuple):
    """How UTF-8 looks when it is decoded in a single-byte codec.

    Attributes:
        codec: its name in Python.
        characters: the character of every byte above 0x7F; undefined bytes have the C1 control character.
        byte: the byte of each of these characters.
        sequence: matches the UTF-8 sequence of any character.
        expected: matches a run of sequences of characters that are expected in text.
        sequences: matches one or more sequences in a row.
        lossy: matches runs of sequences in which continuation bytes may be lost or have become a space.
    """

    codec: str
    characters: dict[int, str]
    byte: dict[str, int]
    sequence: re.Pattern[str]
    expected: re.Pattern[str]
    sequences: re.Pattern[str]
    lossy: re.Pattern[str]


@cache
def _characters(codec: str) -> dict[int, str]:
    """Return the character of every byte above 0x7F in a codec; undefined bytes have the C1 control character."""
    return {byte: bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(0x80, 0x100)}


@cache
def codec_patterns(codec: str) -> CodecPatterns:
    """Build the patterns of a codec."""
    characters = _characters(codec)

    def one_of(*ranges: "range | tuple[int, ...]") -> str:
        return "[" + "".join(re.escape(characters[byte]) for bytes_ in ranges for byte in bytes_) + "]"

    more = one_of(range(0x80, 0xC0))
    two, three, four = one_of(range(0xC2, 0xE0)), one_of(range(0xE0, 0xF0)), one_of((0xF0, 0xF3))
    others = OTHER_LEADS if codec in ANSI else (0xC8,) if codec in OEM else ()
    likely = one_of(LATIN_LEADS, others)
    any_one = f"(?:{two}{more}|{three}{more}{{2}}|{four}{more}{{3}})"
    expected = f"(?:{likely}{more}|{three}{more}{{2}}|{four}{more}{{3}})"
    lead = one_of(range(0xC2, 0xF0))
    damaged = (
        f"{two}[{LOST}]|{one_of(SPACED_LEADS)}[ ](?={lead})"
        f"|{three}(?:[ {LOST}]{more}|{more}(?:[{LOST}]|[ ](?={lead})))"
        f"|{four}(?:{more}{more}[{LOST}]|{more}[{LOST}]{{1,2}}{more}?)"
    )
    return CodecPatterns(
        codec,
        characters,
        {character: byte for byte, character in characters.items()},
        re.compile(any_one),
        re.compile(f"{expected}+"),
        re.compile(f"{any_one}+"),
        re.compile(f"(?:{any_one}|{damaged}){{2,}}"),
    )


@cache
def any_sequence() -> re.Pattern[str]:
    """Return a pattern that every sequence of any codec matches at its start; few lines match it."""
    leads: set[str] = set()
    more: set[str] = set()
    for codec in CODECS:
        for byte, character in _characters(codec).items():
            (leads if byte >= 0xC2 else more).add(character)
    return re.compile(f"[{''.join(map(re.escape, leads))}][{''.join(map(re.escape, more))}]")
