"""What may stand at the unsure places of a scan, what speaks for it, and how probable it is."""

import pytest

from clean_news.edits import Edit
from clean_news.language.language_model import standard
from clean_news.stages.ocr import names
from clean_news.stages.ocr.character_model.decoding import Correction
from clean_news.stages.ocr.second_opinion import weights
from clean_news.stages.ocr.second_opinion.caution import with_caution
from clean_news.stages.ocr.second_opinion.evidence import Evidence, evidence, with_scores
from clean_news.stages.ocr.second_opinion.places import Passes, Place, Sources, places_of
from clean_news.stages.ocr.second_opinion.ranking import confidence, probabilities, surety

TEXT = "They heard the report ofthc council, and tbe men went home by Mondnj night."


def span(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def places(changes=(), read=(), reread=None, edits=(), stays=()) -> list[Place]:
    """The places of the text; ``changes`` and ``read`` are triples of what stands there, a text and its probability."""
    corrections = [Correction(*span(words), {after: own, words: 1 - own}) for words, after, own in read]
    by_lattice = {span(words): {after: own} for words, after, own in changes}
    own = [Edit("OCR001", span(words), words, after, 0.9) for words, after in edits]
    again = corrections if reread is None else reread
    return places_of(Passes(TEXT, by_lattice, own, own, own, again, corrections), stays, ())


def test_a_place_has_the_texts_of_all_sources() -> None:
    (place,) = places([("tbe", "the", 0.9)], [("tbe", "toe", 0.3)])
    assert (place.kept, place.output, TEXT[slice(*place.span)]) == ("tbe", "tbe", "tbe")
    assert place.texts["the"].lattice == pytest.approx(0.9)
    assert place.texts["toe"] == Sources(0.0, pytest.approx(0.3), pytest.approx(0.3))
    assert place.texts["tbe"].lattice == pytest.approx(0.1)


def test_words_that_are_joined_or_parted_are_one_place_with_their_neighbours() -> None:
    (place,) = places([("report", "reports", 0.1), ("ofthc", "of the", 0.3)], [("report ofthc", "report of the", 0.6)])
    assert place.kept == "report ofthc"
    assert place.texts["report of the"].lattice == pytest.approx(0.27)
    assert place.texts["reports of the"].lattice == pytest.approx(0.03)
    assert place.texts["report of the"].read == pytest.approx(0.6)


def test_what_both_passes_write_is_one_of_the_texts() -> None:
    reread = [Correction(15, 21, {"report": 1.0})]
    (place,) = places([("tbe", "the", 0.9)], reread=reread, edits=[("tbe", "the")])
    assert place.output == "the"
    assert place.texts["the"].reread == 1.0, "the character model saw what the first pass leaves, and kept it"


def test_what_is_sure_or_must_stay_is_no_place() -> None:
    assert places([("tbe", "the", 0.01)]) == []
    assert places([("tbe", "the", 0.9)], stays=[span("tbe men")]) == []
    assert places(read=[("council,", "council-,", 0.5)]) == [], "hyphens are a matter of layout"


def page(share: float = 0.05) -> names.Page:
    return names.page_of(TEXT, share, standard())


def judged(scores: dict[str, float]) -> dict[str, float]:
    (place,) = places([("tbe", "the", 0.4)], [("tbe", "the", 0.5)])
    (found,) = evidence([place], [place.span], TEXT, [0.0], page())
    priors = probabilities(found, weights.BEFORE)
    assert sum(priors.values()) == pytest.approx(1.0)
    return probabilities(with_scores(found, priors, scores, "tbe"), weights.AFTER)


def test_probabilities_follow_the_neural_model() -> None:
    found = [judged({"tbe": -40.0, "the": -40.0 + nats}) for nats in (-20.0, -5.0, 0.0, 5.0, 20.0)]
    assert all(sum(each.values()) == pytest.approx(1.0) for each in found)
    liked = [each["the"] for each in found]
    assert liked == sorted(liked)
    assert liked[0] < 0.3
    assert liked[-1] > 0.9


def test_a_change_is_surer_the_likelier_it_is_and_never_certain() -> None:
    sure = [confidence(surety(chosen, 0.9 - 0.9 * chosen, 0.0), weights.SURE) for chosen in (0.1, 0.5, 0.9, 1.0)]
    assert sure == sorted(sure)
    assert 0.0 < sure[0] < sure[-1] < 1.0


def test_all_of_the_neural_evidence_is_nought_before_it_is_asked() -> None:
    (place,) = places([("tbe", "the", 0.4)])
    (found,) = evidence([place], [place.span], TEXT, [0.0], page())
    neural = Evidence._fields[Evidence._fields.index("prior") :]
    assert all(getattr(each, name) == 0 for each in found.values() for name in neural)
    assert all(getattr(weights.BEFORE, name) == 0 for name in neural)


PAGE = (
    "The vessel left Sydnoy on Mondnj, and Mr. Corbelt of Leeds met iSig Rosen there. Corbett nnd his men were in the "
    "street, tho 1S95 votes for Frlngle were lost, and Hi was seen at tbe Brldgo."
)


def state(before: str, after: str, confidence: float = 0.97, share: float = 0.05, rule: str = "OCR001") -> str:
    start = PAGE.index(before)
    edit = Edit(rule, (start, start + len(before)), before, after, confidence)
    return with_caution(edit, Sources(0.5, 0.0, 0.0), names.page_of(PAGE, share, standard())).state


@pytest.mark.parametrize(
    ("before", "after", "confidence", "rule"),
    [
        ("tbe", "the", 0.7, "OCR001"),
        ("Corbelt", "Corbett", 0.7, "OCR001"),  # stands elsewhere
        ("Mondnj", "Monday", 0.7, "OCR001"),  # an ordinary word
        ("Brldgo", "Bridge", 0.8, "OCR001"),
        ("Sydnoy", "Sydney", 0.81, "OCR001"),  # a common name
        ("nnd", "and", 0.7, "OCR006"),
    ],
)
def test_what_is_supported_is_applied(before: str, after: str, confidence: float, rule: str) -> None:
    assert state(before, after, confidence, rule=rule) == "applied"


@pytest.mark.parametrize(
    ("before", "after", "confidence", "rule"),
    [
        ("iSig", "Sing", 0.97, "OCR001"),  # hardly a misreading
        ("Frlngle", "Pringle", 0.99, "OCR006"),  # an unknown name
        ("Rosen", "Rogers", 0.99, "OCR001"),  # one name for another
        ("1S95", "1895", 0.99, "OCR006"),
        ("1S95", "1895", 0.99, "OCR001"),
        ("Hi", "He", 0.7, "OCR006"),  # a known word
    ],
)
def test_what_is_not_supported_is_suggested(before: str, after: str, confidence: float, rule: str) -> None:
    assert state(before, after, confidence, rule=rule) == "suggested"


def test_on_a_ruinous_page_names_are_suggested() -> None:
    assert state("Sydnoy", "Sydney", 0.95) == "applied"
    assert state("Sydnoy", "Sydney", 0.95, share=names.RUINOUS_SHARE + 0.05) == "suggested"
