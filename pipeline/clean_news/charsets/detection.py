"""Detects the codec of an article's bytes.

English news has too few bytes above ASCII for a statistical detector: for "It’s over." in cp1252, chardet 7.7 returns
mac-roman. Conclusive evidence is therefore tried first (byte order mark, valid UTF-8, the NULs of UTF-16), then the
codec with the most probable text (:mod:`clean_news.charsets.likelihood`: a ``’`` between letters, a ``£`` before a
digit, ``ř`` in a Czech name). chardet is used for text mostly in another script, and for text that is improbable in
every codec. A charset that the source declares is used if the bytes support it.
"""

import codecs
import math
import re
from typing import NamedTuple

from clean_news.charsets.declared import codec_of, declared_charset
from clean_news.charsets.likelihood import likelihood
from clean_news.charsets.mixed import mixture


class Detection(NamedTuple):
    """A detected codec.

    Attributes:
        codec: Python's name of the codec.
        confidence: 0–1.
        why: the reason for choosing it, for people.
        bom: the byte order mark at the start of the bytes; empty if there is none.
        cut: number of bytes at the end that are not a whole unit of UTF-16 or UTF-32.
        likely: whether it was chosen by the likelihood of its text.
        language: the language of the letters above ASCII in that text; empty if there are none.
        stray_codec: the single-byte codec of the bytes that are not UTF-8; empty if they are read in none.
    """

    codec: str
    confidence: float
    why: str
    bom: bytes = b""
    cut: int = 0
    likely: bool = False
    language: str = ""
    stray_codec: str = ""


# UTF-32 first: its little-endian mark begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Natural log of the relative frequency of each codec among English articles that are not in a Unicode codec, by our own
# estimate. Latin-1 is missing, because its labels mean cp1252 on the web.
CODEC_LOG_PRIORS = {
    "cp1252": 0.0,
    "mac-roman": -2.0,
    "cp850": -3.0,
    "cp1250": -2.5,
    "cp437": -3.5,
    "cp1254": -2.0,
    "cp1251": -3.0,
    "iso8859-15": -3.0,
    "iso8859-2": -3.5,
    "cp1257": -4.0,
    "cp1253": -4.0,
    "koi8-r": -4.0,
    "cp852": -4.5,
    "cp866": -5.0,
    "iso8859-7": -5.0,
    "iso8859-5": -5.5,
}
OTHER_SCRIPTS = frozenset({"Russian", "Ukrainian", "Greek"})
OVERRULE_MARGIN = 4.0  # nats by which another codec's log likelihood must be higher to overrule a declaration
UNMODELLED_SCRIPT = re.compile("[\u0530-\u1dff\u3040-\ufdff]")  # letters of scripts that are not in letters.tsv
MIXED_SCRIPT_WORD = re.compile("[A-Za-z][\u0530-\u1dff\u3040-\ufdff]|[\u0530-\u1dff\u3040-\ufdff][A-Za-z]")
MIN_LOG_PER_CHARACTER = -7.0  # mean natural log probability of the characters above ASCII; below, no codec fits
EUROPEAN_CODECS = (
    "cp1252",
    "mac-roman",
    "cp850",
    "cp1250",
    "iso8859-1",
    "iso8859-2",
    "iso8859-15",
    "cp437",
    "cp1251",
    "koi8-r",
    "cp1253",
    "cp1254",
)
ALL_CODECS = (*EUROPEAN_CODECS, "cp866", "cp1255", "cp1256", "cp932", "euc-jp", "gb18030", "big5hkscs", "cp949")
ABOVE_ASCII = re.compile(r"[^\x00-\x7f]")
UNDECODED_BYTE = re.compile("[\udc80-\udcff]")  # surrogateescape decodes an invalid byte to one of these
THREE_BYTES = re.compile("[\u0800-\ud7ff\ue000-\U0010ffff]")  # or four, in UTF-8: hardly ever by chance
ASCII_BYTES = bytes(range(0x80))
SAMPLE_BYTES = 1 << 16  # enough to distinguish codecs
MAX_LATIN_SHARE = 0.1  # of bytes above ASCII in Latin script: .00–.03 in English, up to .08 in other languages
MIN_OTHER_SCRIPT_SHARE = 0.5  # of bytes above ASCII in text of another script, including spaces and punctuation


