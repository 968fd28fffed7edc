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
    ids: NDArray[np.int64] = np.arange(counts.sum()) + np.repeat(begins - np.cumsum(counts) + counts, counts)
    return ids


Item = TypeVar("Item", bound=Hashable)


class Interner(dict[Item, int]):
    """A number for each thing that is asked for: 0, 1, 2 and so on.

    Attributes:
        things: by number.

    >>> ids = Interner()
    >>> [ids[item] for item in "abca"], ids.interned
    ([0, 1, 2, 0], ['a', 'b', 'c'])
    """

    def __init__(self, interned: Iterable[Item] = ()) -> None:
        self.interned = list(interned)  # the first ones, all different
        super().__init__(zip(self.interned, count(), strict=False))

    def __missing__(self, item: Item) -> int:
        """The next number, for a thing that is new."""
        id_ = self[item] = len(self)
        self.interned.append(item)
        return id_
