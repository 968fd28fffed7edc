"""Parametrise the stage tests with the case files.

A test with the parameter ``case`` runs for every entry of ``tests/cases/STAGE/*.json``, where STAGE is the name of
the test module without ``test_``. The cases of ``known-failures.json`` must fail: one that passes belongs in another
file.
"""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "cases"


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        folder = FOLDER / Path(metafunc.module.__file__).stem.removeprefix("test_")
        metafunc.parametrize(
            "case",
            [
                pytest.param(case, id=f"{path.stem}: {case['why']} ({number})", marks=marks(path, metafunc))
                for path in sorted(folder.glob("*.json"))
                for number, case in enumerate(json.loads(path.read_text(encoding="utf-8")), 1)
            ],
        )


def marks(path, metafunc):
    """Return the pytest marks of a file's cases: known failures are strict xfails."""
    known = path.stem == "known-failures" and metafunc.function.__name__ == "test_case"
    return [pytest.mark.xfail(strict=True, raises=AssertionError)] if known else []
