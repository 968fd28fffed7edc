"""A static table from 64-bit keys to 6-bit values: a binary fuse filter that carries values.

Each key has three slots; the exclusive or of their 16-bit contents gives 10 bits that recognise the key and
6 bits of value: some 18 bits an entry. A key that is not in the table is taken for one with probability
1/1024, or 1/262,144 where a second plane holds 8 more bits a slot.

Source: Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters" (2022); here the fingerprint
is shortened and a value stored beside it, and peeling works on whole rounds of slots so that NumPy can do it.
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
    """No seed let every key have a slot of its own; only duplicate keys make that likely."""


def _mix(keys: Keys, seed: int) -> Keys:
    """Murmur3's 64-bit finaliser: spreads keys that are alike."""
    mixed = keys ^ np.uint64(seed)
    mixed ^= mixed >> np.uint64(33)
    mixed *= np.uint64(0xFF51AFD7ED558CCD)
    mixed ^= mixed >> np.uint64(33)
    mixed *= np.uint64(0xC4CEB9FE1A85EC53)
    mixed ^= mixed >> np.uint64(33)
    return mixed


def slot_indices(mixed: Keys, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The three slots of each key, in three consecutive segments of a table of ``size`` slots."""
    usable = np.uint64(size - 2 * SEGMENT_SLOTS)
    first = ((mixed >> np.uint64(32)) * usable) >> np.uint64(32)
    mask = np.uint64(SEGMENT_SLOTS - 1)
    second = (first + np.uint64(SEGMENT_SLOTS)) ^ ((mixed >> np.uint64(18)) & mask)
    third = (first + np.uint64(2 * SEGMENT_SLOTS)) ^ (mixed & mask)
    return first.view(np.int64), second.view(np.int64), third.view(np.int64)


def fingerprints(mixed: Keys) -> NDArray[np.uint32]:
    """The 18 bits that recognise each key, standing above the value's bits."""
    folded = (mixed ^ (mixed >> np.uint64(41))) & np.uint64(0xFFFFFF ^ ((1 << VALUE_BITS) - 1))
    return folded.astype(np.uint32)


def look_up(slots: Slots, guard: Guard, seed: int, keys: Keys) -> NDArray[np.int16]:
    """The value (0–63) of each key, or -1 where the table lacks it.

    Args:
        slots: the table.
        guard: its second plane, or an empty array if it was built without.
        seed: the seed of its hash.
        keys: the keys asked for.
    """
    mixed = _mix(keys, seed)
    first, second, third = slot_indices(mixed, len(slots))
    fingerprint = fingerprints(mixed)
    found = slots.take(first)
    found ^= slots.take(second)
    found ^= slots.take(third)
    found ^= fingerprint.astype(np.uint16)
    values = found.astype(np.int16)
    values[found >= 1 << VALUE_BITS] = -1
    if len(guard):
        # Only what the first plane knows is looked up in the second: reaching into the table is what takes the time.
        rows = np.flatnonzero(values >= 0)
        seen = guard.take(first[rows]) ^ guard.take(second[rows]) ^ guard.take(third[rows])
        values[rows[seen != (fingerprint[rows] >> np.uint32(16)).astype(np.uint8)]] = -1
    return values


def build(keys: Keys, values: NDArray[np.uint8], guarded: bool = False) -> tuple[Slots, Guard, int]:
    """The table of these distinct keys and values (0–63): its slots, its second plane and its hash's seed.

    Raises:
        PeelingFailed: if no seed works.
    """
    segments = max(int(np.ceil(len(keys) * SLOTS_PER_KEY / SEGMENT_SLOTS)), 1) + 2
    size = segments * SEGMENT_SLOTS
    for seed in range(1, MAX_SEEDS + 1):
        mixed = _mix(keys, seed)
        slot_of = np.stack(slot_indices(mixed, size))
        order = _peel(slot_of, size)
        if order is not None:
            slots = _fill(slot_of, order, fingerprints(mixed) | values.astype(np.uint32), size)
            guard = (slots >> np.uint32(16)).astype(np.uint8) if guarded else np.zeros(0, np.uint8)
            return slots.astype(np.uint16), guard, seed
    raise PeelingFailed(f"{len(keys)} keys: no seed of {MAX_SEEDS} works; are all keys distinct?")


def _peel(slot_of: NDArray[np.int64], size: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]] | None:
    """Rounds of (keys, the slot that each has for itself), in the order of removal; None where it fails."""
    count = slot_of.shape[1]
    degree = np.bincount(slot_of.ravel(), minlength=size).astype(np.int32)
    holders = np.zeros(size, np.int64)  # exclusive or of the keys in a slot: the key itself where one is left
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
    order: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
    contents: NDArray[np.uint32],
    size: int,
) -> NDArray[np.uint32]:
    """The slots, filled in the reverse order of peeling so that each key's three give its content."""
    slots = np.zeros(size, np.uint32)
    for keys, own in reversed(order):
        others = slots[slot_of[0, keys]] ^ slots[slot_of[1, keys]] ^ slots[slot_of[2, keys]]
        slots[own] = contents[keys] ^ others  # the key's own slot is still 0
    return slots
