"""Test the gate of the OCR stage: which texts were scanned."""

import pytest

from clean_news.article import Article
from clean_news.settings import Settings
from clean_news.stages.ocr import scan_gate, stage

OLD_PRINT = (
    "The waggon of Messrs. Harpur and Co. came to grief on the Mullumby road yesterday forenoon. A trochar was sent "
    "for, the leader being hoven, but the poor beast was past all help, and the carter had to shew the constable "
    "where the pole had snapt. The load of kurrajong and wheaten chaff was got to the siding by nightfall, and the "
    "goods were put on board the train for the coast. It is said that the squatters hereabouts will petition the "
    "Minister for a better road, the present one being unfit for any vehicle in wet weather."
)
LIST = (
    "ROLL OF HONOUR.\nCaptain Stanley Walter Henderson.\nLieut. William Arthur Macdonald.\nSergeants: Robert Brown, "
    "George Thompson, Henry Clark, Albert Edwards, Frank Murphy.\nCorporals: James Wilson, Thomas Baker, Arthur "
    "Cooper, Ernest Turner, Walter Mitchell, Charles Phillips.\nPrivates: the brothers John and Peter Campbell, David "
    "Stewart, Michael Kelly, Patrick Sullivan, Joseph Simpson, Samuel Gibson, Edward Marshall."
)


def test_correct_old_print_with_rare_words_is_no_scan() -> None:
    proposal = stage.propose(Article(OLD_PRINT), Settings())
    assert scan_gate.unknown_share(OLD_PRINT) > scan_gate.MIN_READ_SHARE  # so that it is examined
    assert proposal.held_off is not None
    assert proposal.edits == []


def test_the_same_page_with_misreadings_is_a_scan() -> None:
    scanned = OLD_PRINT.replace("the pole", "tbe pole").replace("for any", "for auy").replace("and the", "aud tho")
    edits = stage.propose(Article(scanned), Settings()).edits
    assert {"tbe", "auy", "aud", "tho"} <= {edit.before for edit in edits}


@pytest.mark.parametrize(
    ("misreadings", "words", "confirmed"), [(0, 80, False), (1, 80, False), (2, 80, True), (2, 900, False)]
)
def test_clear_misreadings_per_word(misreadings: int, words: int, confirmed: bool) -> None:
    assert scan_gate.is_confirmed(misreadings, words) is confirmed


def test_a_text_that_may_be_spun_needs_more_clear_misreadings() -> None:
    assert scan_gate.is_confirmed(2, 487)
    assert not scan_gate.is_confirmed(2, 487, may_be_spun=True)
    assert scan_gate.is_confirmed(3, 487, may_be_spun=True)


def test_a_list_of_names_is_english() -> None:
    assert scan_gate.is_english_list(LIST)
    assert stage.propose(Article(LIST), Settings()).edits == []


@pytest.mark.parametrize(
    "text",
    [
        "Helsingin satama suljettiin maanantaina lautalta, kun myrsky nousi rannikolla, kertoi pormestari Virtanen.",
        "Milano Juventus Roma Napoli Genova Torino Bologna Inter Lazio Fiorentina classifica punti partite vinte perse",
        "Le port de Calais a été fermé lundi au ferry, quand la tempête est arrivée sur la côte de la Manche.",
    ],
)
def test_foreign_text_is_no_english_list(text: str) -> None:
    assert not scan_gate.is_english_list(text)
