"""Multiplies matrices in one thread, whatever process the stage runs in.

The order of additions depends on the number of threads, and with it the fourth digit of some confidences. On a busy
machine several threads also wait for each other: see :mod:`clean_news.batch.one_thread`, which does for whole processes
what this module does for the library's users.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

_lock = Lock()
_limits: list[Any] = []  # one for each use at this time; the first is in effect, and knows what was before


@contextmanager
def one_thread() -> Iterator[None]:
    """Have NumPy's matrix products take one thread; after the last of several uses at a time it is as before."""
    with _lock:
        _limits.append(None if _limits else _controller().limit(limits=1, user_api="blas"))
    try:
        yield
    finally:
        with _lock:
            limit = _limits.pop()
            if not _limits:
                limit.restore_original_limits()


@cache
def _controller() -> Any:  # noqa: ANN401  # a ThreadpoolController; the library ships no type information
    """The libraries of this process that have threads, which takes some milliseconds to find out."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
