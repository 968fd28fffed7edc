"""What grows while documents are read: columns of numbers, and numbers for things."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import count
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


def ranges(begins: NDArray[np.integer[Any]], counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """The numbers of all ranges, one range after the other: the places in a column of what belongs together.

    >>> ranges(np.array([3, 0]), np.array([2, 3])).tolist()
    [3, 4, 0, 1, 2]
    """
    numbers: NDArray[np.int64] = np.arange(counts.sum()) + np.repeat(begins - np.cumsum(counts) + counts, counts)
    return numbers


Thing = TypeVar("Thing", bound=Hashable)


class Numbers(dict[Thing, int]):
    """A number for each thing that is asked for: 0, 1, 2 and so on.

    Attributes:
        things: by number.

    >>> numbers = Numbers()
    >>> [numbers[thing] for thing in "abca"], numbers.things
    ([0, 1, 2, 0], ['a', 'b', 'c'])
    """

    def __init__(self, things: Iterable[Thing] = ()) -> None:
        self.things = list(things)  # the first ones, all different
        super().__init__(zip(self.things, count(), strict=False))

    def __missing__(self, thing: Thing) -> int:
        """The next number, for a thing that is new."""
        number = self[thing] = len(self)
        self.things.append(thing)
        return number
