"""What to tell people about a file that could not be dealt with: what happened, and what to do about it."""

import errno
import os
from pathlib import Path
from typing import NamedTuple

from clean_news.visible import printable

AGAIN = "then run the same command again; finished articles are skipped"
REMEDIES = {
    errno.ENOENT: "put it back, or run again without it",
    errno.EACCES: "give yourself access (chmod u+rw FILE, u+rwx for a folder), " + AGAIN,
    errno.EPERM: "give yourself access (chmod u+rw FILE, u+rwx for a folder), " + AGAIN,
    errno.ENOSPC: "free some space on that disk, " + AGAIN,
    errno.EDQUOT: "your share of that disk is used up; free some of it, " + AGAIN,
    errno.EFBIG: "the disk does not take files of that size; choose another CLEAN folder",
    errno.EROFS: "that disk is read-only; choose another CLEAN folder",
    errno.ELOOP: "its symbolic links lead round in a circle; remove one of them",
    errno.ENAMETOOLONG: "give the raw file a shorter name: its log needs 13 characters more",
    errno.EISDIR: "a folder stands where the file should be; rename the folder",
    errno.ENOTDIR: "a file stands where a folder should be; rename the file",
    errno.EIO: "the disk is at fault; copy the file elsewhere and check the disk",
    errno.EMFILE: "too many open files; use fewer --jobs",
}


class Failure(NamedTuple):
    """A file, or a part of its work, that failed.

    Attributes:
        file: its path, as people write it; empty where the message names it.
        message: what happened and what to do.
    """

    file: str
    message: str

    def __str__(self) -> str:
        """The line that is printed."""
        return f"{self.file}: {self.message}" if self.file else self.message


def of_os_error(path: Path, error: OSError) -> Failure:
    """The failure that an operating system's error stands for.

    Args:
        path: the file that was being worked on; the error may name another one, e.g. its clean file.
        error: the error.
    """
    remedy = REMEDIES.get(error.errno or 0, "see to that, " + AGAIN)
    reason = error.strerror or str(error)
    other = error.filename if isinstance(error.filename, str | bytes) else None
    about = "" if other is None or Path(os.fsdecode(other)) == path else f" for {printable(os.fsdecode(other))}"
    return Failure(printable(path), f"{reason}{about}; {remedy}")


def of_our_fault(error: Exception) -> str:
    """What to say of an error that nobody expected."""
    return f"clean-news itself failed ({type(error).__name__}: {error}); please report this"
