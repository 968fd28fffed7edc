"""Error messages about files: what went wrong and what the user can do about it."""

import errno
import os
from pathlib import Path
from typing import NamedTuple

from clean_news.printable_text import printable, visible
from clean_news.regular_files import UnsuitableFileError

RERUN = "then run the same command again; finished articles are skipped"
REMEDIES = {
    errno.ENOENT: "put it back, or run again without it",
    errno.EACCES: "give yourself access (chmod u+rw FILE, u+rwx for a folder), " + RERUN,
    errno.EPERM: "give yourself access (chmod u+rw FILE, u+rwx for a folder), " + RERUN,
    errno.ENOSPC: "free some space on that disk, " + RERUN,
    errno.EDQUOT: "your disk quota is used up; free some space, " + RERUN,
    errno.EFBIG: "the file system does not support files of that size; choose another CLEAN folder",
    errno.EROFS: "that disk is read-only; choose another CLEAN folder",
    errno.ELOOP: "its symbolic links form a loop; remove one of them",
    errno.ENAMETOOLONG: "shorten the name of the raw file: its log needs up to 14 more bytes",
    errno.EINVAL: "if the file system of CLEAN does not allow that name, rename the raw file, " + RERUN,
    errno.EISDIR: "there is a folder where the file should be; rename the folder",
    errno.ENOTDIR: "there is a file where a folder should be; rename the file",
    errno.EIO: "the disk reports an error; copy the file elsewhere and check the disk",
    errno.EMFILE: "too many open files; use fewer --jobs",
}


INTERNAL = "clean-news itself failed"  # the beginning of messages about bugs


class Failure(NamedTuple):
    """A file, or a part of its processing, that failed.

    Attributes:
        file: printable path of the file; empty if the message names it.
        message: what happened and what to do.
    """

    file: str
    message: str

    def __str__(self) -> str:
        """Return the line that is printed, with whatever could control a terminal escaped."""
        return visible(f"{self.file}: {self.message}" if self.file else self.message)


class LinkError(OSError):
    """A symbolic link is where a file or folder of ours should be; ``strerror`` says so and names the remedy."""


def link_error(link: Path) -> LinkError:
    """Return the exception to raise for a symbolic link that would lead a write astray."""
    try:
        target = printable(link.readlink())
    except OSError:  # replaced by now
        target = "another place"
    message = f"{printable(link)} is a symbolic link to {target}, and links are not followed when writing; "
    return LinkError(errno.ELOOP, message + f"remove the link, {RERUN}", str(link))


def failure_from_os_error(path: Path, error: OSError) -> Failure:
    """Describe an error of the operating system.

    Args:
        path: the file that was being processed; the error may name another one, e.g. its clean file.
        error: the error.
    """
    if isinstance(error, LinkError):
        return Failure(printable(path), error.strerror or "")
    if isinstance(error, UnsuitableFileError):
        remedy = "put a regular file there, or remove it"
    else:
        remedy = REMEDIES.get(error.errno or 0, "fix that, " + RERUN)
    reason = error.strerror or str(error)
    other = error.filename if isinstance(error.filename, str | bytes) else None
    about = "" if other is None or Path(os.fsdecode(other)) == path else f" for {printable(os.fsdecode(other))}"
    return Failure(printable(path), f"{reason}{about}; {remedy}")


def internal_error_message(error: Exception) -> str:
    """Describe an unexpected exception and ask for a report; change logs contain this message."""
    return f"{INTERNAL} ({type(error).__name__}: {error}); please report this"
