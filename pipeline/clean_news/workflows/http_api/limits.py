"""What the service takes at most, so that no request can occupy it."""

from typing import NamedTuple


class Limits(NamedTuple):
    """The limits of the service.

    Attributes:
        kilobytes: size of a body, in units of 1,024 bytes.
        seconds: how long an article may take to arrive, and how long to be cleaned.
        processes: number of articles that are cleaned at the same time.
        waiting: number of others that may wait for that.
    """

    kilobytes: int = 1024
    seconds: float = 30.0
    processes: int = 1
    waiting: int = 8

    @property
    def max_bytes(self) -> int:
        """Size of a body, in bytes."""
        return self.kilobytes << 10
