"""The files that a review writes: each step is on disk before anything else happens, and can be taken out again."""

import os
from pathlib import Path

from clean_news.batch.atomic_writing import replacing


class LinesFile:
    """A text file that lines are added to.

    Attributes:
        path: the file; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        """Remember whether there is a file, so that taking everything back leaves none that was not there."""
        self.path = path
        self.was_there = path.exists()
        self.blocks: list[bytes] = []  # what was added, as it was written

    def add(self, lines: bytes) -> None:
        """Add whole lines, and wait until they are on the disk.

        Raises:
            OSError: if they cannot be written; then the file is as it was.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as file:
            end = file.seek(0, os.SEEK_END)
            block = (b"" if _ends_a_line(self.path) else b"\n") + lines
            try:
                file.write(block)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)  # half a line would make the file unreadable
                raise
        self.blocks.append(block)

    def take_back(self) -> None:
        """Take out the lines that were added last, even if others stand behind them by now.

        Raises:
            OSError: if the file cannot be written; then it is as it was.
        """
        block = self.blocks[-1]
        content = self.path.read_bytes()
        at = content.rfind(block)
        if at >= 0:  # else somebody took them out already
            left = content[:at] + content[at + len(block) :]
            if left or self.was_there:
                with replacing(self.path) as (file,):
                    file.write(left)
            else:
                self.path.unlink()
        self.blocks.pop()


def _ends_a_line(path: Path) -> bool:
    """Whether what is added to a file begins a line: the file is empty, or ends with a line end."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
