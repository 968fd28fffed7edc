"""A server that listens on one address, by default of the loopback interface, until it is told to end."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from clean_news.http_server.addresses import LOOPBACK
from clean_news.http_server.messages import Application

MAX_CONNECTIONS = 200
SECONDS_TO_END = 2  # for requests under way
SECONDS_TO_BEGIN = 10  # for the head of a request


class PortError(OSError):
    """The port cannot be used; the message says what to do."""


def bound(port: int, host: str = LOOPBACK) -> socket.socket:
    """Return a socket that is bound to an address.

    Args:
        port: the port; 0 for any that is free.
        host: an address of this computer, IPv4 or IPv6; by default that of the loopback interface.

    Raises:
        PortError: if it cannot be used.
    """
    # The protocol is named, since asyncio sends small answers at once only on sockets that say they are TCP.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":  # where it would let other programs take the port as well
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        why = (error.strerror if isinstance(error, OSError) else None) or error
        place = f"port {port}" if host == LOOPBACK else f"port {port} of {host}"
        raise PortError(f"{place} cannot be used ({why}); choose another with --port, or leave it out") from error
    return listening


class PromptProtocol(H11Protocol):
    """HTTP/1.1 on a connection, which is closed if the head of a request does not arrive in time.

    uvicorn waits for it without limit, and answers nobody else while there are :data:`MAX_CONNECTIONS`.
    """

    _ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait_or_go_on()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; the time runs on until its head is complete."""
        super().data_received(data)
        self._wait_or_go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._go_on()
        super().connection_lost(exc)

    def _wait_or_go_on(self) -> None:
        """Have the connection closed later if the head of a request is missing, unless it is already."""
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._go_on()
        elif self._ending is None:
            self._ending = self.loop.call_later(SECONDS_TO_BEGIN, self.transport.close)

    def _go_on(self) -> None:
        """Let the connection be."""
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None


def config_of(app: Application, seconds_to_end: int = SECONDS_TO_END) -> uvicorn.Config:
    """Return how an application is served: it says nothing of the server, and believes no proxy.

    Args:
        app: the application.
        seconds_to_end: how long requests under way may take when the server is told to end.
    """
    return uvicorn.Config(
        app,
        http=PromptProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=seconds_to_end,
    )


class Server(uvicorn.Server):
    """A server whose usual ends, Ctrl-C and SIGTERM, are not passed on to this process afterwards."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End the server, and nothing else, when the process is told to end."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
