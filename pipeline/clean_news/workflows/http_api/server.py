"""Runs the service until it is told to end."""

import math
import socket
from collections.abc import Callable

from clean_news.cleaner import Cleaner
from clean_news.http_server.addresses import is_loopback, local_hosts, shown
from clean_news.http_server.listening import Server, config_of
from clean_news.workflows.http_api.application import Service, application
from clean_news.workflows.http_api.limits import Limits


def serve(cleaner: Cleaner, limits: Limits, listening: socket.socket, opened: Callable[[str], None]) -> None:
    """Serve until the process is told to end.

    On the loopback interface, only requests to its names are answered: a foreign name may resolve to it.

    Args:
        cleaner: the cleaner.
        limits: the limits.
        listening: see :func:`clean_news.http_server.listening.bound`.
        opened: called with the address, once it is answered.

    Raises:
        WorkerDiedError: if the process that cleans dies at once, for instance for want of memory.
    """
    host, port = listening.getsockname()[:2]
    hosts = local_hosts(host, port) if is_loopback(host) else None
    service = Service(cleaner, limits)
    try:
        service.warm_up()
        listening.listen()
        opened(f"http://{shown(host)}:{port}/")
        Server(config_of(application(service, hosts), math.ceil(limits.seconds))).run(sockets=[listening])
    finally:
        service.close()
