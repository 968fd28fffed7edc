r"""Detects UTF-8 with stray bytes of a single-byte codec, as when files in two charsets were joined.

In ``caf\xc3\xa9 … it\x92s`` the first character is UTF-8 and the second cp1252. No single codec reads both: as UTF-8
the apostrophe is lost, as cp1252 every other character is garbled. Here the bytes that are not UTF-8 are read in the
codec in which the whole text is likeliest (:mod:`clean_news.charsets.likelihood`), if that is likelier than the whole
in one single-byte codec. This works line by line, paragraph by paragraph and inside a line.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from clean_news.charsets.likelihood import likelihood

STRAY_BYTE = re.compile("[\udc80-\udcff]")  # surrogateescape decodes an invalid byte to one of these
WHOLE_CHARACTER = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
TOUCHING = re.compile(
    "(?<=[\udc80-\udcff])[\x80-\ud7ff\ue000-\U0010ffff]|[\x80-\ud7ff\ue000-\U0010ffff](?=[\udc80-\udcff])"
)
MIN_CHARACTERS_PER_TOUCHING = 3  # a character that touches a stray byte is rare where both are text
MIXED_LOG_PRIOR = -2.0  # natural log of the frequency of mixed files relative to those in one single-byte codec
MIN_LOG_PER_STRAY = (
    -6.0
)  # mean natural log probability of a stray byte's character and its codec; below, they are damage
MAX_UNDEFINED_SHARE = 0.1  # of the stray bytes, in their codec
MAX_SAMPLE_CHARS = 1 << 15  # of the lines with stray bytes, and of those with other characters above ASCII


class Mixture(NamedTuple):
    """A reading of UTF-8 with stray bytes.

    Attributes:
        codec: the single-byte codec of the stray bytes.
        strays: number of stray bytes.
        characters: number of characters above ASCII that are UTF-8.
    """

    codec: str
    strays: int
    characters: int


def mixture(text: str, log_priors: Mapping[str, float]) -> Mixture | None:
    """Find the codec of the stray bytes of a text; None if they make no likely text in any.

    Args:
        text: bytes decoded as UTF-8 with ``surrogateescape``.
        log_priors: the single-byte codecs that come into question, and the natural log of their frequency.
    """
    strays, characters = len(STRAY_BYTE.findall(text)), len(WHOLE_CHARACTER.findall(text))
    # In other multi-byte codecs, and in Cyrillic words, some bytes are UTF-8 by chance, among others that are not.
    if not strays or characters <= MIN_CHARACTERS_PER_TOUCHING * len(TOUCHING.findall(text)):
        return None
    sample = _sample(text)
    raw = sample.encode("utf-8", "surrogateescape")
    without = likelihood(STRAY_BYTE.sub("", sample)).log
    sampled = len(STRAY_BYTE.findall(sample))
    logs = {codec: likelihood(with_strays(sample, codec)).log for codec in log_priors}
    best = max(log_priors, key=lambda codec: log_priors[codec] + logs[codec])
    undefined = len(STRAY_BYTE.findall(with_strays(sample, best)))
    if (
        log_priors[best] + logs[best] - without < MIN_LOG_PER_STRAY * sampled
        or undefined > MAX_UNDEFINED_SHARE * sampled
    ):
        return None
    single = max(prior + likelihood(raw.decode(codec, "replace")).log for codec, prior in log_priors.items())
    if MIXED_LOG_PRIOR + log_priors[best] + logs[best] < single:
        return None
    return Mixture(best, strays, characters)


def with_strays(text: str, codec: str) -> str:
    """Read the stray bytes of a text in a codec; those that it does not define stay surrogates."""
    return STRAY_BYTE.sub(lambda stray: character_of(stray[0], codec), text)


def character_of(stray: str, codec: str) -> str:
    """Return the character of a stray byte in a codec, or the surrogate itself."""
    return bytes([ord(stray) & 0xFF]).decode(codec, "ignore") or stray


def _sample(text: str) -> str:
    """Return lines with stray bytes and lines with whole characters above ASCII, up to a limit of each."""
    lines = [line for line in re.split(r"[\r\n]+", text) if not line.isascii()]
    with_strays_: list[str] = []
    without: list[str] = []
    for line in lines:
        (with_strays_ if STRAY_BYTE.search(line) else without).append(_near_above_ascii(line))
    return "\n".join(("\n".join(with_strays_)[:MAX_SAMPLE_CHARS], "\n".join(without)[:MAX_SAMPLE_CHARS]))


def _near_above_ascii(line: str) -> str:
    """Return a line from shortly before its first character above ASCII, so that a long one fits into the sample."""
    first = next((at for at, character in enumerate(line) if character > "\x7f"), 0)
    return line[max(0, first - 40) :]
