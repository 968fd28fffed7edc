"""Where the diff goes: to stdout, or where that is a terminal and the diff is longer than it, to the user's pager."""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

Write = Callable[[bytes], object]


class Leaf(Exception):  # no error: the reader has turned away
    """The pager was left before all was written."""


class Paged:
    """What is written is held back until it is longer than the screen; then it goes to the pager.

    Attributes:
        held: what was not written yet.
        pager: the pager once it is needed.
    """

    def __init__(self, command: list[str], height: int) -> None:
        """Hold back what fits on a screen.

        Args:
            command: the pager and its arguments.
            height: the screen's number of lines.
        """
        self.command = command
        self.height = height
        self.held: list[bytes] = []
        self.lines = 0
        self.pager: subprocess.Popen[bytes] | None = None
        self.target: IO[bytes] | None = None

    def write(self, content: bytes) -> None:
        """Write, or hold back.

        Raises:
            Leaf: if the reader has left the pager.
        """
        if self.target is None:
            self.held.append(content)
            self.lines += content.count(b"\n")
            if self.lines < self.height:
                return
            self.open()
            content = b"".join(self.held)
        assert self.target is not None
        try:
            self.target.write(content)
        except BrokenPipeError as error:
            raise Leaf from error

    def open(self) -> None:
        """Start the pager; without one the rest goes to stdout."""
        self.target = sys.stdout.buffer
        # LESS as git sets it: -R lets colours through, -F and -X leave the text on the screen.
        environment = {"LESS": "FRX", **os.environ}
        with contextlib.suppress(OSError):  # it is not there
            self.pager = subprocess.Popen(self.command, stdin=subprocess.PIPE, env=environment)  # noqa: S603
            self.target = self.pager.stdin

    def close(self) -> None:
        """Write what was held back, and wait until the reader has left the pager."""
        if self.target is None:
            sys.stdout.buffer.write(b"".join(self.held))
        if self.pager is None or self.pager.stdin is None:
            sys.stdout.buffer.flush()
            return
        with contextlib.suppress(BrokenPipeError):
            self.pager.stdin.close()
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # the pager's to deal with
                self.pager.wait()
                return


@contextmanager
def written(paged: bool) -> Iterator[Write]:
    """Where to write while the block lasts; it ends early, without an error, if the reader leaves the pager.

    Args:
        paged: whether a pager may be used.
    """
    sys.stdout.flush()
    command = _pager_command() if paged and sys.stdout.isatty() else []
    if not command:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    pages = Paged(command, shutil.get_terminal_size().lines - 1)
    with contextlib.suppress(Leaf):
        try:
            yield pages.write
        finally:
            pages.close()


def _pager_command() -> list[str]:
    """The user's pager and its arguments; empty if none is wanted."""
    wanted = os.environ.get("PAGER", "less -R").strip()
    return [] if wanted == "cat" else shlex.split(wanted)
