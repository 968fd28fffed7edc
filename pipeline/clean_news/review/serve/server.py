"""Runs the server: on the loopback interface, with a new secret in its address, until it is stopped."""

import socket
from collections.abc import Callable

import uvicorn

from clean_news.http_server.addresses import LOOPBACK, local_hosts
from clean_news.http_server.listening import Server, config_of
from clean_news.review.serve.review import Review
from clean_news.review.serve.routes import Served, application
from clean_news.review.serve.tokens import TOKEN_PARAMETER, new_token


def serve(review: Review, listening: socket.socket, by: str, opened: Callable[[str], None]) -> None:
    """Serve a review until the process is told to end.

    Args:
        review: the review.
        listening: see :func:`clean_news.http_server.listening.bound`.
        by: the reviewer's name, unless the page knows another.
        opened: called with the address, which has the secret, once it is answered.
    """
    port = listening.getsockname()[1]
    token = new_token()
    app = application(Served(review, token, by), local_hosts(LOOPBACK, port))
    listening.listen()  # from here on a browser is not refused, even before it is answered
    server = _Server(config_of(app), review)
    review.start()
    opened(f"http://{LOOPBACK}:{port}/?{TOKEN_PARAMETER}={token}")
    try:
        server.run(sockets=[listening])
    finally:
        review.stop()


class _Server(Server):
    """A server that ends the streams of events when it is told to end; it would wait for them."""

    def __init__(self, config: uvicorn.Config, review: Review) -> None:
        super().__init__(config)
        self._review = review

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything else."""
        self._review.events.close()
        await super().shutdown(sockets)
