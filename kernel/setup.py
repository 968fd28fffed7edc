"""Builds the kernel as one extension module of the stable ABI of Python 3.11."""

import sys
from pathlib import Path

from setuptools import Extension, setup

HERE = Path(__file__).parent
# Contracted to a multiply-add, a product is not rounded, and results differ from NumPy's.
EXACT = ["/O2", "/fp:precise"] if sys.platform == "win32" else ["-O2", "-ffp-contract=off", "-fno-fast-math"]

setup(
    ext_modules=[
        Extension(
            "clean_news_kernel",
            sources=sorted(str(path.relative_to(HERE)) for path in (HERE / "source").glob("*.c")),
            depends=sorted(str(path.relative_to(HERE)) for path in (HERE / "source").glob("*.h")),
            define_macros=[("Py_LIMITED_API", "0x030B0000"), ("PY_SSIZE_T_CLEAN", None)],
            extra_compile_args=EXACT,
            py_limited_api=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
