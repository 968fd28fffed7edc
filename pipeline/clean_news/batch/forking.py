"""The process that workers are forked from: it loads everything once, and they share it."""

import multiprocessing
from multiprocessing import forkserver

PRELOADED_MODULES = ["clean_news.batch.preloading"]  # what it imports
HAS_FORKSERVER = "forkserver" in multiprocessing.get_all_start_methods()


def begin_loading() -> None:
    """Let it load, beside whatever this process does until it needs workers; nothing if it was begun before."""
    if HAS_FORKSERVER:
        forkserver.set_forkserver_preload(PRELOADED_MODULES)
        forkserver.ensure_running()
