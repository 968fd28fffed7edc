"""Declared charsets: resolves labels to codecs and reads declarations in HTML and XML.

Declarations are often wrong, so :func:`clean_news.charsets.detection.detect` checks them against the bytes. Labels are
resolved as on the web (https://encoding.spec.whatwg.org) by webencodings: ``latin-1`` means cp1252.
"""

import codecs
import re
from functools import lru_cache

# Codecs for the web's encodings where Python's codec of the same name is a subset, or is missing.
WEB_CODECS = {
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "iso-8859-8-i": "iso8859-8",
    "shift_jis": "cp932",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
}
MARKUP_START = re.compile(rb"\A\s*+<(?:!doctype|!--|\?xml|html|head|meta|title|body)\b", re.IGNORECASE)
XML_ENCODING = re.compile(rb"\A\s*+<\?xml\b[^>]*?\bencoding\s*=\s*[\"']\s*([\w.:-]+)", re.IGNORECASE)
META_CHARSET = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
HTML_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
MAX_DECLARATION_BYTES = 1024  # where a declaration is searched for; limit of the HTML standard


def codec_of(label: str) -> str | None:
    """Return Python's name of the codec for a label, or None if it is unknown or not ASCII-compatible.

    UTF-16 and UTF-32 are accepted, too.

    >>> codec_of("ISO-8859-1"), codec_of("Windows-1250"), codec_of("klingon")
    ('cp1252', 'cp1250', None)
    """
    name = label.strip().strip("\"'")
    codec = _web_codec(name) or _python_name(name) or ""
    codec = _web_codec(codec.replace("_", "-")) or codec  # Python knows more aliases, e.g. latin_1
    return codec if codec.startswith(("utf-16-", "utf-32-")) or _keeps_ascii(codec) else None


@lru_cache(maxsize=64)
def is_article_codec(codec: str) -> bool:
    """Whether a name is that of a codec that an article may be in: one that :func:`codec_of` can return.

    Others are not charsets (``rot13``), or take quadratic time (``punycode``).
    """
    name = _python_name(codec)
    return name is not None and (name.startswith(("utf-16-", "utf-32-")) or _keeps_ascii(name))


def _web_codec(label: str) -> str | None:
    """Python's name of the codec that a label means on the web, or None if it is not one of the web's labels."""
    import webencodings

    encoding = webencodings.lookup(label)
    return None if encoding is None else WEB_CODECS.get(encoding.name) or _python_name(encoding.name)


def _python_name(label: str) -> str | None:
    """Python's name of a text codec, or None if there is no such codec."""
    try:
        codec = codecs.lookup(label)
    except (LookupError, ValueError):  # ValueError: the label contains a NUL
        return None
    return codec.name if getattr(codec, "_is_text_encoding", True) else None


def _keeps_ascii(name: str) -> bool:
    """Whether a codec encodes ASCII characters as ASCII bytes; UTF-7, for example, does not."""
    try:
        return "A+~\n".encode(name) == b"A+~\n" and b"A+~\n".decode(name, "surrogateescape") == "A+~\n"
    except (LookupError, UnicodeError, AssertionError):
        return False


def declared_charset(body: bytes) -> str | None:
    """Return the charset label that an HTML or XML document declares; None if there is no declaration.

    >>> declared_charset(b'<html><head><meta charset="windows-1250">')
    'windows-1250'
    """
    if not MARKUP_START.match(body):
        return None
    head = body[:MAX_DECLARATION_BYTES]
    if found := XML_ENCODING.match(head):
        return found[1].decode("ascii")
    found = META_CHARSET.search(HTML_COMMENT.sub(b"", head))
    if not found:
        return None
    label = found[1].decode("ascii", "replace")
    # Bytes in which an ASCII declaration can be read are not UTF-16; the HTML standard treats them as UTF-8.
    return "utf-8" if label.lower().startswith("utf-16") else label
