"""The input characters and output edits of the character model, and how a misreading is expressed in them.

An edit belongs to one character that was read: keep it, drop it, write a string instead of it, or keep it and write a
string after it. The edits are written ``=``, ``-``, ``~string`` and ``+string``.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEEP, DROP = "=", "-"
REPLACE, APPEND = "~", "+"  # followed by the string
BOUNDARY, UNKNOWN = 0, 1  # ids of the text's edges and of characters outside the alphabet
MAX_EDITS = 491  # the rarest of those that the training data has are seen less than once in 10,000 errors
MAX_WRITTEN_CHARS = 3  # of an edit; what is longer was lost, not misread, and cannot be restored
HISTORY_CHARS = 10  # of the corrected text before a character, which its edit is conditioned on

FOLDED = str.maketrans("‘’“”¬—–\t\xa0", "''\"\"---  ")  # characters that the training pairs do not tell apart


class Misreading(NamedTuple):
    """A string that was printed and what was read for it; either may be empty."""

    printed: str
    read: str


class Alphabet(NamedTuple):
    """The characters that the model tells apart and the edits it can make.

    Attributes:
        characters: the characters, in the order of their ids from 2; see :data:`BOUNDARY` and :data:`UNKNOWN`.
        edits: the edits, in the order of their ids; the first is :data:`KEEP`.
    """

    characters: str
    edits: tuple[str, ...]

    def ids_of(self, text: str) -> "NDArray[np.uint8]":
        """The ids of the characters of a text, one per code point."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        ids: NDArray[np.uint8] = _ids_by_point(self.characters).take(points, mode="clip")
        return ids


@lru_cache(maxsize=4)
def _ids_by_point(characters: str) -> "NDArray[np.uint8]":
    """The ids of the characters of an alphabet, and of the text's edges, by code point; the last is of all others."""
    ids = {"\0": BOUNDARY} | {character: number for number, character in enumerate(characters, 2)}
    folded = {chr(point): chr(other) for point, other in FOLDED.items()}
    size = max(map(ord, (*ids, *folded))) + 2
    found = np.full(size, UNKNOWN, np.uint8)
    for point in range(size - 1):
        character = chr(point)
        found[point] = ids.get(folded.get(character, character), UNKNOWN)
    return found


def apply(edit: str, character: str) -> str:
    """Return what an edit makes of a character.

    >>> [apply(edit, "c") for edit in ("=", "-", "~e", "+h")]
    ['c', '', 'e', 'ch']
    """
    if edit == KEEP:
        return character
    if edit == DROP:
        return ""
    return edit[1:] if edit[0] == REPLACE else character + edit[1:]


def edits_of(misreadings: Iterable[Misreading]) -> tuple[str, list[str]]:
    """Express misreadings as one edit per character that was read.

    Args:
        misreadings: a text as a sequence of misreadings; correct readings are misreadings with equal sides.

    Returns:
        The text that was read, and the edit of each of its characters.

    >>> edits_of([Misreading("t", "t"), Misreading("h", "li"), Misreading("e", "")])
    ('tli', ['=', '~h', '~e'])
    >>> edits_of([Misreading("a", "a"), Misreading("rn", "m"), Misreading("", "'"), Misreading("y", "")])
    ("am'", ['=', '~rn', '~y'])
    """
    read: list[str] = []
    edits: list[str] = []
    for printed, seen in misreadings:
        if not seen:
            if edits:
                edits[-1] = _followed_by(edits[-1], printed)
            continue
        read.extend(seen)
        edits.extend(_edits_of_pair(printed, seen))
    return "".join(read), edits


def _edits_of_pair(printed: str, read: str) -> list[str]:
    """The edits of the characters of one misreading with a non-empty read side."""
    if len(printed) == len(read):
        return [KEEP if one == other else REPLACE + one for one, other in zip(printed, read, strict=True)]
    if read[0] == printed[:1]:
        rest = read[1:]
        if not rest:
            return [APPEND + printed[1:]]
        return [KEEP, *_edits_of_pair(printed[1:], rest)]
    if read[-1] == printed[-1:] and len(read) > 1:
        return [*_edits_of_pair(printed[:-1], read[:-1]), KEEP]
    return [REPLACE + printed if printed else DROP, *[DROP] * (len(read) - 1)]


def _followed_by(edit: str, lost: str) -> str:
    """The edit that also restores a string that was lost after its character."""
    if edit == KEEP:
        return APPEND + lost
    return REPLACE + lost if edit == DROP else edit + lost


def frequent_edits(counts: Counter[str]) -> tuple[str, ...]:
    """The edits of an alphabet: the :data:`MAX_EDITS` most frequent short ones, :data:`KEEP` first."""
    short = (edit for edit in counts if edit != KEEP and len(edit) <= 1 + MAX_WRITTEN_CHARS)
    others = sorted(short, key=lambda edit: (-counts[edit], edit))
    return (KEEP, *others[: MAX_EDITS - 1])


def histories(written: "NDArray[np.uint8]", starts: "Sequence[int] | NDArray[np.intp]") -> "NDArray[np.uint8]":
    """The last :data:`HISTORY_CHARS` characters before each offset of a text.

    Args:
        written: ids of the corrected text.
        starts: offsets into it.

    Returns:
        Ids, of shape (offsets, HISTORY_CHARS), the latest character last; :data:`BOUNDARY` before the text.
    """
    padded = np.concatenate([np.zeros(HISTORY_CHARS, np.uint8), written])
    found: NDArray[np.uint8] = padded[np.asarray(starts, np.intp)[:, None] + np.arange(HISTORY_CHARS)]
    return found
