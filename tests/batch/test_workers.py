"""Worker processes: what they have loaded, and how many threads they use."""

import os
import subprocess
import sys

from clean_news.batch.fork_server import HAS_FORKSERVER
from clean_news.batch.one_thread import THREAD_VARIABLES
from clean_news.batch.workers import new_pool

# What a worker has set, and whether models and patterns are loaded before it is asked for anything. Evaluated there: a
# worker cannot import this module.
VARIABLES = f"{{name: __import__('os').environ.get(name) for name in {THREAD_VARIABLES!r}}}"
MODULES = "__import__('sys').modules"
IS_LOADED = (
    f"'clean_news.stages.spin.stage' in {MODULES} and 'clean_news.stages.boilerplate.phrase_lists' in {MODULES}"
    f" and {MODULES}['clean_news.stages.boilerplate.phrase_lists'].phrases.cache_info().currsize > 0"
)


def test_workers_have_everything_loaded_and_multiply_in_one_thread(monkeypatch):
    for name in THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with new_pool(1) as pool:
        threads, is_loaded = pool.submit(eval, f"({VARIABLES}, {IS_LOADED})").result()
    assert set(threads.values()) == {"1"}
    assert is_loaded == HAS_FORKSERVER


def test_the_command_multiplies_in_one_thread_unless_the_user_says_otherwise():
    program = (
        "import os, sys; from clean_news.__main__ import main; sys.argv[1:] = ['--version']\n"
        "try: main()\n"
        "except SystemExit: print([os.environ.get(name) for name in sys.stdin.read().split()])"
    )
    environment = {name: value for name, value in os.environ.items() if name not in THREAD_VARIABLES}
    environment["MKL_NUM_THREADS"] = "3"
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=" ".join(THREAD_VARIABLES),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "['1', '3', '1']"
