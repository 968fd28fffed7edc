"""Numbers the distinct originals of the spin lexicon among those that inflecting its entries gives."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clean_news.stages.spin.batch_inflection import Batch


class Originals:
    """The inflected originals of all entries, as they come; equal ones are told apart only in the end.

    Attributes:
        entry, slot, written, key, log_probability: see :class:`Batch`.
        from_user: whether the user's dictionaries have it.
        number: by original as it came, its number among the distinct ones; -1 if it has no pair, or if another original
            with the same tokens came for the first time later.
        came: by distinct original, the index of its first coming.
        distinct_keys: by distinct original, its key; ascending.
        counted: how many of the first originals come from counts.
    """

    def __init__(self, counted: int) -> None:
        self.batches: list[tuple[NDArray[Any], ...]] = []
        self.size = 0
        self.counted = counted

    def add(self, batch: Batch, entries_before: int, from_user: NDArray[np.bool_]) -> int:
        """Add the originals of a batch; return how many there were before."""
        before = self.size
        paired = np.zeros(len(batch.original_entry), np.bool_)
        paired[batch.pair_original] = True
        paired[: max(self.counted - before, 0)] = True  # what was only counted as kept has no pair
        self.batches.append(
            (
                (batch.original_entry + entries_before).astype(np.int32),
                batch.original_slot.astype(np.uint8),
                batch.original_written,
                batch.original_key,
                batch.original_log_probability.astype(np.float64),
                from_user[batch.original_entry],
                paired,
            )
        )
        self.size += len(batch.original_entry)
        return before

    def number_all(self) -> None:
        """Number the distinct originals."""
        columns = list(map(np.concatenate, zip(*self.batches, strict=True)))
        self.batches.clear()
        self.entry, self.slot, written, self.key, self.log_probability, from_user, paired = columns
        distinct, first, group = np.unique(written, return_index=True, return_inverse=True)
        del written
        group = group.astype(np.int32)
        in_user = np.bincount(group, from_user, len(first)) > 0
        first_paired = np.full(len(first), self.size)
        np.minimum.at(first_paired, group[paired], np.flatnonzero(paired))
        # Of the originals with the same tokens, the one that came last for the first time.
        usable = np.flatnonzero(first_paired < self.size)
        order = usable[np.lexsort((first_paired[usable], self.key[first[usable]]))]
        keys = self.key[first[order]]
        last = np.append(keys[1:] != keys[:-1], True)[: len(keys)]
        winners = order[last]  # ascending by key
        numbers = np.full(len(first), -1, np.int32)
        numbers[winners] = np.arange(len(winners))
        self.number = numbers[group]
        self.came = first[winners]
        self.written = distinct[winners]
        self.distinct_keys = self.key[self.came]
        if self.counted:  # counts go with the tokens, however these are written
            self.number[: self.counted] = np.searchsorted(self.distinct_keys, self.key[: self.counted])
        self.from_user = in_user[winners]
