"""The worker process of :mod:`clean_news.workflows.cleaning_processes`: cleans articles read from stdin.

Messages are pickles exchanged with the parent process: it sends a cleaner, to which the response is None, then a series
of requests ``(value, name, earlier)``, or ``(bytes, name, charset)``; the response to each is the clean text and its
change log as JSON.
"""

import os
import pickle
import signal
import sys

from clean_news.records import as_json, clean_value


def main() -> None:
    """Respond to requests until stdin is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent, which then ends this process
    responses = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # output of a stage must not mix with the responses
    try:
        cleaner = pickle.load(sys.stdin.buffer)  # noqa: S301  # from the parent
        pickle.dump(None, responses)
        responses.flush()
        while True:
            value, name, earlier = pickle.load(sys.stdin.buffer)  # noqa: S301
            if isinstance(value, bytes):
                text, log = cleaner.clean_or_keep(value, name, charset=earlier)
            else:
                text, log = clean_value(value, name, earlier, cleaner)
            pickle.dump((text, as_json(log)), responses)
            responses.flush()
    except (EOFError, BrokenPipeError):
        pass  # the parent closed the pipe or died


if __name__ == "__main__":
    main()
