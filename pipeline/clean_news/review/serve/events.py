"""Tells the open pages what happened, as server-sent events.

Source of the format: WHATWG, HTML standard, section 9.2, Server-sent events.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import msgspec

KEEP_ALIVE_SECONDS = 15  # between comments, so that a broken connection is noticed
MAX_WAITING = 1_000  # events of a page that does not read them; it is then cut off, and connects again


class Subscriber:
    """One open page; used in the event loop of the server, except :meth:`send`."""

    def __init__(self) -> None:
        """Start with no events waiting."""
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue()

    def send(self, event: bytes | None) -> None:
        """Put an event into the page's queue, from any thread; None ends the stream."""
        try:
            self._loop.call_soon_threadsafe(self._put, event)
        except RuntimeError:  # the loop is closed: the server is ending
            return

    def _put(self, event: bytes | None) -> None:
        """Put an event into the queue; if too many wait, end the stream."""
        if self._waiting.qsize() > MAX_WAITING:
            self._waiting = asyncio.Queue()
            event = None
        self._waiting.put_nowait(event)

    async def events(self) -> AsyncIterator[bytes]:
        """Yield the events as they are written to the connection."""
        while True:
            try:
                event = await asyncio.wait_for(self._waiting.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield b": keep-alive\n\n"
                continue
            if event is None:
                return
            yield event


class Events:
    """The open pages."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._subscribers: set[Subscriber] = set()
        self._is_closed = False

    def publish(self, name: str, data: dict[str, Any]) -> None:
        """Tell all pages about something, from any thread."""
        event = encoded(name, data)
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.send(event)

    async def stream(self, first: dict[str, Any]) -> AsyncIterator[bytes]:
        """Yield the events for one page, until it goes or the server ends.

        Args:
            first: data of the event ``hello``, with which the stream begins.
        """
        subscriber = Subscriber()
        with self._lock:
            if self._is_closed:
                return
            self._subscribers.add(subscriber)
        try:
            yield encoded("hello", first)
            async for event in subscriber.events():
                yield event
        finally:
            with self._lock:
                self._subscribers.discard(subscriber)

    def close(self) -> None:
        """End all streams."""
        with self._lock:
            self._is_closed = True
            for subscriber in self._subscribers:
                subscriber.send(None)


def encoded(name: str, data: dict[str, Any]) -> bytes:
    r"""Return an event as it is written; JSON has no line ends, so that no text can begin another event.

    >>> encoded("state", {"waiting": "a\nb"})
    b'event: state\ndata: {"waiting":"a\\nb"}\n\n'
    """
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(data))
