"""Makes the log of an article from what its stages did; for the tests and ``benchmarks/report_opening.py``."""

from collections.abc import Sequence
from typing import Any

from clean_news.change_log import ChangeLog, StageLog, sha256
from clean_news.charsets.decoding import Decoding

UTF8 = Decoding("utf-8")


def log_of(
    raw: bytes | str,
    clean: str,
    stages: Sequence[StageLog] = (),
    name: str = "one.txt",
    decoding: Decoding = UTF8,
    **said: Any,
) -> ChangeLog:
    """Return the log.

    Args:
        raw: the raw bytes, or the raw text if it is in UTF-8.
        clean: the clean text.
        stages: the logs of the stages.
        name: id of the article.
        decoding: how the raw bytes were decoded.
        said: further fields of the log.
    """
    return ChangeLog(
        **{
            "id": name,
            "source": f"raw/{name}",
            "raw_sha256": sha256(raw),
            "clean_sha256": sha256(clean),
            "version": "0",
            "settings_sha256": "",
            "dictionaries": {},
            "decoding": decoding,
            "document": {},
            "metadata": {},
            "stages": tuple(stages),
            **said,
        }
    )
