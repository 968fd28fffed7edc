"""Deals the rows of a file to several readers, in blocks."""

from typing import NamedTuple

# Few, so that a file of large records is shared out equally. Crawls repeat request, response and metadata: a multiple
# of two, three and four has as many of each in every block.
BLOCK_ROWS = 12


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

        >>> 12 in RowPlaces(1, 2), 24 in RowPlaces(1, 2)
        (True, False)
        """
        return isinstance(index, int) and (index // BLOCK_ROWS) % self.total == self.number


ALL_PLACES = RowPlaces(0, 1)
