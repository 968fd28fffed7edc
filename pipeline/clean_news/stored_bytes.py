"""Decompress bytes that a change log contains, in zlib and base64, without trusting their size."""

import base64
import zlib


def decompress(stored: str, limit: int) -> bytes:
    """Decompress bytes that were stored as text.

    Args:
        stored: the bytes, compressed with zlib and encoded in base64.
        limit: maximum size of the decompressed bytes; never more memory than that is taken.

    Raises:
        ValueError: if they are damaged, truncated, followed by others, or larger than ``limit``.

    >>> decompress("eJwrLU5VyEstBwAK8AK4", 7)
    b'use new'
    """
    decompressor = zlib.decompressobj()
    try:
        found = decompressor.decompress(base64.b64decode(stored, validate=True), limit + 1)
    except (ValueError, zlib.error) as error:  # binascii.Error is a ValueError
        raise ValueError(f"the stored bytes cannot be decompressed ({error})") from error
    if len(found) > limit:
        raise ValueError(f"the stored bytes are larger than the {limit:,} that they may be")
    if not decompressor.eof or decompressor.unused_data:
        raise ValueError("the stored bytes are truncated, or others follow them")
    return found
