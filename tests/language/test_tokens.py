import pytest

from clean_news.language.tokens import normal_form, sentences


def forms(text: str) -> list[list[str]]:
    return [sentence.forms for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It rained. It stopped.", [["It", "rained", "."], ["It", "stopped", "."]]),
        ("Mr. Ode left the U.S. in May.", [["Mr.", "Ode", "left", "the", "U.S.", "in", "May", "."]]),
        ("It fell 3.5 percent, he said.", [["It", "fell", "3.5", "percent", ",", "he", "said", "."]]),
        ("Norland’s sell-off", [["Norland", "’s", "sell", "-", "off"]]),
        ("“Go!” she said.", [["“", "Go", "!", "”", "she", "said", "."]]),
        ("a line\nanother", [["a", "line"], ["another"]]),
        ("", []),
    ],
)
def test_sentences(text: str, wanted: list[list[str]]) -> None:
    assert forms(text) == wanted


def test_spans_point_into_the_text() -> None:
    text = "The ferry’s crew\n\nleft. “Why?” asked 12 of them."
    for sentence in sentences(text):
        assert [text[start:end] for start, end in sentence.spans] == sentence.forms


def test_a_headline_is_in_title_case_and_a_sentence_is_not() -> None:
    assert sentences("Ferry Crew Leaves Norland")[0].title_case
    assert not sentences("The ferry crew of Norland left Port Ashby.")[0].title_case


@pytest.mark.parametrize(
    ("form", "normal"),
    [("2,500", "<number>"), ("2.5", "<number>"), ("1987", "<year>"), ("7", "7"), ("21st", "<ordinal>"), ("an", "a"),
     ("’s", "'s"), ("“", '"'), ("½", "<symbol>"), ("café", "café")],
)  # fmt: skip
def test_normal_form(form: str, normal: str) -> None:
    assert normal_form(form) == normal
