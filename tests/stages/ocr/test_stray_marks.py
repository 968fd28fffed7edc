import pytest

from clean_news.language.tokens import Sentence, sentences
from clean_news.stages.ocr import stray_marks


def one(text: str) -> Sentence:
    (sentence,) = sentences(text)
    return sentence


def left(text: str) -> list[tuple[str, str]]:
    """Return the marks to remove, each with the word next to it."""
    sentence = one(text)
    return [(sentence.forms[stray.mark], sentence.forms[stray.word]) for stray in stray_marks.stray_marks(sentence)]


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("he went ' to the inn", ("'", "to")),
        ("he went ■ to the inn", ("■", "to")),
        ("he went . to the inn", (".", "to")),
        ("he went .down to the inn", (".", "down")),
        ("he went ,down to the inn", (",", "down")),
        ("he went »down to the inn", ("»", "down")),
        ("he went i to the inn", ("i", "to")),
        ("he went l to the inn", ("l", "to")),
        ("he said' that it was late", ("'", "said")),
        ("he said 'that it was late", ("'", "that")),
    ],
)
def test_noise_marks(text: str, stray: tuple[str, str]) -> None:
    assert left(text) == [stray]


@pytest.mark.parametrize(
    "text",
    [
        "he went to the inn.",
        "he said 'that it was late'",  # closed
        "the farmers' union met",  # a possessive
        "THE FARMERS' UNION MET",
        "(he) went to the “old” inn",
        "he went – and stayed",  # a dash
        "he paid a mile",  # a word of one letter
        "well-known",
        "it was 4 p.m. or so",
    ],
)
def test_no_noise_marks(text: str) -> None:
    assert left(text) == []


def test_a_reading_covers_the_mark_and_its_word() -> None:
    (before,) = stray_marks.stray_marks(one("he went .down to"))
    (after,) = stray_marks.stray_marks(one("he said' that"))
    assert before == (2, 2, 4, 3)
    assert after == (2, 1, 3, 1)


@pytest.mark.parametrize(("text", "noise"), [("at ' noon", True), ("at 'noon", False), ("at – noon", False)])
def test_a_noise_mark_is_between_spaces(text: str, noise: bool) -> None:
    assert stray_marks.is_noise_mark(one(text), 1) is noise


@pytest.mark.parametrize(("text", "lone"), [("at i noon", True), ("at i-noon", False), ("at noon i", False)])
def test_a_lone_letter_is_between_spaces(text: str, lone: bool) -> None:
    sentence = one(text)
    assert stray_marks.is_lone_letter(sentence, sentence.forms.index("i")) is lone


@pytest.mark.parametrize(
    "text", ["the cases,though few", "a groan.After an hour", "at noon;his wife", "he left:she stayed"]
)
def test_unspaced_marks(text: str) -> None:
    (mark,) = stray_marks.unspaced_marks(one(text))
    assert one(text).forms[mark] in stray_marks.SPACED_MARKS


@pytest.mark.parametrize(
    "text",
    [
        "the cases, though few",
        "see harbour.com for it",  # an address
        "see www.harbour.example.org for it",
        "write to pilot@harbour.example",
        "it was 4 p.m. and 3.5 miles",
        "the U.S.government",
        "he left.5 men stayed",
    ],
)
def test_no_unspaced_marks(text: str) -> None:
    assert list(stray_marks.unspaced_marks(one(text))) == []


@pytest.mark.parametrize(
    ("text", "stray"),
    [("'", []), ("i", []), (". .", []), ("■ ■ ■", []), ("a ' b '", [("'", "b")])],
)
def test_marks_almost_without_words(text: str, stray: list[tuple[str, str]]) -> None:
    assert left(text) == stray
    assert list(stray_marks.unspaced_marks(one(text))) == []
