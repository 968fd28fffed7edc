"""Declared charsets: resolves labels to codecs and reads declarations in HTML and XML.

Declarations are often wrong, so :func:`clean_news.charsets.detection.detect` checks them against the bytes. Labels are
resolved as on the web (https://encoding.spec.whatwg.org): ``latin-1`` means cp1252.
"""

import codecs
import re

# Labels by codec, where Python resolves the label to a different codec than the web does, or not at all.
WEB_LABELS = {
    "cp1252": ("ascii", "us-ascii", "ansi_x3.4-1968", "iso8859-1", "latin1", "l1", "iso-ir-100"),
    "cp1254": ("iso8859-9", "latin5", "l5", "iso-ir-148"),
    "cp874": ("iso8859-11", "tis-620", "dos-874", "windows-874"),
    "gb18030": ("gb2312", "gb_2312-80", "gbk", "x-gbk", "chinese", "cp936"),
    "cp932": ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"),
    "cp949": ("euc-kr", "euc_kr", "ks_c_5601-1987", "ksc5601", "korean", "windows-949"),
    "big5hkscs": ("big5", "big5-hkscs", "x-x-big5", "cn-big5"),
    "mac-roman": ("macintosh", "mac", "x-mac-roman", "csmacintosh"),
    "mac-cyrillic": ("x-mac-cyrillic", "x-mac-ukrainian"),
    "koi8-u": ("koi8-ru",),
    "utf-8": ("unicode-1-1-utf-8", "x-unicode20utf8"),
    "utf-16-le": ("utf-16", "unicode", "ucs-2", "csunicode"),
}
CODEC_BY_LABEL = {label: codec for codec, labels in WEB_LABELS.items() for label in labels}
MARKUP_START = re.compile(rb"\s*<(?:!doctype|!--|\?xml|html|head|meta|title|body)\b", re.IGNORECASE)
XML_ENCODING = re.compile(rb"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']\s*([\w.:-]+)", re.IGNORECASE)
META_CHARSET = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
HTML_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
MAX_DECLARATION_BYTES = 1024  # where a declaration is searched for; limit of the HTML standard


def codec_of(label: str) -> str | None:
    """Return Python's name of the codec for a label, or None if it is unknown or not ASCII-compatible.

    UTF-16 and UTF-32 are accepted, too.

    >>> codec_of("ISO-8859-1"), codec_of("Windows-1250"), codec_of("klingon")
    ('cp1252', 'cp1250', None)
    """
    name = label.strip().strip("\"'").lower()
    codec = CODEC_BY_LABEL.get(name) or _python_name(name) or ""
    codec = CODEC_BY_LABEL.get(codec, codec)
    return codec if codec.startswith(("utf-16-", "utf-32-")) or _keeps_ascii(codec) else None


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
