"""A baseline: the repairs that are known and left as they are, so that a check shows only what is new.

A repair is known by its file, its rule, the texts before and after, and the words around it; lines and columns are
not stored, so that text may move. Where the words around it have changed, it still stands for one repair of the same
rule and texts in its file. Texts are stored as digests: a baseline can be committed.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news.batch.atomic_writing import replacing
from clean_news.batch.needed_repairs import NeededRepair
from clean_news.failures import failure_from_os_error
from clean_news.files.discovery import InputError
from clean_news.parse_errors import fault_of
from clean_news.printable_text import printable
from clean_news.regular_files import MAX_LIST_BYTES, read_regular
from clean_news.review.checking.file_names import FileNames

SCHEMA = "clean-news/baseline/1"
PARTS = ("rule", "change", "words_before", "words_after")  # attributes of NeededRepair, separated by spaces


class Baseline(msgspec.Struct):
    """The known repairs of files.

    Attributes:
        schema: :data:`SCHEMA`.
        needed: for each file, by its path from the folder of the baseline, the :data:`PARTS` of each repair.
    """

    needed: dict[str, list[str]]
    schema: str = SCHEMA


class Known(NamedTuple):
    """A baseline that checks are compared with.

    Attributes:
        needed: what it says of each file.
        names: how it names files: relative to its folder, so that it serves from any working folder.
    """

    needed: dict[str, list[str]]
    names: FileNames

    def new_repairs(self, found: Sequence[NeededRepair]) -> list[NeededRepair]:
        """Return the repairs of one file that are not in the baseline, in their order."""
        known = self.needed.get(self.names.name(found[0].file), ()) if found else ()
        return _without(found, known) if known else list(found)


def known_in(path: Path) -> Known:
    """Read a baseline to compare checks with.

    Raises:
        InputError: if it cannot be read, or is no baseline.
    """
    return Known(read(path).needed, FileNames(path.parent))


def read(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        InputError: if it cannot be read, or is no baseline.
    """
    try:
        found = msgspec.json.decode(read_regular(path, MAX_LIST_BYTES), type=Baseline)
    except FileNotFoundError as error:
        raise InputError(f"{printable(path)}: there is no such baseline; write it with --write-baseline") from error
    except OSError as error:
        raise InputError(str(failure_from_os_error(path, error))) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else fault_of(error)
        raise InputError(_no_baseline(path, why)) from error
    if found.schema != SCHEMA:
        raise InputError(_no_baseline(path, "it has another schema"))
    return found


def write(path: Path, needed: Iterable[NeededRepair], failed: Iterable[str]) -> None:
    """Write the baseline of what a check has found; what an earlier one says of files that failed is kept.

    Args:
        path: the baseline; it may be there already.
        needed: what was found.
        failed: the files that could not be checked, as they were named.

    Raises:
        InputError: if there is another file in its place.
        OSError: if it cannot be written.
    """
    names = FileNames(path.parent)
    before = read(path).needed if os.path.lexists(path) else {}
    kept = {name: before[name] for name in map(names.name, failed) if name in before}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in needed:
        found[names.name(each.file)].append(_key(each))
    every = {**kept, **found}
    baseline = Baseline({name: sorted(every[name]) for name in sorted(every)})
    with replacing(path) as (file,):
        file.write(msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n")


def _without(found: Sequence[NeededRepair], known: Sequence[str]) -> list[NeededRepair]:
    """Return the repairs that are not known, in their order.

    Each known repair stands for one: first for the one with the same words before and after, then for one with the same
    words on one side, then for any of the same rule and texts.
    """
    left = [key.split(" ") for key in known if key.count(" ") == len(PARTS) - 1]
    new = list(found)
    for compared in (PARTS, PARTS[:3], (*PARTS[:2], PARTS[3]), PARTS[:2]):
        places: defaultdict[tuple[str, ...], list[list[str]]] = defaultdict(list)
        for parts in left:
            places[tuple(parts[PARTS.index(name)] for name in compared)].append(parts)
        others = []
        for each in new:
            same = places.get(tuple(getattr(each, name) for name in compared))
            if same:
                same.pop()
            else:
                others.append(each)
        new, left = others, [parts for some in places.values() for parts in some]
    return new


def _key(needed: NeededRepair) -> str:
    """Return what stands for a repair in a baseline."""
    return " ".join(getattr(needed, name) for name in PARTS)


def _no_baseline(path: Path, why: str) -> str:
    """Return the message for a file that is no baseline."""
    return f"{printable(path)}: is not a baseline ({why}); name another file, or remove it and use --write-baseline"
