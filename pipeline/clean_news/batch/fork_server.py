"""Starts the fork server: the process that loads the models once and from which workers are forked."""

import multiprocessing

from clean_news.batch.one_thread import use_one_thread

PRELOADED_MODULES = ["clean_news.batch.worker_preload"]  # imported by the fork server
HAS_FORKSERVER = "forkserver" in multiprocessing.get_all_start_methods()


def begin_loading() -> None:
    """Start the fork server, which then loads in parallel with this process; does nothing if it is running."""
    use_one_thread()
    if HAS_FORKSERVER:
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload(PRELOADED_MODULES)
        forkserver.ensure_running()
