"""Append lines to a file durably, and undo the last append; symbolic links in CLEAN are not followed."""

import os
from pathlib import Path

from clean_news.batch.atomic_writing import refuse_links, replacing
from clean_news.failures import link_error
from clean_news.files.folder_lock import locked
from clean_news.regular_files import MAX_LIST_BYTES, open_regular, read_regular


class LinesFile:
    """A text file that lines are appended to.

    Attributes:
        path: the file; it need not exist.
        existed: whether it existed at first; if not, undoing every append deletes it.
        blocks: the appended bytes, in order.
    """

    def __init__(self, path: Path) -> None:
        """Remember whether the file exists."""
        self.path = path
        self.existed = path.exists()
        self.blocks: list[bytes] = []

    def append(self, lines: bytes) -> None:
        """Append whole lines, and wait until they are on disk.

        Raises:
            LinkError: if the file or a folder of CLEAN on the way to it is a symbolic link.
            OSError: if they cannot be written; the file is then unchanged.
        """
        refuse_links(self.path.parent)
        if self.path.is_symlink():  # appending would write to what it leads to, and replacing it would lose its lines
            raise link_error(self.path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with locked(self.path.parent), self.path.open("ab+") as file:
            end = file.seek(0, os.SEEK_END)
            block = (b"" if _ends_a_line(self.path) else b"\n") + lines
            try:
                file.write(block)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)  # a partial line would make the file unreadable
                raise
        self.blocks.append(block)

    def undo(self) -> None:
        """Remove the lines that were appended last, even if another process has appended to the file since.

        Raises:
            OSError: if the file cannot be written; it is then unchanged.
        """
        block = self.blocks[-1]
        with locked(self.path.parent):
            content = read_regular(self.path, MAX_LIST_BYTES)
            at = content.rfind(block)
            if at >= 0:  # else another process has removed them
                left = content[:at] + content[at + len(block) :]
                if left or self.existed:
                    with replacing(self.path) as (file,):
                        file.write(left)
                else:
                    self.path.unlink()
        self.blocks.pop()


def _ends_a_line(path: Path) -> bool:
    """Return whether a file is empty or ends with a line end."""
    with open_regular(path) as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
