import pytest

from clean_news.language.tokens import Sentence, sentences
from clean_news.stages.ocr import suspects as suspects_module
from clean_news.stages.ocr.readings import page_of
from clean_news.stages.ocr.suspects import ANY, FUNCTION, Suspect, suspects


def found(text: str) -> dict[str, Suspect]:
    """All that a text is asked about, by what was read."""
    parts = sentences(text)
    page = page_of(text, parts)
    return {suspect.form: suspect for sentence in parts for suspect in suspects(sentence, page)}


def unknown(text: str) -> set[str]:
    """What is neither a word nor a name."""
    return {form for form, suspect in found(text).items() if suspect.unknown}


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
def test_what_is_no_word_is_asked(text: str, form: str) -> None:
    assert form in unknown(text)


@pytest.mark.parametrize(
    "text",
    [
        "The gaoler paid an instalment to the constable.",
        "Pte. Lacey met Bros. Hobbs and the Rev. Tait.",  # abbreviations keep their stop
        "He paid 2 doz. of ale and 6 qtrs. of oats.",  # short before a stop
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
def test_what_is_right_is_not_asked_as_unknown(text: str) -> None:
    assert {form for form in unknown(text) if "-" not in form} == set()  # words with hyphens are asked as wholes


def test_what_an_article_insists_on_is_asked_for_function_words_only() -> None:
    once, thrice = found("The koorawatha sang."), found("The koorawatha sang. A koorawatha! That koorawatha!")
    assert once["koorawatha"].least == ANY
    assert thrice["koorawatha"].least == FUNCTION


def test_a_short_word_is_asked_for_commoner_ones_only_and_a_long_one_not_at_all() -> None:
    asked = found("They wore another.")
    assert asked["wore"].common
    assert not asked["wore"].unknown
    assert "another" not in asked


def test_capitals_of_known_words() -> None:
    asked = found("She was seen In the street by Rose Hall.")
    assert asked["In"].least == FUNCTION
    assert "Rose" not in asked


@pytest.mark.parametrize(("text", "torn"), [("The com mittce met.", True), ("The com, mittce met.", False)])
def test_torn_words_stand_side_by_side(text: str, torn: bool) -> None:
    assert ("com mittce" in found(text)) is torn


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
def test_other_neighbours_are_no_torn_word(text: str, form: str) -> None:
    assert form not in found(text)


@pytest.mark.parametrize(("text", "wanted"), [("“(the-man's)”", ["the", "man", "the-man"]), ("'s 5 ,", ["5"])])
def test_words_without_their_punctuation(text: str, wanted: list[str]) -> None:
    sentence = one(text)
    spans = [
        (sentence.spans[start][0], sentence.spans[end - 1][1]) for start, end in suspects_module.words_of(sentence)
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
def test_free_words(text: str, free: bool) -> None:
    start = text.index("man")
    assert suspects_module.is_free(text, start, start + 3) is free


@pytest.mark.parametrize(("text", "stops"), [("It was late. he left.", True), ("It was late, he left.", False)])
def test_behind_a_full_stop(text: str, stops: bool) -> None:
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
    assert suspects_module.is_clipped(sentence, 1, page_of(text, [sentence]).known) is clipped
