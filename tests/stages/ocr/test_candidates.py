import numpy as np
import pytest

from clean_news.stages.ocr import candidates as candidates_module
from clean_news.stages.ocr import word_table
from clean_news.stages.ocr.candidates import (
    MAX_CANDIDATES,
    MAX_COST,
    MAX_COST_COMMON,
    candidates,
)
from clean_news.stages.ocr.spelling import COMMON_SHORT, forms_of, scored, spelled


def texts(form: str, *, common: bool = False) -> list[str]:
    return [candidate.text for candidate in candidates([form], common=common)[form]]


@pytest.mark.parametrize(
    ("form", "word", "written"),
    [
        ("tbo", "the", ["the"]),
        ("TBE", "the", ["THE"]),
        ("Tbe", "the", ["The"]),
        ("Ihe", "the", ["The", "the"]),  # a capital letter may be a misread lower-case letter
        ("Sydnoy", "sydney", ["Sydney"]),
        ("sydnoy", "sydney", ["Sydney"]),
        ("SYDNOY", "sydney", ["SYDNEY"]),
        ("fIreworks", "fireworks", ["fireworks", "Fireworks"]),
        ("to-niorrow", "tomorrow", ["to-morrow", "Tomorrow"]),
        ("tomorr-ow", "tomorrow", ["tomorrow", "Tomorrow"]),
        ("don’l", "don't", ["Don't", "don't"]),
        ("the", "the", []),  # the form itself
        ("ycs", "jot", []),  # rare words are not proposed for short forms
    ],
)
def test_spellings(form: str, word: str, written: list[str]) -> None:
    forms = forms_of([form])
    found = scored(forms, np.array([0]), np.array([word_table.standard().words.index(word)]), 100.0)
    texts = spelled(forms, found.form.tolist(), found.word.tolist(), found.spelling.tolist())
    assert sorted(texts) == sorted(written)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("boforo", "before"),
        ("wa«", "was"),
        ("Melboume", "Melbourne"),
        ("GOVEBNOR", "GOVERNOR"),
        ("com mittce", "committee"),
        ("don’l", "don't"),
        ("c0uncil", "council"),
        ("uewspapcr", "newspaper"),
    ],
)
def test_the_most_likely_is_first(form: str, text: str) -> None:
    assert texts(form)[0] == text


def test_only_very_common_words_for_a_known_one() -> None:
    common = candidates(["tile", "wore"], common=True)
    assert "the" in [candidate.text for candidate in common["tile"]]
    assert "were" in [candidate.text for candidate in common["wore"]]
    assert "worse" in texts("wore")
    assert "worse" not in texts("wore", common=True)
    found = common["wore"]
    assert all(
        candidate.entry.log_probability >= COMMON_SHORT and candidate.cost <= MAX_COST_COMMON for candidate in found
    )


def test_candidates_are_few_low_cost_and_never_the_form_itself() -> None:
    forms = ["wore", "boforo", "Sydnoy", "xqzk", "i", "»", "x" * 40]
    found = candidates(forms, common=False)
    for form in forms:
        assert len(found[form]) <= MAX_CANDIDATES
        assert all(candidate.text != form and candidate.cost <= MAX_COST for candidate in found[form])
        order = [candidate.cost - candidate.entry.log_probability for candidate in found[form]]
        assert order == sorted(order)
    assert found["x" * 40] == ()


def test_candidates_are_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    before = texts("boforo")
    monkeypatch.setattr(candidates_module, "_all_candidates", None)
    assert texts("boforo") == before


def test_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates_module, "MAX_CACHED_FORMS", 5)
    for number in range(20):
        candidates([f"w{number}ro"], common=True)
        assert len(candidates_module.candidate_cache()[True]) <= 6
