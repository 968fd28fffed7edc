from collections.abc import Collection

import pytest

from clean_news.language.tokens import Sentence, sentences
from clean_news.stages.ocr import suspects as suspects_module
from clean_news.stages.ocr.readings import context_of, readings_of
from clean_news.stages.ocr.suspects import ANY_WORD, FUNCTION_WORD, Suspect, suspects


def found(text: str, spun: Collection[str] = ()) -> dict[str, Suspect]:
    """Return the suspects of a text by form, given the forms that spinners write."""
    parts = sentences(text)
    context = context_of(text, parts, spun)
    return {suspect.form: suspect for sentence in parts for suspect in suspects(sentence, context)}


def unknown(text: str) -> set[str]:
    """Return the forms of suspects that are neither known words nor names."""
    return {form for form, suspect in found(text).items() if suspect.unknown}


def test_rare_words_that_spinners_write_are_neither_suspects_nor_split() -> None:
    text = "His workfellow saw tho steamcr, and Workfellow left ofthe."
    spun = {"workfellow", "tho", "ofthe"}
    assert {"workfellow", "Workfellow", "tho", "steamcr", "ofthe"} <= found(text).keys()
    rest = found(text, spun).keys()
    assert not {"workfellow", "Workfellow", "ofthe"} & rest
    assert {"tho", "steamcr"} <= rest, "tho is too short"
    parts = sentences(text)
    for known, split in (((), True), (spun, False)):
        readings = readings_of(parts, context_of(text, parts, known))
        assert ("of the" in {reading.text for own in readings for reading in own}) is split


def one(text: str) -> Sentence:
    (sentence,) = sentences(text)
    return sentence


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("The mare wa« sold.", "wa«"),
        ("A steamcr was lost.", "steamcr"),
        ("He saw Sydnoy again.", "Sydnoy"),
        ("He saw fIreworks there.", "fIreworks"),
        ("The GOVEBNOR spoke.", "GOVEBNOR"),
        ("It fel1 by a third.", "fel1"),
        ("He ouldn't go.", "ouldn't"),
        ("The well-knowu man left.", "knowu"),
        ("The liorse's owner left.", "liorse"),
        ("(“A steamcr!”)", "steamcr"),
        ("The com.mittee met.", "com.mittee"),
        ("He went to n new house.", "n"),
    ],
)
def test_unknown_words_are_suspects(text: str, form: str) -> None:
    assert form in unknown(text)


@pytest.mark.parametrize(
    "text",
    [
        "The gaoler paid an instalment to the constable.",
        "Pte. Lacey met Bros. Hobbs and the Rev. Tait.",  # abbreviations with a full stop
        "He paid 2 doz. of ale and 6 qtrs. of oats.",  # short words before a full stop
        "The R.M.S. and the U.S. sent ships.",
        "The SPG and the YMC met at 4.30 p.m.",  # three capitals
        "Mr. McGillivray, Mr. M'Carthy and Mr. DeLacy spoke.",  # names with a prefix
        "He didn't, he won’t, and O'Neill can't.",
        "They paid £4 10s. for 3½ cwt. at 2nd hand; B12, 40ac., 7lb.",
        "He was tellin' us in the mornin’ of it.",  # clipped
        "The court-house and the post-office were shut.",
        "He saw Melbourne, LONDON and Sydney.",
    ],
)
def test_correct_words_are_not_unknown_suspects(text: str) -> None:
    assert {form for form in unknown(text) if "-" not in form} == set()  # hyphenated words are suspects as a whole


def test_repeated_forms_are_compared_with_function_words_only() -> None:
    once, thrice = found("The koorawatha sang."), found("The koorawatha sang. A koorawatha! That koorawatha!")
    assert once["koorawatha"].min_log_probability == ANY_WORD
    assert thrice["koorawatha"].min_log_probability == FUNCTION_WORD


def test_short_known_words_are_compared_with_more_common_ones_and_long_ones_are_not_suspects() -> None:
    asked = found("They wore another.")
    assert asked["wore"].common
    assert not asked["wore"].unknown
    assert "another" not in asked


def test_capitalised_known_words() -> None:
    asked = found("She was seen In the street by Rose Hall.")
    assert asked["In"].min_log_probability == FUNCTION_WORD
    assert "Rose" not in asked


@pytest.mark.parametrize(("text", "split"), [("The com mittce met.", True), ("The com, mittce met.", False)])
def test_the_parts_of_a_split_word_are_adjacent(text: str, split: bool) -> None:
    assert ("com mittce" in found(text)) is split


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("The com Mittce met.", "com Mittce"),  # a capital
        ("The commo mittce met.", "commo mittce"),  # neither is short
        ("The com mittcemittcemitt met.", "com mittcemittcemitt"),  # too long
        ("The 12 mittce met.", "12 mittce"),
        ("The com-mittce met.", "com mittce"),
    ],
)
def test_other_adjacent_tokens_are_not_a_split_word(text: str, form: str) -> None:
    assert form not in found(text)


@pytest.mark.parametrize(("text", "wanted"), [("“(the-man's)”", ["the", "man", "the-man"]), ("'s 5 ,", ["5"])])
def test_words_without_their_punctuation(text: str, wanted: list[str]) -> None:
    sentence = one(text)
    spans = [
        (sentence.spans[start][0], sentence.spans[end - 1][1]) for start, end in suspects_module.word_spans(sentence)
    ]
    assert [text[start:end] for start, end in spans][-len(wanted) :] == wanted


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("a man ran", True),
        ("(man)", True),
        ("man.", True),
        ("a-man ran", False),
        ("man-ran", False),
        ("man.ran", False),
    ],
)
def test_free_standing_words(text: str, free: bool) -> None:
    start = text.index("man")
    assert suspects_module.is_free_standing(text, start, start + 3) is free


@pytest.mark.parametrize(("text", "stops"), [("It was late. he left.", True), ("It was late, he left.", False)])
def test_after_a_full_stop(text: str, stops: bool) -> None:
    sentence = one(text)
    assert suspects_module.follows_stop(sentence, sentence.forms.index("he")) is stops


@pytest.mark.parametrize(
    ("text", "short"), [("of doz. and", True), ("of dozen. and", False), ("of doz , and", False), ("a doz.", False)]
)
def test_abbreviations(text: str, short: bool) -> None:
    assert suspects_module.is_abbreviation(one(text), 1) is short


@pytest.mark.parametrize(
    ("text", "clipped"),
    [("a tellin' it", True), ("a tellin it", False), ("a robin' it", False), ("a tellin ' it", False)],
)
def test_clipped_words(text: str, clipped: bool) -> None:
    sentence = one(text)
    assert suspects_module.is_clipped(sentence, 1, context_of(text, [sentence]).known) is clipped
