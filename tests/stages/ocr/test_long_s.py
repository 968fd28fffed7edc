"""Test the long s: 20 old texts are read right, and the same words in modern print stay."""

import re

import pytest

from clean_news.article import Article
from clean_news.edits import apply
from clean_news.language import language_model, vocabulary
from clean_news.settings import Settings
from clean_news.stages.ocr import stage
from clean_news.stages.ocr.long_s import variants

TEXTS = (
    "The House resolved that the same should be published, with the Assistance of the Press.",
    "On Tuesday last a vessel arrived from Lisbon, laden with salt, and her master reports a passage of fifteen days.",
    "It is presumed that his Majesty will see the necessity of such a measure before the session is closed.",
    "The prisoner confessed that he had stolen the silver, and said that his sister was innocent of the same.",
    "A person of distinction was robbed on the road by three men, who used him civilly, and left him his horse.",
    "The soldiers suffered much from the severity of the season, and several of them perished in the snow.",
    "We are assured that the ships will sail as soon as the wind shall serve, and that the seamen are in good spirits.",
    "The business of the society is to assist such poor persons as are sick, and to support their children.",
    "To be sold, a house of three stories, with a stable and a small garden, situate near the church.",
    "He has since written to the secretary, and has desired that the question may be settled without further expense.",
    "Last Saturday the fine new bridge was first opened, and a procession of coaches passed over it for some hours.",
    "The fever has ceased in the city, and the physicians say that the fresh air of the sea has saved many a life.",
    "A fire consumed the mansion of the late bishop, but most of the furniture was safe before the roof fell.",
    "The fame of this preacher is such that he is followed from parish to parish by persons of every sort.",
    "Some fishermen found the wreck of a small sloop off the coast, with no soul on board, and sold her stores.",
    "The assizes begin on Monday, when seven felons, of whom five are for forgery, are to stand their trial.",
    "It is confessed on all sides that the taxes press hardest on the poorest, and some redress is expected soon.",
    "The session was so disturbed by the noise of the crowd that the speaker was forced to dismiss the members.",
    "Her husband left her a considerable estate, which she has since bestowed on the hospital for lost infants.",
    "A reward is offered to whosoever shall discover the persons who have this week broken the windows of the school.",
)
MODERN = (
    "His fame was found in fine fish and a sour fig, and he paid the fee for it.",
    "The fund will fit a new fence along the field before the first frost of the season, the farmer said.",
    "She said that the fold in the map hid the ford where the ferry once found its fare.",
    "A fin of the shark was seen off the reef, and the fleet came safe to port by five.",
)
SETTINGS = Settings(min_words=1)
MIN_RIGHT = 0.97  # of the words of all texts


def repaired(text: str) -> str:
    edits = stage.propose(Article(text), SETTINGS).edits
    return apply(text, [edit for edit in edits if edit.state == "applied" and edit.confidence >= SETTINGS.apply_from])


@pytest.mark.parametrize("letter", ["f", "ſ"])
def test_words_of_old_print(letter: str) -> None:
    right = total = 0
    for text in TEXTS:
        words = repaired(re.sub("s(?=[a-z])", letter, text)).split()
        total += len(text.split())
        right += sum(one == other for one, other in zip(words, text.split(), strict=True))
    assert right >= MIN_RIGHT * total


def test_the_edits_are_of_a_rule_of_their_own() -> None:
    text = re.sub("s(?=[a-z])", "f", TEXTS[1])
    assert {edit.rule for edit in stage.propose(Article(text), SETTINGS).edits} == {"OCR005"}


@pytest.mark.parametrize("text", [*TEXTS, *MODERN])
def test_modern_print_stays(text: str) -> None:
    assert repaired(text) == text


def test_an_s_at_the_end_is_round() -> None:
    known, model = vocabulary.standard(), language_model.standard()
    assert list(variants("leaf", known, model)) == []
    assert "same" in set(variants("fame", known, model))
