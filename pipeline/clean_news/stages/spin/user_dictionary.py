"""User dictionaries: spin entries, and the counts learned from reviewers' decisions about them.

``words.tsv`` has entries in the format of ``dictionaries/spin/*.tsv``. The optional ``words.tsv.weights`` has counts in
the format of ``dictionaries/spin/families/*.counts.tsv``; where a form is prefixed with ``!``, it counts reviewers'
rejections.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from clean_news.language.tokens import FOLDED_PUNCTUATION, TOKEN
from clean_news.regular_files import MAX_LIST_BYTES, read_regular
from clean_news.settings import SettingsError
from clean_news.stages.spin.calibration import expit, logit
from clean_news.stages.spin.entries import REJECTED_PREFIX, Entry, EntryError, numbered_entries, read_rows
from clean_news.user_files import FileVersion, file_versions, unreadable_file_error

WEIGHTS_SUFFIX = ".weights"  # appended to the dictionary's file name
MAX_ORIGINAL_TOKENS = 8  # the limit of an edge of the lattice, lattice.MAX_EDGE_WORDS
# Nats by which each rejection that no acceptance outweighs lowers an edit's log odds. The highest logged confidence is
# .9999, 9.2 nats: four rejections bring it below .5, five below the suggestion threshold of every level.
REJECTION_NATS = 2.5


class UserDictionary(NamedTuple):
    """What was learned about the entries of the user dictionaries.

    Attributes:
        counts: by original, how often it was observed as each form.
        rejections: by (original, form), both as lower-case keys, the number of rejections of this original for this
            form less the number of acceptances; only positive ones.
    """

    counts: dict[str, dict[str, float]]
    rejections: dict[tuple[str, str], float]


def files(paths: Iterable[str]) -> tuple[FileVersion, ...]:
    """Return the current versions of user dictionaries and of their weights.

    Args:
        paths: the dictionary files.

    Raises:
        SettingsError: if a dictionary does not exist.
    """
    existing = [each for path in paths for each in (path, path + WEIGHTS_SUFFIX) if each == path or Path(each).exists()]
    return file_versions(existing)


@lru_cache(maxsize=2)
def read(user_files: tuple[FileVersion, ...]) -> UserDictionary:
    """Read the weights of user dictionaries.

    Raises:
        SettingsError: if a file cannot be read or has a malformed line; the message names file and line.
    """
    counts: dict[str, dict[str, float]] = {}
    rejected: dict[tuple[str, str], float] = defaultdict(float)
    try:
        for file in user_files:
            if not file.path.endswith(WEIGHTS_SUFFIX):
                continue
            for original, form, count in read_rows(Path(file.path)):
                pair = _lowered(original), _lowered(form.removeprefix(REJECTED_PREFIX))
                rejected[pair] += count if form.startswith(REJECTED_PREFIX) else -count
                if not form.startswith(REJECTED_PREFIX):
                    seen = counts.setdefault(original, {})
                    seen[form] = seen.get(form, 0.0) + count
    except EntryError as error:
        raise SettingsError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable_file_error(file.path, error) from error
    return UserDictionary(counts, {pair: count for pair, count in rejected.items() if count > 0})


def entries(user_files: Iterable[FileVersion]) -> Iterator[Entry]:
    """Yield the entries of user dictionaries, one at a time: there may be hundreds of thousands.

    Raises:
        SettingsError: if a file cannot be read or has a malformed line; the message names file and line.
    """
    for file in user_files:
        if file.path.endswith(WEIGHTS_SUFFIX):
            continue
        try:
            yield from _short_entries(file.path)
        except EntryError as error:
            raise SettingsError(str(error)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise unreadable_file_error(file.path, error) from error


def check(user_files: tuple[FileVersion, ...]) -> None:
    """Read all lines of user dictionaries and of their weights.

    Raises:
        SettingsError: if a file cannot be read or has a malformed line; the message names file and line.
    """
    read(user_files)
    for _ in entries(user_files):
        pass


def _short_entries(path: str) -> Iterator[Entry]:
    """Yield the entries of a dictionary after checking the length of their originals.

    Raises:
        SettingsError: if an original has more than :data:`MAX_ORIGINAL_TOKENS` tokens.
        EntryError, OSError, UnicodeDecodeError: see :func:`numbered_entries`.
    """
    for number, entry in numbered_entries(Path(path)):
        if _may_be_long(entry.original) and len(TOKEN.findall(entry.original)) > MAX_ORIGINAL_TOKENS:
            raise SettingsError(
                f"{path}, line {number}: the original has more than {MAX_ORIGINAL_TOKENS} words; shorten it"
            )
        yield entry


def _may_be_long(original: str) -> bool:
    """Whether it is worth counting the tokens of an original."""
    return original.count(" ") >= MAX_ORIGINAL_TOKENS or not original.replace(" ", "").isalpha()


def _lowered(phrase: str) -> str:
    """The phrase as lower-case tokens separated by spaces."""
    return " ".join(token.translate(FOLDED_PUNCTUATION).lower() for token in TOKEN.findall(phrase))


def penalise_rejected(
    before: str, afters: Mapping[str, float], rejections: Mapping[tuple[str, str], float]
) -> dict[str, float]:
    """Lower the probabilities of replacements that reviewers rejected.

    Args:
        before: the text to be replaced.
        afters: probability of each replacement.
        rejections: see :class:`UserDictionary`.

    >>> penalise_rejected("Mentioned", {"Said": 0.9999, "Noted": 0.2}, {("said", "mentioned"): 5.0})["Said"] < 0.1
    True
    """
    form = _lowered(before)
    return {
        after: expit(logit(odds) - REJECTION_NATS * rejections.get((_lowered(after), form), 0.0))
        if (_lowered(after), form) in rejections
        else odds
        for after, odds in afters.items()
    }


def digests(paths: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of user dictionaries and their weights in hex, for the log.

    Args:
        paths: the dictionary files.

    Returns:
        The digests by ``own/`` and the file's name.

    Raises:
        SettingsError: if a file cannot be read.
    """
    return dict(digests_of(files(paths)))


@lru_cache(maxsize=2)
def digests_of(user_files: tuple[FileVersion, ...]) -> dict[str, str]:
    """See :func:`digests`. Further files of the same name are numbered from 2 on."""
    found: dict[str, str] = {}
    for file in user_files:
        name = f"own/{Path(file.path).name}"
        if name in found:
            name = f"{name} ({sum(each.startswith(name) for each in found) + 1})"
        try:
            found[name] = hashlib.sha256(read_regular(file.path, MAX_LIST_BYTES)).hexdigest()
        except OSError as error:
            raise unreadable_file_error(file.path, error) from error
    return found
