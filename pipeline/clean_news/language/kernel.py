"""The compiled kernel, if the distribution ``clean-news-kernel`` is installed: the same results in less time.

Nothing needs it: each caller has the same computation in NumPy, in the same order of additions, so that results agree
to the bit (``tests/language/test_kernel.py``). The environment variable ``CLEAN_NEWS_KERNEL=off`` leaves it out.
"""

import os
import sys
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

MODULE = "clean_news_kernel"
INTERFACE = 1  # of the kernel's functions; a kernel with another one is not used
SWITCH, OFF = "CLEAN_NEWS_KERNEL", "off"


def load() -> Any:  # noqa: ANN401  # a module
    """Import the kernel.

    Returns:
        The module; None if it is not installed, cannot be loaded, has another interface, or is switched off, and on
        the rare machines that store the highest byte of a number first, as the model's file does not.
    """
    if os.environ.get(SWITCH) == OFF or sys.byteorder != "little":
        return None
    try:
        module = import_module(MODULE)
    except ImportError:
        return None
    return module if getattr(module, "INTERFACE", None) == INTERFACE else None


KERNEL = load()


def array(content: bytes, dtype: DTypeLike) -> NDArray[Any]:
    """Return the array that a function of the kernel returned as bytes; it cannot be written to."""
    return np.frombuffer(content, dtype)


def given(values: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Return an array as the kernel expects it: contiguous, of this type; a copy only where it is not so already."""
    return np.ascontiguousarray(values, dtype)


def integers(*arrays: NDArray[np.integer[Any]]) -> list[NDArray[np.int64]]:
    """Return arrays of indices as the kernel expects them: NumPy 1 has 32-bit integers by default on Windows."""
    return [given(each, np.int64) for each in arrays]
