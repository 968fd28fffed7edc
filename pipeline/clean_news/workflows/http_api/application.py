"""Answers the requests of the service: articles are cleaned in other processes, with limits on everything."""

import asyncio
import re
from collections.abc import Collection
from email.message import Message as Headers
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from clean_news.change_log import is_kept
from clean_news.charsets.declared import codec_of
from clean_news.cleaner import Cleaner
from clean_news.failures import INTERNAL
from clean_news.http_server.checked import Checked, check_origin
from clean_news.http_server.messages import (
    Application,
    RefusedError,
    Scope,
    TooLargeError,
    error_body,
    headers_of,
    only,
    too_large,
)
from clean_news.printable_text import encodable, visible
from clean_news.version import version
from clean_news.workflows.cleaning_processes import (
    CleanedValue,
    CleaningProcesses,
    TookTooLongError,
    WorkerDiedError,
)
from clean_news.workflows.http_api.limits import Limits
from clean_news.workflows.http_api.messages import ArticleRequest, CleanedResponse, HealthResponse
from clean_news.workflows.http_api.openapi import openapi

JSON = "application/json"
LENGTH = re.compile(rb"[0-9]{1,12}")
MAX_NAME_CHARS = 200
MAX_QUERY_BYTES = 4096
OWN_SITES = (b"same-origin", b"none")  # none: typed, or from a bookmark
RETRY_SECONDS = 1
# Spun, and long enough for every stage to look at it.
WARM_UP_TEXT = (
    "The overseas ministry mentioned on Tuesday that it will shut its embassy subsequent month, because the dispute "
    "between the 2 nations over fishing rights entered its third yr. The federal government final week additionally "
    "introduced sanctions towards 40 people and 12 different our bodies, together with a state-owned financial "
    "institution and a number of other delivery corporations. Officers mentioned the choice was made after talks on a "
    "brand new commerce settlement broke down in March."
)


class Service:
    """The service: its processes, and how many articles they have.

    Attributes:
        limits: its limits.
        working: number of articles that are being cleaned, or wait for it.
    """

    def __init__(self, cleaner: Cleaner, limits: Limits) -> None:
        """Set up the processes; they are started for the first articles.

        Args:
            cleaner: the cleaner that each process uses.
            limits: the limits.
        """
        self.limits = limits
        self.working = 0
        self._processes = CleaningProcesses(cleaner, limits.processes, limits.seconds)

    def warm_up(self) -> None:
        """Start a process, which loads the models: the first article does not wait for them.

        Raises:
            WorkerDiedError: if the process dies.
        """
        self._processes.warm_up(WARM_UP_TEXT.encode())

    @property
    def room(self) -> int:
        """How many more articles are taken now."""
        return max(0, self.limits.processes + self.limits.waiting - self.working)

    async def cleaned(self, article: str | bytes, name: str, charset: str) -> CleanedValue:
        """Clean an article.

        Raises:
            RefusedError: if there is no room for it, it takes too long, or is no text.
        """
        if not self.room:
            raise RefusedError(503, "busy", "Too many articles wait to be cleaned; send it again later.")
        self.working += 1
        try:
            if isinstance(article, bytes):
                found = await asyncio.wrap_future(self._processes.submit_bytes(article, name, charset))
            else:
                found = await asyncio.wrap_future(self._processes.submit(article, name))
        except TookTooLongError as error:
            raise RefusedError(504, "too-long", f"The article was not cleaned: {error}; divide it.") from error
        except WorkerDiedError as error:
            raise RefusedError(500, "internal", f"The article was not cleaned: {error}.") from error
        finally:
            self.working -= 1
        if is_kept(found.log):
            status, kind = (500, "internal") if found.log.note.startswith(INTERNAL) else (422, "not-text")
            raise RefusedError(status, kind, f"The article was not cleaned: {found.log.note}.")
        return found

    def close(self) -> None:
        """End the processes, after what they are cleaning."""
        self._processes.close()