def detect(raw: bytes, declared: str | None = None) -> Detection:
    """Detect the codec of an article's bytes; if nothing fits, cp1252 with confidence 0.

    Args:
        raw: the raw bytes.
        declared: the charset that their source declares, if any. A declaration in the bytes themselves, as HTML or XML,
            is used if this one is missing or overruled.
    """
    for mark, codec in BYTE_ORDER_MARKS:
        if raw.startswith(mark) and _decodable(raw[len(mark) :], codec):
            unit = 4 if codec.startswith("utf-32") else 2
            return Detection(codec, 1.0, "byte order mark", mark, len(raw) % unit)
    mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    body = raw[len(mark) :]
    found = _detect_unmarked(body)
    for label, where in ((declared, ""), (declared_charset(body), " in the text")):
        if label and not mark:
            found = _reconciled(body, found, label, where)
            if found.why.startswith("declared"):
                break
    return found._replace(bom=mark)


def _detect_unmarked(body: bytes) -> Detection:
    """The codec of bytes without a byte order mark."""
    if not body.isascii():
        return _by_utf8(body) or _by_nul_bytes(body) or _by_likelihood(body) or _by_chardet(body)
    return _by_nul_bytes(body) or Detection("utf-8", 1.0, "ASCII")


def _reconciled(body: bytes, found: Detection, label: str, where: str) -> Detection:
    """Combine the detected codec with a declared charset; ``why`` says which was used.

    Args:
        body: the bytes.
        found: their detected codec.
        label: the declared charset.
        where: where it is declared, for people; empty or beginning with a space.
    """
    codec = codec_of(label)
    if codec == found.codec or (codec and body.isascii() and found.codec == "utf-8" and not is_wide(codec)):
        return found._replace(why=f"declared as {label}{where}; {found.why}")
    objection = "there is no such charset" if codec is None else _objection_to(codec, body, found)
    if codec is None or objection:
        return found._replace(why=f"{found.why}; declared as {label}{where}, which is overruled: {objection}")
    return Detection(codec, max(0.9, found.confidence), f"declared as {label}{where}, and the text is likely in it")


def _objection_to(codec: str, body: bytes, found: Detection) -> str:
    """Why the bytes cannot be in a declared codec; empty if they may be."""
    if is_wide(codec) or is_wide(found.codec):
        return "the bytes show another width of characters"
    if found.codec == "utf-8" and found.confidence == 1.0:
        return "the bytes are valid UTF-8, which is hardly chance"
    if found.stray_codec:
        return "some characters are valid UTF-8, and the text is likelier with them"
    try:
        read = body.decode(codec)
    except UnicodeDecodeError as error:
        return f"byte {error.start}, {body[error.start : error.end].hex(' ')}, is no character in it"
    if found.codec == "utf-8":
        return "most characters are valid UTF-8"
    other = found.language in OTHER_SCRIPTS and UNMODELLED_SCRIPT.search(read) and not MIXED_SCRIPT_WORD.search(read)
    if not found.likely or other:
        return ""  # there is no better alternative
    better = likelihood(body.decode(found.codec, "replace")).log - likelihood(read).log
    return f"the text is likelier in {found.codec}" if better > OVERRULE_MARGIN else ""


def is_wide(codec: str) -> bool:
    """Return whether a codec has code units of two or four bytes."""
    return codec.startswith(("utf-16", "utf-32"))


