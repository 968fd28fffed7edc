"""Refuses requests before an application looks at them, and puts the headers of security into every answer."""

from collections.abc import Callable, Collection

from clean_news.http_server.messages import (
    Application,
    Message,
    Receive,
    RefusedError,
    Scope,
    Send,
    TooLargeError,
    answer,
    limited,
    only,
    too_large,
    with_security_headers,
)


class Checked:
    """An application with checks before it; an ASGI middleware."""

    def __init__(self, application: Application, check: Callable[[Scope], None], max_bytes: int) -> None:
        """Put the checks before an application.

        Args:
            application: what answers the requests that are let through.
            check: raises RefusedError for a request that is refused, by everything but its body.
            max_bytes: the largest body.
        """
        self._application, self._check, self._max_bytes = application, check, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and pass it on, with the headers of security put into the answer."""
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
            self._check(scope)
            await self._application(scope, limited(receive, self._max_bytes), sent)
        except (RefusedError, TooLargeError) as error:
            if has_answered:
                raise
            await answer(error if isinstance(error, RefusedError) else too_large(self._max_bytes), sent)


def check_origin(
    headers: dict[bytes, list[bytes]], hosts: Collection[bytes] | None, sites: Collection[bytes] = (b"same-origin",)
) -> None:
    """Check that a request is for this server, and that no page of another site has sent it.

    A foreign name may resolve to this server (DNS rebinding), and every page that somebody visits can send requests.

    Args:
        headers: the headers of the request.
        hosts: what the header Host may be; None for anything.
        sites: what a browser may say of where the request comes from.

    Raises:
        RefusedError: if it is not.
    """
    host = only(headers, b"host")
    if host is None or (hosts is not None and host.lower() not in hosts):
        raise RefusedError(403, "refused", "The request names another host than this server.")
    site, origin = only(headers, b"sec-fetch-site"), only(headers, b"origin")
    if site is not None and site not in sites:
        raise RefusedError(403, "refused", "The request comes from another site.")
    if origin is not None and origin.lower() != b"http://" + host.lower():
        raise RefusedError(403, "refused", "The request comes from another origin.")
