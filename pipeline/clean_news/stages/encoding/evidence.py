"""Reconstruct how a repaired sequence was garbled, as evidence for the log: its bytes and the codecs."""

import codecs
from functools import cache
from itertools import product
from typing import Any

from clean_news.stages.encoding.codec_patterns import CODECS, codec_patterns
from clean_news.stages.encoding.redecoding import MAX_LAYERS


def evidence_of(before: str, after: str) -> dict[str, Any]:
    """Find the codecs that turn the repaired text into the garbled one.

    Args:
        before: the garbled text.
        after: the repaired text.

    Returns:
        ``bytes``, in hex, of the original encoding; ``written_in`` and ``read_in``, the codecs of encoding and
        decoding; and ``times`` if it was garbled more than once. Empty if no combination of codecs is found.

    >>> evidence_of("â€™", "’")
    {'bytes': 'e2 80 99', 'written_in': 'utf-8', 'read_in': 'cp1252'}
    """
    pairs = dict.fromkeys([(before, after), _without_common_ends(before, after)])
    return next((found for pair in pairs if (found := _one_codec(*pair))), {})


def _one_codec(before: str, after: str) -> dict[str, Any]:
    """Find the evidence for a sequence without correct characters: one codec, else two, else cp1252."""
    if not after:
        return {}
    for codec in CODECS:
        text = after
        for times in range(1, MAX_LAYERS + 1):
            text = garbled(text, codec)
            if text == before:
                found = {"bytes": after.encode().hex(" "), "written_in": "utf-8", "read_in": codec}
                return found | ({"times": times} if times > 1 else {})
    return _two_codecs(before, after) or _cp1252_as_latin1(before, after)


def _two_codecs(before: str, after: str) -> dict[str, Any]:
    """Find the evidence for a text that was garbled in one codec and then in another."""
    for first, second in product(CODECS, CODECS):
        if garbled(garbled(after, first), second) == before:
            return {"bytes": after.encode().hex(" "), "written_in": "utf-8", "read_in": [first, second]}
    return {}


def _cp1252_as_latin1(before: str, after: str) -> dict[str, Any]:
    """Find the evidence for cp1252 decoded as latin-1, which turns its punctuation into C1 control characters."""
    try:
        raw = after.encode("cp1252")
    except UnicodeEncodeError:
        return {}
    read = raw.decode("latin-1")
    found: dict[str, Any] = {"bytes": raw.hex(" "), "written_in": "cp1252", "read_in": "iso8859-1"}
    if read == before:
        return found
    # Garbled once more, as in Â’.
    codec = next((codec for codec in CODECS if garbled(read, codec) == before), None)
    return found | {"read_in": ["iso8859-1", "utf-8", codec]} if codec else {}


def garbled(text: str, codec: str) -> str:
    """Encode text in UTF-8 and decode it in a single-byte codec."""
    return codecs.charmap_decode(text.encode(), "strict", _decoding_table(codec))[0]


@cache
def _decoding_table(codec: str) -> str:
    """The character of every byte in a codec, at the byte's place."""
    characters = codec_patterns(codec).characters
    return "".join(characters.get(byte, chr(byte)) for byte in range(0x100))


def _without_common_ends(before: str, after: str) -> tuple[str, str]:
    """Strip the common prefix and suffix: correct characters next to a garbled sequence."""
    shorter = min(len(before), len(after))
    last = next((at for at in range(shorter) if before[-1 - at] != after[-1 - at]), shorter)
    before, after = before[: len(before) - last], after[: len(after) - last]
    first = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    first = min(len(before), len(after)) if first is None else first
    return before[first:], after[first:]
