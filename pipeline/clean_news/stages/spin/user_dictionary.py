"""The user's own dictionaries: spin entries, and beside each what was learned of them.

``words.tsv`` has entries as ``dictionaries/spin/*.tsv``; ``words.tsv.weights``, where it exists, has counts as
``dictionaries/spin-weights.tsv`` and, after a ``!``, how often a reviewer rejected a form's original.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from clean_news.language.tokens import SAME, TOKEN
from clean_news.settings import SettingsError
from clean_news.stages.spin.calibration import expit, logit
from clean_news.stages.spin.entries import NOT, Entry, EntryError, read_entries, read_rows
from clean_news.user_files import Version, unreadable, versions

WEIGHTS = ".weights"  # what the name of a dictionary's file of weights has behind it
LONGEST = 8  # tokens of an original, at most: the lattice's limit
# Nats that a rejection takes off an edit's log odds, where no acceptance outweighs it. The surest edits are logged at
# .9999, 9.2 nats: four rejections take them below .5, five below what any level suggests.
REJECTION = 2.5


class Own(NamedTuple):
    """What own dictionaries say.

    Attributes:
        entries: their entries.
        counts: for each original how often it was seen as each form.
        rejections: for each original and form, as keys in small letters, how much more often a reviewer rejected
            that the one stands behind the other than accepted it.
    """

    entries: list[Entry]
    counts: dict[str, dict[str, float]]
    rejections: dict[tuple[str, str], float]


NOTHING = Own([], {}, {})


def files(paths: Iterable[str]) -> tuple[Version, ...]:
    """Own dictionaries and their weights as they are now.

    Raises:
        SettingsError: if one is not there.
    """
    named = [each for path in paths for each in (path, path + WEIGHTS) if each == path or Path(each).exists()]
    return versions(named)


@lru_cache(maxsize=2)
def read(own: tuple[Version, ...]) -> Own:
    """What these files say.

    Raises:
        SettingsError: if one cannot be read or has a malformed line; the message names file and line.
    """
    entries: list[Entry] = []
    counts: dict[str, dict[str, float]] = {}
    rejected: dict[tuple[str, str], float] = defaultdict(float)
    try:
        for file in own:
            if not file.path.endswith(WEIGHTS):
                entries += checked(read_entries(Path(file.path)), file.path)
                continue
            for original, form, count in read_rows(Path(file.path)):
                pair = _lowered(original), _lowered(form.removeprefix(NOT))
                rejected[pair] += count if form.startswith(NOT) else -count
                if not form.startswith(NOT):
                    seen = counts.setdefault(original, {})
                    seen[form] = seen.get(form, 0.0) + count
    except EntryError as error:
        raise SettingsError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(file.path, error) from error
    return Own(entries, counts, {pair: count for pair, count in rejected.items() if count > 0})


def checked(entries: list[Entry], path: str) -> list[Entry]:
    """The entries, none of them of more words than can be put back.

    Raises:
        SettingsError: if one is.
    """
    for entry in entries:
        if len(TOKEN.findall(entry.original)) > LONGEST:
            raise SettingsError(f"{path}: the original {entry.original!r} has more than {LONGEST} words; shorten it")
    return entries


def _lowered(phrase: str) -> str:
    """The phrase as tokens in small letters with spaces between."""
    return " ".join(token.translate(SAME).lower() for token in TOKEN.findall(phrase))


def less_rejected(
    before: str, afters: Mapping[str, float], rejections: Mapping[tuple[str, str], float]
) -> dict[str, float]:
    """What may stand at a place, with its probability; those that reviewers rejected are less probable.

    Args:
        before: what stands there.
        afters: what may stand there instead.
        rejections: see :class:`Own`.

    >>> less_rejected("Mentioned", {"Said": 0.9999, "Noted": 0.2}, {("said", "mentioned"): 5.0})["Said"] < 0.1
    True
    """
    form = _lowered(before)
    return {
        after: expit(logit(odds) - REJECTION * rejections.get((_lowered(after), form), 0.0))
        if (_lowered(after), form) in rejections
        else odds
        for after, odds in afters.items()
    }


def digests(paths: Iterable[str]) -> dict[str, str]:
    """SHA-256 of own dictionaries and their weights, in hex, by ``own/`` and the file's name, for the log.

    Raises:
        SettingsError: if one cannot be read.
    """
    return dict(_digests_of(files(paths)))


@lru_cache(maxsize=2)
def _digests_of(own: tuple[Version, ...]) -> dict[str, str]:
    """See :func:`digests`; of files of the same name the later ones are numbered."""
    found: dict[str, str] = {}
    for file in own:
        name = f"own/{Path(file.path).name}"
        if name in found:
            name = f"{name} ({sum(each.startswith(name) for each in found) + 1})"
        try:
            found[name] = hashlib.sha256(Path(file.path).read_bytes()).hexdigest()
        except OSError as error:
            raise unreadable(file.path, error) from error
    return found
