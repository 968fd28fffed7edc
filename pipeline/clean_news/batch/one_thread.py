"""Limits the threads of NumPy's matrix products."""

import os

# Of the libraries that NumPy may be built with: OpenBLAS in its wheels, MKL in Anaconda's, Accelerate on macOS.
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def use_one_thread() -> None:
    """Have NumPy multiply matrices in one thread, in the processes to come, and in this one if it has not loaded NumPy.

    A run is divided among processes. With a thread for each processor in each of them, the threads wait for each other:
    scans took four times the processor time on two busy processors. The order of additions also depends on the
    number of threads, and with it the fourth digit of some confidences in the logs. What the user has set stays.
    """
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, "1")
