"""Run every Python example in docs/; its assertions are the test.

A block that begins with ``# needs: NAME`` is skipped if that package is not installed.
"""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
TESTED_ELSEWHERE = {DOCS / "cluster.md"}  # these examples need a cluster; tests/workflows has their tests
NEEDS = re.compile(r"# needs: (\S+)\n")


def blocks():
    """Yield each example, identified by its page and line number."""
    for page in sorted({*DOCS.glob("*.md")} - TESTED_ELSEWHERE):
        text = page.read_text(encoding="utf-8")
        for found in re.finditer(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
            line = text.count("\n", 0, found.start()) + 1
            yield pytest.param(found[1], id=f"{page.name}:{line}")


@pytest.mark.parametrize("code", list(blocks()))
def test_an_example_runs(code, tmp_path, monkeypatch):
    needs = NEEDS.match(code)
    if needs:
        pytest.importorskip(needs[1])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    exec(compile(code, "docs", "exec"), {"__name__": "an_example"})


def test_there_are_examples():
    assert {example.id.partition(":")[0] for example in blocks()} >= {"plugging-in.md"}
