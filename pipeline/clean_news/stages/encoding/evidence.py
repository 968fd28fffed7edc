"""What the log says about a repaired sequence: its bytes, and the codecs it went through."""

from itertools import product
from typing import Any

from clean_news.stages.encoding.redecoding import CODECS, LAYERS, reader


def evidence_of(before: str, after: str) -> dict[str, Any]:
    """How the right text became the garbled one, checked forwards; empty if no one codec leads there.

    Args:
        before: the garbled text.
        after: what it was repaired to.

    Returns:
        ``bytes`` in hex as they were written, ``written_in``, ``read_in``, and ``times`` if more than one.

    >>> evidence_of("â€™", "’")
    {'bytes': 'e2 80 99', 'written_in': 'utf-8', 'read_in': 'cp1252'}
    """
    pairs = dict.fromkeys([(before, after), _without_common_ends(before, after)])
    return next((found for pair in pairs if (found := _of_garbled(*pair))), {})


def _of_garbled(before: str, after: str) -> dict[str, Any]:
    """The evidence for a sequence that touches no right character."""
    if not after:
        return {}
    for codec in CODECS:
        text = after
        for times in range(1, LAYERS + 1):
            text = garbled(text, codec)
            if text == before:
                found = {"bytes": after.encode().hex(" "), "written_in": "utf-8", "read_in": codec}
                return found | ({"times": times} if times > 1 else {})
    return _of_two_codecs(before, after) or _of_cp1252(before, after)


def _of_two_codecs(before: str, after: str) -> dict[str, Any]:
    """The evidence where a text was garbled in one codec and then in another."""
    for first, second in product(CODECS, CODECS):
        if garbled(garbled(after, first), second) == before:
            return {"bytes": after.encode().hex(" "), "written_in": "utf-8", "read_in": [first, second]}
    return {}


def _of_cp1252(before: str, after: str) -> dict[str, Any]:
    """The evidence where cp1252 was read as latin-1, so that control characters stood for its signs."""
    try:
        raw = after.encode("cp1252")
    except UnicodeEncodeError:
        return {}
    read = raw.decode("latin-1")
    found: dict[str, Any] = {"bytes": raw.hex(" "), "written_in": "cp1252", "read_in": "iso8859-1"}
    if read == before:
        return found
    # And then once more, as Â’ and the like.
    codec = next((codec for codec in CODECS if garbled(read, codec) == before), None)
    return found | {"read_in": ["iso8859-1", "utf-8", codec]} if codec else {}


def garbled(text: str, codec: str) -> str:
    """Text written in UTF-8 and read in a single-byte codec."""
    return "".join(chr(byte) if byte < 0x80 else reader(codec).signs[byte] for byte in text.encode())


def _without_common_ends(before: str, after: str) -> tuple[str, str]:
    """The two without what both begin and end with: right characters that touch a garbled sequence."""
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    return before, after
