"""Refuses requests that are not those of the server's own page, before anything looks at what they ask for.

The server listens on the loopback interface only, but every web page that somebody visits can send requests there. So
the token in the address must be known; the host must be the one that was bound, since a foreign name may resolve to
127.0.0.1 (DNS rebinding); and a browser must say that the request comes from our own page.

Sources: OWASP, Cross-Site Request Forgery Prevention Cheat Sheet; W3C, Fetch Metadata Request Headers.
"""

import hmac
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from clean_news.review.serve.tokens import TOKEN_HEADER, TOKEN_PARAMETER

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 4 << 20
MAX_QUERY_BYTES = 4096
PATH = re.compile(rb"/(?:[a-z0-9][a-z0-9_.-]*(?:/[a-z0-9][a-z0-9_.-]*){0,4})?", re.ASCII)
OWN_SITES = {"GET": {b"same-origin", b"none"}, "POST": {b"same-origin"}}  # none: typed, or from a bookmark
JSON_TYPE = re.compile(rb"application/json(?:\s*;\s*charset=utf-8)?", re.IGNORECASE)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
# For everything but the page, which has its own.
CONTENT_SECURITY_POLICY = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class RefusedError(Exception):
    """A request is refused."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        """Say why.

        Args:
            status: the HTTP status.
            kind: a word for programs.
            message: a sentence for people.
        """
        super().__init__(message)
        self.status, self.kind = status, kind


class TooLargeError(Exception):
    """A body turned out to be larger than it may be."""


def error_body(kind: str, message: str) -> bytes:
    """Return the body of an answer that says that a request failed."""
    return msgspec.json.encode({"error": message, "kind": kind})


class Guard:
    """The application with the checks before it; an ASGI middleware."""

    def __init__(self, application: Application, token: str, hosts: frozenset[str]) -> None:
        """Protect an application.

        Args:
            application: what answers the requests that are let through.
            token: the secret of the address.
            hosts: what the header Host may be.
        """
        self._application = application
        self._token = token.encode()
        self._hosts = frozenset(host.encode() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and pass it on, with the security headers put into the answer."""
        if scope["type"] != "http":  # a WebSocket: it is closed before it is opened
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        has_answered = False

        async def sent(message: Message) -> None:
            nonlocal has_answered
            if message["type"] == "http.response.start":
                has_answered = True
                message["headers"] = with_security_headers(message.get("headers", ()))
            await send(message)

        try:
            self.check(scope)
            await self._application(scope, _limited(receive), sent)
        except (RefusedError, TooLargeError) as error:
            if has_answered:
                raise
            refused = error if isinstance(error, RefusedError) else _too_large()
            await _answer(refused, sent)

    def check(self, scope: Scope) -> None:
        """Check everything that can be told without the body.

        Raises:
            RefusedError: if the request is refused.
        """
        headers = _headers(scope)
        method = scope["method"]
        if method not in OWN_SITES:
            raise RefusedError(405, "method", "Only GET and POST are answered.")
        _check_path(scope)
        host = _only(headers, b"host")
        if host is None or host.lower() not in self._hosts:
            raise RefusedError(403, "refused", "The request names another host than this server.")
        site = _only(headers, b"sec-fetch-site")
        origin = _only(headers, b"origin")
        if site is not None and site not in OWN_SITES[method]:
            raise RefusedError(403, "refused", "The request comes from another site.")
        if origin is not None and origin.lower() != b"http://" + host.lower():
            raise RefusedError(403, "refused", "The request comes from another origin.")
        self._check_token(scope, headers)
        if method == "POST":
            _check_body(headers)

    def _check_token(self, scope: Scope, headers: dict[bytes, list[bytes]]) -> None:
        """Check the token: in a header, or for GET in the address.

        Raises:
            RefusedError: if it is missing, or one that is given is wrong.
        """
        given = list(headers.get(TOKEN_HEADER.lower().encode(), ()))
        if scope["method"] == "GET":
            query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            given += [value.encode("utf-8", "replace") for name, value in query if name == TOKEN_PARAMETER]
        right = [hmac.compare_digest(each, self._token) for each in given]  # all of them, in the same time
        if not right or not all(right):
            message = "The token is missing or wrong: open the address that clean-news serve has printed."
            raise RefusedError(403, "refused", message)


def _headers(scope: Scope) -> dict[bytes, list[bytes]]:
    """Return the values of each header, by its name in lower case."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.lower(), []).append(value.strip())
    return found


def _only(headers: dict[bytes, list[bytes]], name: bytes) -> bytes | None:
    """Return the value of a header; None if it is not there.

    Raises:
        RefusedError: if it is there several times.
    """
    values = headers.get(name, [])
    if len(values) > 1:
        raise RefusedError(400, "bad-request", f"The header {name.decode()} is there twice.")
    return values[0] if values else None


def _check_path(scope: Scope) -> None:
    """Check the path as it was sent: no address of ours has dots at its beginning, escapes or empty parts.

    Raises:
        RefusedError: if it cannot be one of ours.
    """
    path, _, _ = (scope.get("raw_path") or scope["path"].encode("utf-8", "replace")).partition(b"?")
    if not PATH.fullmatch(path) or b".." in path:
        raise RefusedError(404, "not-found", "There is nothing at this address.")
    if len(scope["query_string"]) > MAX_QUERY_BYTES:
        raise RefusedError(414, "too-large", "The address is too long.")


def _check_body(headers: dict[bytes, list[bytes]]) -> None:
    """Check what the headers say of the body.

    Raises:
        RefusedError: if it is not JSON, or too large.
    """
    kind = _only(headers, b"content-type")
    if kind is None or not JSON_TYPE.fullmatch(kind):
        raise RefusedError(415, "content-type", "The body must be JSON (Content-Type: application/json).")
    if _only(headers, b"content-encoding") not in {None, b"identity"}:
        raise RefusedError(415, "content-type", "The body must not be compressed.")
    length = _only(headers, b"content-length")
    if length is not None and not (length.isdigit() and int(length[:12]) <= MAX_BODY_BYTES and len(length) <= 12):
        raise _too_large()


def _too_large() -> RefusedError:
    """Return the exception to raise for a body that is too large."""
    return RefusedError(413, "too-large", f"The body is larger than {MAX_BODY_BYTES >> 20} MB.")


def _limited(receive: Receive) -> Receive:
    """Return what reads a body, of which only so much is let through: a body may come without its length."""
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            raise TooLargeError
        return message

    return limited


def with_security_headers(headers: Any) -> list[tuple[bytes, bytes]]:  # noqa: ANN401  # any iterable of pairs
    """Return the headers of an answer with those that every answer has."""
    there = [(bytes(name), bytes(value)) for name, value in headers]
    named = {name.lower() for name, _ in there}
    more = [*HEADERS, (b"content-security-policy", CONTENT_SECURITY_POLICY)]
    return there + [(name, value) for name, value in more if name not in named]


async def _answer(error: RefusedError, send: Send) -> None:
    """Answer that a request is refused."""
    body = error_body(error.kind, str(error))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers.append((b"connection", b"close"))  # the rest of the body is not read
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
