"""What grows while documents are read: columns of numbers, and numbers for things."""

from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Column:
    """A growing array: appended to like a list, read as an array without copying what was there."""

    def __init__(self, dtype: type) -> None:
        self.filled = 0
        self.store: NDArray[Any] = np.zeros(1024, dtype)

    def extend(self, values: ArrayLike | Sequence[float]) -> None:
        """Append these elements."""
        fresh = np.asarray(values, self.store.dtype)
        size = self.filled + len(fresh)
        if size > len(self.store):
            self.store = np.concatenate((self.store[: self.filled], np.zeros(size, self.store.dtype)))
        self.store[self.filled : size] = fresh
        self.filled = size

    def array(self) -> NDArray[Any]:
        """All elements so far."""
        return self.store[: self.filled]


Thing = TypeVar("Thing", bound=Hashable)


class Numbers(dict[Thing, int]):
    """A number for each thing that is asked for: 0, 1, 2 and so on.

    Attributes:
        things: by number.

    >>> numbers = Numbers()
    >>> [numbers[thing] for thing in "abca"], numbers.things
    ([0, 1, 2, 0], ['a', 'b', 'c'])
    """

    def __init__(self) -> None:
        super().__init__()
        self.things: list[Thing] = []

    def __missing__(self, thing: Thing) -> int:
        """The next number, for a thing that is new."""
        number = self[thing] = len(self)
        self.things.append(thing)
        return number
