"""Runs the server: on the loopback interface, with a new secret in its address, until it is stopped."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from clean_news.review.serve.review import Review
from clean_news.review.serve.routes import Served, application
from clean_news.review.serve.tokens import TOKEN_PARAMETER, new_token

LOOPBACK = "127.0.0.1"
HOST_NAMES = (LOOPBACK, "localhost")
MAX_CONNECTIONS = 200
SECONDS_TO_END = 2  # for requests under way


class PortError(OSError):
    """The port cannot be used; the message says what to do."""


def bound(port: int) -> socket.socket:
    """Return a socket that listens on the loopback interface.

    Args:
        port: the port; 0 for any that is free.

    Raises:
        PortError: if it cannot be used.
    """
    # The protocol is named, since asyncio sends small answers at once only on sockets that say they are TCP.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":  # where it would let other programs take the port as well
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        listening.close()
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise PortError(f"port {port} cannot be used ({why}); choose another with --port, or leave it out") from error
    return listening


def serve(review: Review, listening: socket.socket, by: str, opened: Callable[[str], None]) -> None:
    """Serve a review until the process is told to end.

    Args:
        review: the review.
        listening: see :func:`bound`.
        by: the reviewer's name, unless the page knows another.
        opened: called with the address, which has the secret, once it is answered.
    """
    port = listening.getsockname()[1]
    token = new_token()
    app = application(Served(review, token, by), frozenset(f"{name}:{port}" for name in HOST_NAMES))
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    listening.listen()  # from here on a browser is not refused, even before it is answered
    server = _Server(config, review)
    review.start()
    opened(f"http://{LOOPBACK}:{port}/?{TOKEN_PARAMETER}={token}")
    try:
        server.run(sockets=[listening])
    finally:
        review.stop()


class _Server(uvicorn.Server):
    """A server that ends the streams of events when it is told to end; it would wait for them.

    Ctrl-C and SIGTERM are the usual ends of a review: they are not passed on to this process afterwards.
    """

    def __init__(self, config: uvicorn.Config, review: Review) -> None:
        super().__init__(config)
        self._review = review

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End the server, and nothing else, when the process is told to end."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything else."""
        self._review.events.close()
        await super().shutdown(sockets)
