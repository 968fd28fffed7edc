"""The messages of a server: headers and bodies that are read with limits, and answers with the headers of security."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

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


def too_large(max_bytes: int) -> RefusedError:
    """Return the exception to raise for a body that is too large."""
    unit, size = ("MB", max_bytes >> 20) if max_bytes >= 1 << 20 else ("KB", max_bytes >> 10)
    return RefusedError(413, "too-large", f"The body is larger than {size} {unit}.")


def error_body(kind: str, message: str) -> bytes:
    """Return the body of an answer that says that a request failed."""
    return msgspec.json.encode({"error": message, "kind": kind})


def headers_of(scope: Scope) -> dict[bytes, list[bytes]]:
    """Return the values of each header, by its name in lower case."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.lower(), []).append(value.strip())
    return found


def only(headers: dict[bytes, list[bytes]], name: bytes) -> bytes | None:
    """Return the value of a header; None if it is not there.

    Raises:
        RefusedError: if it is there several times.
    """
    values = headers.get(name, [])
    if len(values) > 1:
        raise RefusedError(400, "bad-request", f"The header {name.decode()} is there twice.")
    return values[0] if values else None


def limited(receive: Receive, max_bytes: int) -> Receive:
    """Return what reads a body, of which only so much is let through: a body may come without its length.

    Args:
        receive: reads a part of it.
        max_bytes: how much; the part after that raises TooLargeError.
    """
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > max_bytes:
            raise TooLargeError
        return message

    return counted


def with_security_headers(headers: Any) -> list[tuple[bytes, bytes]]:  # noqa: ANN401  # any iterable of pairs
    """Return the headers of an answer with those that every answer has."""
    there = [(bytes(name), bytes(value)) for name, value in headers]
    named = {name.lower() for name, _ in there}
    more = [*HEADERS, (b"content-security-policy", CONTENT_SECURITY_POLICY)]
    return there + [(name, value) for name, value in more if name not in named]


async def answer(error: RefusedError, send: Send) -> None:
    """Answer that a request is refused."""
    body = error_body(error.kind, str(error))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers.append((b"connection", b"close"))  # the rest of the body is not read
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
