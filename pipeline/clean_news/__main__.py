"""The ``clean-news`` script, also as ``python -m clean_news``.

Worker processes import it again, so it is light: the command line is imported when it runs.
"""

import sys
from collections.abc import Sequence
from itertools import pairwise


def main() -> None:
    """Run the command line. Where it asks for several jobs, what they share is loaded while the line is parsed."""
    if _asks_for_jobs(sys.argv[1:]):
        from clean_news.batch.forking import begin_loading

        begin_loading()
    from clean_news.cli.app import run

    run()


def _asks_for_jobs(line: Sequence[str]) -> bool:
    """Whether a command line asks for several jobs, at a glance: a wrong answer costs some time, nothing else.

    >>> [_asks_for_jobs(line.split()) for line in ("raw clean -j2", "raw clean --jobs 8 -q", "raw clean --jobs=1")]
    [True, True, False]
    """
    for option, following in pairwise([*line, ""]):
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
