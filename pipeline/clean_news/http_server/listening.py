"""A server that listens on one address, by default of the loopback interface, until it is told to end."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from clean_news.http_server.addresses import LOOPBACK
from clean_news.http_server.messages import Application

MAX_CONNECTIONS = 200
SECONDS_TO_END = 2  # for requests under way


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


def config_of(app: Application, seconds_to_end: int = SECONDS_TO_END) -> uvicorn.Config:
    """Return how an application is served: it says nothing of the server, and believes no proxy.

    Args:
        app: the application.
        seconds_to_end: how long requests under way may take when the server is told to end.
    """
    return uvicorn.Config(
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
