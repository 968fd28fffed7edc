"""Any input is restored byte for byte, no stage fails, and cleaning takes at most linear time.

A failure names its seed: ``hostile_inputs.article(seed)`` makes the input again. The full test takes other seeds
each day; what it finds becomes a case in ``tests/cases/robustness``.
"""

import gc
import json
import os
import time
from pathlib import Path

import hostile_inputs
import pytest
from coming_back import SETTINGS, check_comes_back, cleaner, settings_of
from growing_texts import GROWING, HOSTILE, NEWS_BY_KIND, hostile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.settings import Settings

FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
CASES = sorted((Path(__file__).parents[1] / "cases" / "robustness").glob("*.json"))
PARTS = 20 if FULL else 4
INPUTS = 30_000 if FULL else 100
FIRST = int(os.environ.get("CLEAN_NEWS_FUZZ_SEED") or (int(time.time()) // 86_400 * 100_000 if FULL else 0))

# CPU seconds that an input may take: a fixed part, and a part per code point.
BUDGET, BUDGET_EACH = 4.0, 0.001


def case_texts():
    """The saved cases, which failed once."""
    for path in CASES:
        for case in json.loads(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{path.stem}: {case['why'][:40]}")


@pytest.mark.parametrize("case", list(case_texts()))
def test_what_once_failed(case):
    raw = case["raw"].encode("utf-8", "surrogatepass") if "raw" in case else bytes.fromhex(case["hex"])
    for each in SETTINGS[:2]:
        check_comes_back(raw * case.get("times", 1), each)


@pytest.mark.parametrize("part", range(PARTS))
def test_hostile_inputs(part):
    texts, number = 0, INPUTS // PARTS
    for seed in range(FIRST + part * number, FIRST + (part + 1) * number):
        article, chosen = hostile_inputs.article(seed), settings_of(seed)
        cleaner(chosen)  # load the dictionaries before timing
        began = time.process_time()
        try:
            texts += check_comes_back(article, chosen)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        took = time.process_time() - began
        assert took < BUDGET + BUDGET_EACH * len(article), f"seed {seed}: {took:.1f} s for {len(article)}"
    assert texts > 0.85 * number, "most inputs must get past the door"


@settings(deadline=None, max_examples=2_000 if FULL else 60, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.binary(max_size=400), st.text(st.characters(), max_size=300)))
def test_any_bytes_and_texts(article):
    check_comes_back(article, SETTINGS[1])


STEPS = (1_500, 6_000)
# Twice the length may take twice the time, plus a margin for noise; a text that takes quadratic time takes sixteen
# times as long at four times the length.
MOST_GROWTH = 8.0
TOO_SHORT_TO_TELL = 0.25  # seconds; shorter times are harmless at this length
TRIES = 3


@pytest.fixture(scope="module")
def without_garbage_collection():
    """Keeps the garbage collector from running during measurements.

    It would scan the objects of earlier tests, and between these lengths it goes from no full collection to several.
    """
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_garbage_collection")
@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_the_length_and_not_with_its_square(name):
    bold = Settings(document="spun", level="bold", min_words=0)
    check_comes_back("The overseas ministry mentioned it.", bold)  # warm up
    steps = (*STEPS, 24_000, 96_000) if FULL else STEPS
    before = None
    for size in steps:
        text = GROWING[name](size)
        most = BUDGET + BUDGET_EACH * len(text)
        if before is not None:
            most = min(most, max(MOST_GROWTH * before, TOO_SHORT_TO_TELL))
        took = least_seconds(text, bold, most)
        assert took < most, f"{took:.2f} s for {len(text)}, after {before} s"
        before = took


HOSTILE_STEPS = (6_000, 24_000, 96_000) if FULL else (6_000, 24_000)
MOST_HOSTILE_GROWTH = 5.0  # for four times the length
HOSTILE_ALWAYS = ("letter", "bar", "private use", "mojibake quote", "mojibake of mojibake", "misread", "spintax")
KIND_SETTINGS = {kind: Settings(document=kind, level="bold", min_words=0) for kind in ("spun", "scanned")}


@pytest.mark.usefixtures("without_garbage_collection")
@pytest.mark.parametrize("kind", NEWS_BY_KIND)
@pytest.mark.parametrize("name", HOSTILE if FULL else HOSTILE_ALWAYS)
def test_time_grows_with_the_length_in_every_kind_of_text(name, kind):
    how = KIND_SETTINGS.get(kind, SETTINGS[0])
    check_comes_back("The overseas ministry mentioned it.", how)  # warm up
    before = None
    for size in HOSTILE_STEPS:
        most = BUDGET if before is None else max(MOST_HOSTILE_GROWTH * before, TOO_SHORT_TO_TELL)
        took = least_seconds(hostile(name, kind, size), how, most)
        assert took < most, f"{took:.2f} s for {size}, after {before} s"
        before = took


def least_seconds(text, how, enough):
    """The CPU time for a text; repeated while it exceeds ``enough``, since other processes only increase it."""
    found = []
    while len(found) < TRIES:
        began = time.process_time()
        check_comes_back(text, how)
        found.append(time.process_time() - began)
        if found[-1] < enough:
            break
    return min(found)
