"""A static hash table from 64-bit keys to 6-bit values: a binary fuse filter with payload.

Each key has three slots; the XOR of their 16-bit contents is a 10-bit fingerprint of the key and its 6-bit value, at
some 18 bits per entry. The false positive rate for keys that are not in the table is 1/1024, or 1/262,144 with a second
plane of 8 more fingerprint bits per slot.

Source: Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters" (2022). Unlike there, part of the
fingerprint is replaced by a value, and peeling removes all singletons of a round at once, so that NumPy can do it.
"""

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Slots = NDArray[np.uint16]
Guard = NDArray[np.uint8]

VALUE_BITS = 6
SEGMENT_BITS = 14
SEGMENT_SLOTS = 1 << SEGMENT_BITS
SLOTS_PER_KEY = 1.14  # slots per key; peeling fails below about 1.125
MAX_SEEDS = 20


class PeelingFailed(RuntimeError):
    """Peeling failed for every seed; likely only if there are duplicate keys."""


def _hash(keys: Keys, seed: int) -> Keys:
    """Hash keys with the 64-bit finaliser of MurmurHash3."""
    hashed = keys ^ np.uint64(seed)
    hashed ^= hashed >> np.uint64(33)
    hashed *= np.uint64(0xFF51AFD7ED558CCD)
    hashed ^= hashed >> np.uint64(33)
    hashed *= np.uint64(0xC4CEB9FE1A85EC53)
    hashed ^= hashed >> np.uint64(33)
    return hashed


def _slot_indices(hashed: Keys, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The three slots of each hashed key, in three consecutive segments of a table of ``size`` slots."""
    usable = np.uint64(size - 2 * SEGMENT_SLOTS)
    first = ((hashed >> np.uint64(32)) * usable) >> np.uint64(32)
    mask = np.uint64(SEGMENT_SLOTS - 1)
    second = (first + np.uint64(SEGMENT_SLOTS)) ^ ((hashed >> np.uint64(18)) & mask)
    third = (first + np.uint64(2 * SEGMENT_SLOTS)) ^ (hashed & mask)
    return first.view(np.int64), second.view(np.int64), third.view(np.int64)


def _fingerprints(hashed: Keys) -> NDArray[np.uint32]:
    """The 18-bit fingerprint of each hashed key, shifted left by the bits of the value."""
    folded = (hashed ^ (hashed >> np.uint64(41))) & np.uint64(0xFFFFFF ^ ((1 << VALUE_BITS) - 1))
    return folded.astype(np.uint32)


def look_up(slots: Slots, guard: Guard, seed: int, keys: Keys) -> NDArray[np.int16]:
    """Look up the values of keys.

    Args:
        slots: the table.
        guard: its second plane, or an empty array if it was built without one.
        seed: the seed of its hash.
        keys: the keys to look up.

    Returns:
        The value (0–63) of each key, or -1 if the table does not contain it; shape (keys,).
    """
    hashed = _hash(keys, seed)
    first, second, third = _slot_indices(hashed, len(slots))
    fingerprint = _fingerprints(hashed)
    found = slots.take(first)
    found ^= slots.take(second)
    found ^= slots.take(third)
    found ^= fingerprint.astype(np.uint16)
    values = found.astype(np.int16)
    values[found >= 1 << VALUE_BITS] = -1
    if len(guard):
        # Only keys found in the first plane are checked in the second: random memory access dominates the run time.
        rows = np.flatnonzero(values >= 0)
        seen = guard.take(first[rows]) ^ guard.take(second[rows]) ^ guard.take(third[rows])
        values[rows[seen != (fingerprint[rows] >> np.uint32(16)).astype(np.uint8)]] = -1
    return values


def build(keys: Keys, values: NDArray[np.uint8], guarded: bool = False) -> tuple[Slots, Guard, int]:
    """Build a table.

    Args:
        keys: distinct keys.
        values: the value of each key, 0–63.
        guarded: whether to build the second plane.

    Returns:
        The slots, the second plane (empty unless ``guarded``) and the seed of the hash.

    Raises:
        PeelingFailed: if no seed works.
    """
    segments = max(int(np.ceil(len(keys) * SLOTS_PER_KEY / SEGMENT_SLOTS)), 1) + 2
    size = segments * SEGMENT_SLOTS
    for seed in range(1, MAX_SEEDS + 1):
        hashed = _hash(keys, seed)
        slot_of = np.stack(_slot_indices(hashed, size))
        peeling_order = _peel(slot_of, size)
        if peeling_order is not None:
            slots = _fill(slot_of, peeling_order, _fingerprints(hashed) | values.astype(np.uint32), size)
            guard = (slots >> np.uint32(16)).astype(np.uint8) if guarded else np.zeros(0, np.uint8)
            return slots.astype(np.uint16), guard, seed
    raise PeelingFailed(f"{len(keys)} keys: no seed of {MAX_SEEDS} works; are all keys distinct?")


def _peel(slot_of: NDArray[np.int64], size: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]] | None:
    """Rounds of (keys, the singleton slot of each key), in the order of removal; None if peeling fails."""
    count = slot_of.shape[1]
    degree = np.bincount(slot_of.ravel(), minlength=size).astype(np.int32)
    holders = np.zeros(size, np.int64)  # XOR of the keys in a slot: the key itself once only one is left
    for row in slot_of:
        np.bitwise_xor.at(holders, row, np.arange(count))
    rounds, removed = [], 0
    frontier = np.flatnonzero(degree == 1)
    while len(frontier):
        single = frontier[degree[frontier] == 1]
        keys, where = np.unique(holders[single], return_index=True)
        if not len(keys):
            break
        rounds.append((keys, single[where]))
        removed += len(keys)
        for row in slot_of:
            touched = row[keys]
            np.subtract.at(degree, touched, 1)
            np.bitwise_xor.at(holders, touched, keys)
        frontier = np.unique(slot_of[:, keys])
    return rounds if removed == count else None


def _fill(
    slot_of: NDArray[np.int64],
    peeling_order: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
    contents: NDArray[np.uint32],
    size: int,
) -> NDArray[np.uint32]:
    """Fill the slots in reverse peeling order, so that the XOR of each key's three slots is its content."""
    slots = np.zeros(size, np.uint32)
    for keys, own in reversed(peeling_order):
        others = slots[slot_of[0, keys]] ^ slots[slot_of[1, keys]] ^ slots[slot_of[2, keys]]
        slots[own] = contents[keys] ^ others  # the key's own slot is still 0
    return slots
