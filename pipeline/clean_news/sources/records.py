"""An article of the index as stored bytes: compressed, with a digest."""

import hashlib
import zlib
from typing import NamedTuple

import msgspec

DIGEST_BYTES = 16
MAX_RECORD_BYTES = 1 << 28  # decompressed; the largest article has 64 MB by default (max-megabytes)
LEVEL = 3  # of zlib: level 6 takes twice the time for 4% less


class SourceArticle(NamedTuple):
    r"""An article that others may have been made from.

    Attributes:
        id: its name among the sources, e.g. its path, and after ``#`` its name within the file.
        text: its text, decoded but not cleaned; lines end in ``\n``.
        origin: where it came from, for people: a path or a URL.
    """

    id: str
    text: str
    origin: str


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(tuple[bytes, bytes, bytes])


def digest_of(article: SourceArticle) -> bytes:
    """Return the digest of an article's id and text."""
    return _digest(_bytes(article.id), _bytes(article.text))


def stored_record(article: SourceArticle) -> bytes:
    """Return an article as stored bytes."""
    return zlib.compress(_ENCODER.encode(tuple(map(_bytes, article))), LEVEL)


def article_of(record: bytes, digest: bytes) -> SourceArticle:
    """Return the article of :func:`stored_record`.

    Args:
        record: the stored bytes.
        digest: the article's digest.

    Raises:
        ValueError: if it is not as it was stored.
    """
    try:
        decompressor = zlib.decompressobj()
        name, text, origin = _DECODER.decode(decompressor.decompress(record, MAX_RECORD_BYTES))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError("the record is damaged") from error
    if _digest(name, text) != digest:
        raise ValueError("the record differs from its digest")
    return SourceArticle(*(part.decode("utf-8", "surrogatepass") for part in (name, text, origin)))


def _digest(name: bytes, text: bytes) -> bytes:
    """Return the digest of an id and a text in UTF-8."""
    return hashlib.blake2b(b"%d\n%s%s" % (len(name), name, text), digest_size=DIGEST_BYTES).digest()


def _bytes(text: str) -> bytes:
    """Encode a text in UTF-8, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")
