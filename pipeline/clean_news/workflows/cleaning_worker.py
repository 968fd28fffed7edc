"""The other side of :mod:`clean_news.workflows.cleaning_processes`: cleans what comes in at stdin.

Pickles go both ways, between a process and the child that it started itself: in come a cleaner, then one
``(value, name, earlier)`` after the other; each is answered by the clean text and its log as JSON text.
"""

import os
import pickle
import signal
import sys

from clean_news.records import as_json, clean_value


def main() -> None:
    """Answer until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process in order
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a stage prints must not get between the answers
    try:
        cleaner = pickle.load(sys.stdin.buffer)  # noqa: S301  # from the parent
        while True:
            value, name, earlier = pickle.load(sys.stdin.buffer)  # noqa: S301
            text, log = clean_value(value, name, earlier, cleaner)
            pickle.dump((text, as_json(log)), answers)
            answers.flush()
    except (EOFError, BrokenPipeError):
        pass  # the parent is done, or gone


if __name__ == "__main__":
    main()
