"""Entry point of the ``clean-news`` script and of ``python -m clean_news``.

Worker processes import this module again, so the command line is imported only when it runs.
"""

import sys
from collections.abc import Sequence
from itertools import pairwise

from clean_news.batch.one_thread import use_one_thread


def main() -> None:
    """Run the command line; if it asks for several jobs, load what they share while the arguments are parsed."""
    use_one_thread()
    if _asks_for_jobs(sys.argv[1:]):
        from clean_news.batch.fork_server import begin_loading

        begin_loading()
    from clean_news.cli.app import run

    run()


def _asks_for_jobs(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for several jobs. A quick guess: a wrong one costs time, not correctness.

    >>> [_asks_for_jobs(line.split()) for line in ("raw clean -j2", "raw clean --jobs 8 -q", "raw clean --jobs=1")]
    [True, True, False]
    """
    for option, following in pairwise([*arguments, ""]):
        if option.startswith("--jobs"):
            value = option.removeprefix("--jobs").removeprefix("=") or following
        elif option.startswith("-j"):
            value = option.removeprefix("-j") or following
        else:
            continue
        return value.isdecimal() and value != "1"
    return False


if __name__ == "__main__":
    main()
