"""Deals the rows of a file to several readers, in blocks."""

from typing import NamedTuple

BLOCK_ROWS = 64


class RowPlaces(NamedTuple):
    """The places of the rows that one of several readers gets: of the blocks of a file, every ``total``-th.

    Attributes:
        number: number of the reader, from 0.
        total: number of readers.
    """

    number: int
    total: int

    def __contains__(self, index: object) -> bool:
        """Whether the row with an index, from 0, is among them.

        >>> 64 in RowPlaces(1, 2), 128 in RowPlaces(1, 2)
        (True, False)
        """
        return isinstance(index, int) and (index // BLOCK_ROWS) % self.total == self.number


ALL_PLACES = RowPlaces(0, 1)