def _decodable(body: bytes, codec: str) -> bool:
    """Whether the whole units of the body decode to code points (including surrogates)."""
    unit = 4 if codec.startswith("utf-32") else 2
    try:
        body[: len(body) - len(body) % unit].decode(codec, "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _by_nul_bytes(body: bytes) -> Detection | None:
    """Detect UTF-16 and UTF-32 without a byte order mark: in English text, one byte of two, three of four are NUL."""
    if b"\0" not in body[:4096]:
        return None
    quads = min(len(body), 4096) / 4
    counts = [body[at:4096:4].count(0) for at in range(4)]
    for codec, letter in (("utf-32-le", 0), ("utf-32-be", 3)):
        others = [count for at, count in enumerate(counts) if at != letter]
        if quads >= 2 and min(others) > 0.6 * quads and counts[letter] < 0.05 * quads + 1 and _decodable(body, codec):
            return Detection(codec, 0.95, "NUL at three of four bytes", cut=len(body) % 4)
    even, odd = body[0:4096:2].count(0), body[1:4096:2].count(0)
    pairs = min(len(body), 4096) / 2
    for codec, nul, other in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if nul > 0.6 * pairs and other < 0.05 * pairs and _decodable(body, codec):
            return Detection(codec, 0.95, "NUL at every second byte", cut=len(body) % 2)
    return None


def _by_utf8(body: bytes) -> Detection | None:
    """Detect UTF-8, even if some bytes are those of another codec, or a few are damaged."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "surrogateescape")
    else:
        # UTF-16 without a byte order mark may be valid UTF-8 as well; the NULs distinguish them.
        return _by_nul_bytes(body) or Detection("utf-8", 1.0, "valid UTF-8")
    if mixed := mixture(text, CODEC_LOG_PRIORS):
        share = mixed.characters / (mixed.characters + mixed.strays)
        bytes_ = "1 byte" if mixed.strays == 1 else f"{mixed.strays} bytes"
        why = f"UTF-8 mixed with {bytes_} in {mixed.codec}; characters above ASCII in UTF-8: {mixed.characters}"
        return Detection("utf-8", max(0.5, share), why, stray_codec=mixed.codec)
    damaged = len(UNDECODED_BYTE.findall(text))
    characters = len(ABOVE_ASCII.findall(text)) - damaged
    # In single-byte codecs, consecutive bytes above ASCII are rarely valid UTF-8 by chance.
    if characters + 2 * len(THREE_BYTES.findall(text)) < 2 * damaged:
        return None
    confidence = characters / (characters + damaged)
    return Detection("utf-8", confidence, f"UTF-8 but for {damaged} damaged bytes; {characters} characters are whole")


def _by_likelihood(body: bytes) -> Detection | None:
    """Detect the single-byte codec whose text is most probable; None if the text is improbable in all of them."""
    first = len(body) - len(body.lstrip(ASCII_BYTES))
    sample = body[max(0, first - 40) : first + SAMPLE_BYTES]  # with the letters before it, as it may be inside a word
    above = len(sample.translate(None, ASCII_BYTES))
    texts = {codec: sample.decode(codec, "replace") for codec in CODEC_LOG_PRIORS}
    found = {codec: likelihood(text) for codec, text in texts.items()}
    scores = {codec: CODEC_LOG_PRIORS[codec] + found[codec].log for codec in CODEC_LOG_PRIORS}
    best = max(scores, key=scores.__getitem__)
    other_script = found[best].language in OTHER_SCRIPTS
    if found[best].log < MIN_LOG_PER_CHARACTER * above or (
        other_script and above > MIN_OTHER_SCRIPT_SHARE * len(sample)
    ):
        return None
    second = max((score for codec, score in scores.items() if texts[codec] != texts[best]), default=-math.inf)
    letters = f", letters of {found[best].language} names" if found[best].language else ""
    why = f"{above} bytes above ASCII make the likeliest text in {best}{letters}"
    return Detection(
        best,
        max(0.5, min(0.99, 1 / (1 + math.exp(second - scores[best])))),
        why,
        likely=True,
        language=found[best].language,
    )


def _by_chardet(body: bytes) -> Detection:
    """Detect the codec with chardet, restricted to European codecs if the bytes are mostly ASCII."""
    from chardet import detect as ask  # imported here because the CLI must start fast

    above = body.translate(None, ASCII_BYTES)
    allowed = EUROPEAN_CODECS if len(above) <= MAX_LATIN_SHARE * len(body) else ALL_CODECS
    answer = ask(body, compat_names=False, include_encodings=allowed)
    codec = codec_of(answer["encoding"] or "")
    if codec is None:
        return Detection("cp1252", 0.0, "nothing fits; cp1252 is the most frequent codec of Western text")
    return Detection(
        codec, float(answer["confidence"]), f"chardet: {answer['encoding']}, language {answer['language']}"
    )
