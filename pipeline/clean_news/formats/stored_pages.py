"""Keeps the bytes of a web page in its change log, since they cannot be told from its main text."""

import base64
import hashlib
import zlib
from typing import Any

from clean_news.change_log import ChangeLog, irreversible_log_error
from clean_news.charsets.decoding import MAX_STORED_BYTES
from clean_news.stored_bytes import decompress

RAW = "raw"  # in the carrier: the bytes, compressed and in base64, and their digest
LEVEL = 9  # of zlib


def stored(raw: bytes) -> dict[str, Any]:
    """Return what the carrier of a page contains so that :func:`raw_of` restores its bytes.

    Bytes above :data:`MAX_STORED_BYTES` are not kept; then the carrier says nothing.
    """
    if len(raw) > MAX_STORED_BYTES:
        return {}
    text = base64.b64encode(zlib.compress(raw, LEVEL)).decode("ascii")
    return {RAW: {"sha256": hashlib.sha256(raw).hexdigest(), "zlib": text}}


def raw_of(log: ChangeLog, where: str) -> bytes | None:
    """Return the bytes of a page; None if its log does not have them, as those of earlier versions.

    Args:
        log: the log of the page.
        where: name of the page in error messages.

    Raises:
        LogError: if the log was changed.
    """
    if RAW not in log.carrier:
        return None
    kept = log.carrier[RAW]
    try:
        if not isinstance(kept, dict) or not isinstance(kept.get("zlib"), str):
            raise ValueError("it does not have the bytes of the page")
        raw = decompress(kept["zlib"], MAX_STORED_BYTES)
        if hashlib.sha256(raw).hexdigest() != kept.get("sha256"):
            raise ValueError("the SHA-256 of the page differs")
    except ValueError as error:
        raise irreversible_log_error(where, str(error)) from error
    return raw
