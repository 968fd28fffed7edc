"""The bodies of requests and answers, as types: they are checked, written and described by them."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta


class ArticleRequest(msgspec.Struct, forbid_unknown_fields=True):
    """An article to clean.

    Attributes:
        text: its text.
        id: its name, for the log.
    """

    text: str
    id: Annotated[str, Meta(max_length=200)] = ""


class CleanedResponse(msgspec.Struct):
    """A cleaned article.

    Attributes:
        text: the clean text.
        edits: the number of edits that were applied.
        log: the change log, from which the raw text can be restored.
    """

    text: str
    edits: int
    log: Any


class ErrorResponse(msgspec.Struct):
    """Why a request failed.

    Attributes:
        error: a sentence for people: what is wrong, and what to do.
        kind: a word for programs.
    """

    error: str
    kind: str


class HealthResponse(msgspec.Struct):
    """How the service is.

    Attributes:
        status: ``ok``, or ``busy`` if it takes no more articles now.
        version: the version of clean-news.
        working: number of articles that are being cleaned, or wait for it.
        room: how many more it takes.
    """

    status: str
    version: str
    working: int
    room: int
