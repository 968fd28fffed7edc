"""Stores datatrove's executor for the jobs of a cluster, and runs it there only if it is the one that was stored.

datatrove stores the pipeline as a pickle in CLEAN, and loading a pickle runs whatever it says: whoever may write into
CLEAN could run code as the user. Its SHA-256 is therefore part of the job script, of which Slurm has its own copy, and
the job unpickles the very bytes that it has checked. Where the file lies and who may write there then does not matter;
checking its owner and mode instead would refuse folders that are shared by a group, which are common on clusters.
"""

import hashlib
from copy import deepcopy
from pathlib import Path
from typing import Any

import dill
from dill import CONTENTS_FMODE

from clean_news.files.discovery import InputError
from clean_news.printable_text import printable
from clean_news.regular_files import MAX_LIST_BYTES, read_regular


def pickled(executor: Any) -> bytes:  # noqa: ANN401  # datatrove ships no type information
    """Return an executor as datatrove pickles it for its jobs."""
    return bytes(dill.dumps(deepcopy(executor), fmode=CONTENTS_FMODE))


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a pickle in hex, as the job script has it."""
    return hashlib.sha256(content).hexdigest()


def run_stored(place: Path, expected: str) -> None:
    """Run a stored executor within a job.

    Args:
        place: the pickle.
        expected: its SHA-256 in hex.

    Raises:
        InputError: if it is another one; nothing of it runs.
        OSError: if it cannot be read.
    """
    content = read_regular(place, MAX_LIST_BYTES)
    if sha256(content) != expected:
        raise InputError(
            f"{printable(place)}: is not what was stored when the job was submitted, so it is not run; "
            "find out who may write there, then run the cluster command again"
        )
    dill.loads(content).run()  # noqa: S301  # checked