def application(service: Service, hosts: Collection[str] | None) -> Application:
    """Return the application that answers requests.

    Args:
        service: the service.
        hosts: what the header Host may be; None for anything.
    """
    document = msgspec.json.encode(openapi(service.limits))

    async def clean(request: Request) -> Response:
        article, name, charset = await _article(request, service.limits)
        found = await service.cleaned(article, name, charset)
        edits = sum(edit.state == "applied" for stage in found.log.stages for edit in stage.edits)
        return _json(CleanedResponse(found.text, edits, found.changes))

    async def health(_: Request) -> Response:
        status = "ok" if service.room else "busy"
        return _json(HealthResponse(status, version(), service.working, service.room))

    async def described(_: Request) -> Response:
        return Response(document, media_type=JSON)

    app = Starlette(
        routes=[
            Route("/clean", clean, methods=["POST"]),
            Route("/health", health, methods=["GET"]),
            Route("/openapi.json", described, methods=["GET"]),
        ],
        exception_handlers={
            RefusedError: _refused,
            TooLargeError: _refused,
            HTTPException: _refused,
            ClientDisconnect: _refused,
            Exception: _failed,
        },
    )
    allowed = None if hosts is None else frozenset(host.encode() for host in hosts)

    def check(scope: Scope) -> None:
        headers = headers_of(scope)
        check_origin(headers, allowed, OWN_SITES)
        if len(scope["query_string"]) > MAX_QUERY_BYTES:
            raise RefusedError(400, "bad-request", "The address is too long.")
        length = only(headers, b"content-length")
        if length is not None and not (LENGTH.fullmatch(length) and int(length) <= service.limits.max_bytes):
            raise too_large(service.limits.max_bytes)

    return Checked(app, check, service.limits.max_bytes)


async def _article(request: Request, limits: Limits) -> tuple[str | bytes, str, str]:
    """Return the article of a request, its name, and the charset that is declared for its bytes.

    Raises:
        RefusedError: if there is none.
        TooLargeError: if the body is too large.
    """
    kind = Headers()
    kind["Content-Type"] = request.headers.get("content-type", "").encode("ascii", "replace").decode()
    if request.headers.get("content-encoding", "identity") != "identity":
        raise RefusedError(415, "content-type", "The body must not be compressed.")
    is_json = kind.get_content_type() == JSON
    if not is_json and (kind.get_content_type() != "text/plain" or not request.headers.get("content-type")):
        raise RefusedError(415, "content-type", f"Send the article as text/plain or as {JSON}.")
    name = request.query_params.get("id", "")
    if len(name) > MAX_NAME_CHARS:
        raise RefusedError(400, "bad-request", f"id has more than {MAX_NAME_CHARS} characters.")
    try:
        body = await asyncio.wait_for(request.body(), limits.seconds)
    except TimeoutError as error:
        raise RefusedError(408, "too-slow", "The body did not arrive in time; send it again.") from error
    if is_json:
        found = _decoded(body)
        return found.text, encodable(found.id or name), ""
    charset = kind.get_content_charset() or ""
    if charset and codec_of(charset) is None:
        raise RefusedError(415, "content-type", f"The charset {visible(charset)[:40]} is unknown; leave it out.")
    return body, encodable(name), charset


def _decoded(body: bytes) -> ArticleRequest:
    """Return the article of a body in JSON.

    Raises:
        RefusedError: if it is not as described.
    """
    try:
        return msgspec.json.decode(body, type=ArticleRequest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RefusedError(400, "bad-request", f"The body is not as described in /openapi.json: {error}.") from error
    except RecursionError as error:
        raise RefusedError(400, "bad-request", "The body is nested too deeply.") from error


def _json(data: Any) -> Response:  # noqa: ANN401  # one of the types of answers
    """Return an answer in JSON."""
    return Response(msgspec.json.encode(data), media_type=JSON)


def _refused(_: Request, error: Exception) -> Response:
    """Answer that a request is refused."""
    if isinstance(error, RefusedError):
        headers = {"retry-after": str(RETRY_SECONDS)} if error.status == 503 else None
        return Response(error_body(error.kind, encodable(str(error))), error.status, headers, JSON)
    if isinstance(error, TooLargeError):
        return Response(error_body("too-large", "The body is too large."), 413, {"connection": "close"}, JSON)
    if isinstance(error, ClientDisconnect):
        return Response(error_body("gone", "The client is gone."), 400, None, JSON)
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else None  # Allow of a wrong method
    kind = {404: "not-found", 405: "method"}.get(status, "bad-request")
    return Response(
        error_body(kind, "There is nothing at this address, or not for this method."), status, headers, JSON
    )


def _failed(_: Request, error: Exception) -> Response:
    """Answer that a request met a bug; the server's log has the traceback."""
    message = f"{INTERNAL} ({type(error).__name__}); please report this, with what the terminal shows"
    return Response(error_body("internal", message), 500, media_type=JSON)
