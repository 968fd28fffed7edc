"""Refuses requests that are not those of the server's own page, before anything looks at what they ask for.

The server listens on the loopback interface only, but every web page that somebody visits can send requests there. So
the token in the address must be known; the host must be the one that was bound, since a foreign name may resolve to
127.0.0.1 (DNS rebinding); and a browser must say that the request comes from our own page.

Sources: OWASP, Cross-Site Request Forgery Prevention Cheat Sheet; W3C, Fetch Metadata Request Headers.
"""

import hmac
import re
from urllib.parse import parse_qsl

from clean_news.http_server.checked import Checked, check_origin
from clean_news.http_server.messages import Application, Receive, RefusedError, Scope, Send, headers_of, only, too_large
from clean_news.review.serve.tokens import TOKEN_HEADER, TOKEN_PARAMETER

MAX_BODY_BYTES = 4 << 20
MAX_QUERY_BYTES = 4096
PATH = re.compile(rb"/(?:[a-z0-9][a-z0-9_.-]*(?:/[a-z0-9][a-z0-9_.-]*){0,4})?", re.ASCII)
OWN_SITES = {"GET": {b"same-origin", b"none"}, "POST": {b"same-origin"}}  # none: typed, or from a bookmark
JSON_TYPE = re.compile(rb"application/json(?:\s*;\s*charset=utf-8)?", re.IGNORECASE)


class Guard:
    """The application with the checks before it; an ASGI middleware."""

    def __init__(self, application: Application, token: str, hosts: frozenset[str]) -> None:
        """Protect an application.

        Args:
            application: what answers the requests that are let through.
            token: the secret of the address.
            hosts: what the header Host may be.
        """
        self._checked = Checked(application, self.check, MAX_BODY_BYTES)
        self._token = token.encode()
        self._hosts = frozenset(host.encode() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and pass it on."""
        await self._checked(scope, receive, send)

    def check(self, scope: Scope) -> None:
        """Check everything that can be told without the body.

        Raises:
            RefusedError: if the request is refused.
        """
        headers = headers_of(scope)
        method = scope["method"]
        if method not in OWN_SITES:
            raise RefusedError(405, "method", "Only GET and POST are answered.")
        _check_path(scope)
        check_origin(headers, self._hosts, OWN_SITES[method])
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
    kind = only(headers, b"content-type")
    if kind is None or not JSON_TYPE.fullmatch(kind):
        raise RefusedError(415, "content-type", "The body must be JSON (Content-Type: application/json).")
    if only(headers, b"content-encoding") not in {None, b"identity"}:
        raise RefusedError(415, "content-type", "The body must not be compressed.")
    length = only(headers, b"content-length")
    if length is not None and not (length.isdigit() and int(length[:12]) <= MAX_BODY_BYTES and len(length) <= 12):
        raise too_large(MAX_BODY_BYTES)
