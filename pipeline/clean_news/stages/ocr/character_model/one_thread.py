"""Multiplies matrices in one thread, whatever process the stage runs in.

The order of additions depends on the number of threads, and with it the fourth digit of some confidences. On a busy
machine several threads also wait for each other: see :mod:`clean_news.batch.one_thread`, which does for whole processes
what this module does for the library's users.
"""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which NumPy's matrix products take one thread; afterwards it is as before."""
    found: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return found


@cache
def _controller() -> Any:  # noqa: ANN401  # a ThreadpoolController; the library ships no type information
    """The libraries of this process that have threads, which takes some milliseconds to find out."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
