"""Deals the rows of a file to several readers, in blocks, and a repeated row to the reader that has had it before."""

from array import array
from typing import NamedTuple
from zlib import crc32

# Few, so that a file of large records is shared out equally. Crawls repeat request, response and metadata: a multiple
# of two, three and four has as many of each in every block.
BLOCK_ROWS = 12
# Of a row, take as long as cleaning another one. So many are dealt like one row, so that a page that half the file
# repeats is not one reader's, and neither are all pages of a site that begin alike.
REPETITIONS = 8
KNOWN_ROWS = 1 << 18  # of which 4 MB of memory know what reader has them


class RowPlaces(NamedTuple):
    """The places of the rows that one of several readers gets.

    Attributes:
        number: number of the reader, from 0.
        total: number of readers.
    """

    number: int
    total: int

    def dealing(self) -> "Dealing":
        """Return what tells for each row of a file, in order, whether it is among them."""
        return Dealing(self)


class Dealing:
    """Tells whose rows are, in the order of the file; all readers come to the same result.

    Of the rows that are new, each reader gets every ``total``-th block. A row that has been dealt before goes to the
    same reader, which need not clean it again.
    """

    def __init__(self, places: RowPlaces) -> None:
        """Begin before the first row.

        Args:
            places: the reader, and the number of readers.
        """
        self._number, self._total = places
        self._new = 0
        # By a part of their checksum: the checksum, and at what place they were dealt.
        self._checksums = array("Q", [0]) * (KNOWN_ROWS if self._total > 1 else 0)
        self._dealt_at = array("Q", [0]) * (KNOWN_ROWS if self._total > 1 else 0)

    def takes(self, content: bytes | None) -> bool:
        """Whether the next row is the reader's.

        Args:
            content: what a repeated row has in common with the one before; None or empty if it is new in any case.
        """
        if self._total == 1:
            return True
        if not content:
            place = self._new * REPETITIONS
            self._new += 1
            return self._is_mine(place)
        checksum = crc32(content)
        at = checksum % KNOWN_ROWS
        if self._checksums[at] == checksum + 1:
            self._dealt_at[at] += 1
        else:
            self._checksums[at], self._dealt_at[at] = checksum + 1, self._new * REPETITIONS
            self._new += 1
        return self._is_mine(self._dealt_at[at])

    def _is_mine(self, place: int) -> bool:
        """Whether the reader has the block of a place."""
        return place // (BLOCK_ROWS * REPETITIONS) % self._total == self._number


ALL_PLACES = RowPlaces(0, 1)
