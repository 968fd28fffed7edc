"""Write the diff to stdout, or to the user's pager if stdout is a terminal and the diff is longer than the screen."""

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


class PagerClosed(Exception):  # not an error: the user quit the pager
    """The user quit the pager before all output was written."""


# Not click.echo_via_pager: it also pages output that fits the screen, and appends an empty line.
class Pager:
    """Buffers the output until it is longer than the screen, then starts the pager."""

    def __init__(self, command: list[str], height: int) -> None:
        """Start with an empty buffer.

        Args:
            command: the pager and its arguments.
            height: number of lines that fit the screen.
        """
        self._command = command
        self._height = height
        self._buffer: list[bytes] = []
        self._lines = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._target: IO[bytes] | None = None

    def write(self, content: bytes) -> None:
        """Write to the pager, or to the buffer while the output still fits the screen.

        Raises:
            PagerClosed: if the user quit the pager.
        """
        if self._target is None:
            self._buffer.append(content)
            self._lines += content.count(b"\n")
            if self._lines < self._height:
                return
            self._target = self._start()
            content = b"".join(self._buffer)
        try:
            self._target.write(content)
        except BrokenPipeError as error:
            raise PagerClosed from error

    def _start(self) -> IO[bytes]:
        """Start the pager and return its stdin; stdout if the pager is not installed."""
        # The default of git: -R passes colours through, -F and -X leave the text on the screen.
        environment = {"LESS": "FRX", **os.environ}
        with contextlib.suppress(OSError):  # not installed
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=environment)  # noqa: S603
        if self._process is not None and self._process.stdin is not None:
            return self._process.stdin
        return sys.stdout.buffer

    def close(self) -> None:
        """Write the buffer if no pager was needed, and wait until the user quits the pager."""
        if self._target is None:
            sys.stdout.buffer.write(b"".join(self._buffer))
        if self._process is None or self._process.stdin is None:
            sys.stdout.buffer.flush()
            return
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # handled by the pager
                self._process.wait()
                return


@contextmanager
def diff_output(paged: bool) -> Iterator[Write]:
    """Yield the function that writes the output; the block ends early, without an error, if the user quits the pager.

    Args:
        paged: whether a pager may be used.
    """
    sys.stdout.flush()
    command = _pager_command() if paged and sys.stdout.isatty() else []
    if not command:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    pager = Pager(command, shutil.get_terminal_size().lines - 1)
    with contextlib.suppress(PagerClosed):
        try:
            yield pager.write
        finally:
            pager.close()


def _pager_command() -> list[str]:
    """Return the user's pager and its arguments; empty if PAGER is ``cat`` or empty."""
    wanted = os.environ.get("PAGER", "less -R").strip()
    return [] if wanted == "cat" else shlex.split(wanted)
