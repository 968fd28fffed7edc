"""Fixtures: random articles with the logs of random stages."""

import sys
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest
from hypothesis import reject
from hypothesis import strategies as st

from clean_news.change_log import StageLog
from clean_news.charsets.decoding import NotText, decode
from clean_news.edits import apply, identify, replace

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "report"))
from headless_chromium import chromium, missing
from log_making import log_of

LETTERS = "ab é\n’\U0001f600"


@st.composite
def stage_edits(draw, text):
    """Edits of one stage that do not overlap, in the text's order; some insert, some are not applied."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=10)))
    spans = dict.fromkeys(zip(cuts[::2], cuts[1::2], strict=False))
    proposed = [
        msgspec.structs.replace(
            replace(text, start, end, draw(st.text(st.sampled_from(LETTERS), max_size=5)), "TEST001"),
            state=draw(st.sampled_from(["applied", "applied", "suggested", "rejected"])),
        )
        for start, end in spans
    ]
    return tuple(identify(text, proposed))


@st.composite
def cleaned_articles(draw, letters=LETTERS, line_ends=("\n",), codecs=("utf-8",), bom=False):
    """Raw bytes, the clean text that random stages made from them, and the log."""
    text = draw(st.text(st.sampled_from(letters), min_size=1, max_size=40))
    raw = text.replace("\n", draw(st.sampled_from(line_ends))).encode(draw(st.sampled_from(codecs)))
    if bom and draw(st.booleans()):
        raw = b"\xef\xbb\xbf" + raw
    try:
        clean, decoding = decode(raw)
    except NotText:
        reject()
    stages = []
    for name in draw(st.sampled_from([(), ("one",), ("one", "two"), ("one", "two", "three", "four")])):
        stages.append(StageLog(name, draw(stage_edits(clean))))
        clean = apply(clean, stages[-1].edits)
    return raw, clean, log_of(raw, clean, stages, "a/one.txt", decoding, source="")


@pytest.fixture(scope="session")
def articles():
    """The strategy of random articles."""
    return cleaned_articles


@pytest.fixture(scope="session")
def by_stages():
    """Makes an article from a raw text and each stage's edits: (before, after[, state]) at the first occurrence."""

    def made(raw, **stages):
        raw = raw if isinstance(raw, bytes) else raw.encode()
        clean, decoding = decode(raw)
        logs = []
        for name, wanted in stages.items():
            found = []
            for before, after, *state in wanted:
                start = clean.index(before)
                edit = replace(clean, start, start + len(before), after, f"{name.upper()}001", 0.9)
                found.append(msgspec.structs.replace(edit, state=state[0] if state else "applied"))
            edits = identify(clean, sorted(found, key=lambda edit: edit.span))
            logs.append(StageLog(name, tuple(edits)))
            clean = apply(clean, edits)
        return raw, clean, log_of(raw, clean, logs, "a/one.txt", decoding, source="")

    return made


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """One chromium for all tests."""
    pytest.importorskip("selenium", reason="selenium is not installed: pip install -e '.[test]'")
    if missing():
        pytest.skip(missing())
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core, which a package of the tests carries."""
    found = find_spec("axe_playwright_python")
    if found is None:
        pytest.skip("axe-core is not installed: pip install -e '.[test]'")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")
