"""The beam search, with the shipped weights, over sentences of our own."""

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from clean_news.stages.ocr.character_model import decoding, weights
from clean_news.stages.ocr.character_model.decoding import corrections
from clean_news.stages.ocr.character_model.one_thread import one_thread

PRINTED = (
    "The members of the council met at the hall on Tuesday evening to hear the report of the committee on the new "
    "bridge. The chairman said that the work had been delayed by the rain, and that the timber was still lying at the "
    "wharf."
)
SCAN = (
    PRINTED.replace("report of the", "report ofthc")
    .replace("committee", "com mittce")
    .replace("evening to", "cvcningto")
    .replace("rain, and", "ram. aud")
)


def readings(text: str) -> list[tuple[str, str]]:
    found = corrections(text, weights.standard())
    return [(text[start:end], next(iter(best))) for start, end, best in found]


def test_words_torn_and_run_together_are_read_with_their_misreadings() -> None:
    assert {("ofthc", "of the"), ("aud", "and")} <= set(readings(SCAN))


def test_a_text_without_errors_is_kept() -> None:
    assert [pair for pair in readings(PRINTED) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("text", ["", " ", "\n\n", "語" * 9, "x" * 300, "a\tb\u00a0c ﬁ"])
def test_any_text_is_decoded(text: str) -> None:
    for start, end, best in corrections(text, weights.standard()):
        assert 0 <= start < end <= len(text)
        assert sum(best.values()) <= 1 + 1e-4


def test_corrections_are_in_order_and_the_readings_of_each_by_probability() -> None:
    found = corrections(SCAN, weights.standard())
    ends = [0, *(each.end for each in found)]
    assert all(end <= each.start for end, each in zip(ends, found, strict=False))
    for each in found:
        assert list(each.readings.values()) == sorted(each.readings.values(), reverse=True)


def test_parts_of_two_lines_stay_apart() -> None:
    text = SCAN.replace("com mittce", "com\nmittce")
    assert all("\n" not in text[each.start : each.end] for each in corrections(text, weights.standard()))


def test_parts_too_long_for_words_are_not_decoded() -> None:
    text = SCAN + " " + "tlic" * 40
    limit = decoding.MAX_PART_CHARS
    assert all(each.end - each.start <= limit for each in corrections(text, weights.standard()))


def of_blas() -> list[int]:
    """The number of threads of NumPy's library; SciPy may have one of its own."""
    found = [each for each in threadpool_info() if each["user_api"] == "blas"]
    return [each["num_threads"] for each in found if "scipy" not in each["filepath"]]


def test_threads_are_as_before_after_the_last_of_several_uses() -> None:
    """Two threads of a program may clean scans at a time."""
    one, other = one_thread(), one_thread()
    with threadpool_limits(2, user_api="blas"):
        before = of_blas()
        one.__enter__()
        other.__enter__()
        one.__exit__(None, None, None)
        assert of_blas() == [1] * len(before), "the other still works"
        other.__exit__(None, None, None)
        assert of_blas() == before == [2] * len(before)


def test_matrices_are_multiplied_in_one_thread(monkeypatch) -> None:
    """The fourth digit of a confidence depends on the number of threads."""
    seen = []
    encode = decoding.encode

    def watched(ids, model):
        seen.append(of_blas())
        return encode(ids, model)

    monkeypatch.setattr(decoding, "encode", watched)
    with threadpool_limits(2, user_api="blas"):
        corrections(SCAN, weights.standard())
        after = of_blas()
    assert seen == [[1] * len(after)]
    assert after == [2] * len(after), "what the program has set is as before"
