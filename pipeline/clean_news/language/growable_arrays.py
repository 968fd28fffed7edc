"""Containers that grow while documents are read: typed columns and interned ids."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import count
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Column:
    """A growable NumPy array with amortised constant-time appends.

    Attributes:
        filled: number of elements.
        store: the elements, followed by spare capacity.
    """

    def __init__(self, dtype: type) -> None:
        self.filled = 0
        self.store: NDArray[Any] = np.zeros(1024, dtype)

    def extend(self, values: ArrayLike | Sequence[float]) -> None:
        """Append elements."""
        fresh = np.asarray(values, self.store.dtype)
        size = self.filled + len(fresh)
        if size > len(self.store):
            self.store = np.concatenate((self.store[: self.filled], np.zeros(size, self.store.dtype)))
        self.store[self.filled : size] = fresh
        self.filled = size

    def array(self) -> NDArray[Any]:
        """Return a view of all elements."""
        return self.store[: self.filled]


def ranges(begins: NDArray[np.integer[Any]], counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Return the concatenation of integer ranges, e.g. the indices of runs of rows in a column.

    Args:
        begins: first number of each range.
        counts: length of each range.

    >>> ranges(np.array([3, 0]), np.array([2, 3])).tolist()
    [3, 4, 0, 1, 2]
    """
    numbers: NDArray[np.int64] = np.arange(counts.sum()) + np.repeat(begins - np.cumsum(counts) + counts, counts)
    return numbers


Item = TypeVar("Item", bound=Hashable)


class Interner(dict[Item, int]):
    """Assigns consecutive ids from 0 to items on first look-up.

    Attributes:
        interned: the items by id.

    >>> ids = Interner()
    >>> [ids[item] for item in "abca"], ids.interned
    ([0, 1, 2, 0], ['a', 'b', 'c'])
    """

    def __init__(self, interned: Iterable[Item] = ()) -> None:
        self.interned = list(interned)  # must be distinct
        super().__init__(zip(self.interned, count(), strict=False))

    def __missing__(self, item: Item) -> int:
        """Assign the next id to a new item."""
        id_ = self[item] = len(self)
        self.interned.append(item)
        return id_
