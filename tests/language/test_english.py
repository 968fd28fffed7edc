import random
import sys

import pytest

from clean_news.language import english
from clean_news.language.english import not_english_reason, skip_reason
from clean_news.settings import Settings


def reason_for(text: str, min_words: int = Settings().min_words, max_words: int = Settings().max_words) -> str | None:
    return skip_reason(text, min_words, max_words)


ENGLISH = "The harbour was closed to the ferry on Monday, and it will not be opened before the end of the week. "
SPUN = (
    "The harbour was shut to the ferry on Monday, and it is not going to be reopened earlier than the week's finish. "
)
SCANNED = "Tho harbour waa closed to tho ferry on Monday, nnd it will not bo oponed boforo tho ond ot tho woek. "
PRICES = "Acme 12.50 up 0.10; Bolt 8.75 down 0.05; Crane unchanged. Volume of 1,200 shares, the lowest of the month. "


@pytest.mark.parametrize("text", [ENGLISH, SPUN, SCANNED, PRICES])
def test_english_is_accepted(text: str) -> None:
    assert reason_for(text * 8) is None


@pytest.mark.parametrize(
    "text",
    [
        "El puerto fue cerrado el lunes y no se abrirá antes del fin de la semana, dijo un portavoz de la ciudad.",
        "Der Hafen wurde am Montag geschlossen und wird nicht vor dem Ende der Woche geöffnet, hieß es.",
        "Le port a été fermé lundi et ne sera pas ouvert avant la fin de la semaine, a dit la ville.",
        "De haven werd op maandag gesloten en wordt niet voor het einde van de week geopend, zei de stad.",
        "Havnen blev lukket mandag og for alle skibe, og det er ikke til at sige, om den åbner før ugen er om.",
        "Гавань была закрыта в понедельник и не откроется до конца недели, сообщили в городе.",
        "Ang daungan ay isinara noong Lunes at hindi bubuksan bago matapos ang linggo, sabi ng lungsod.",
        "| 12 | 13.5 | 14 | -- |",
    ],
)
def test_other_languages_are_skipped(text: str) -> None:
    assert (reason_for(text * 12) or "").startswith("not English: ")


def test_english_that_quotes_another_language_is_accepted() -> None:
    assert reason_for(ENGLISH * 5 + "“Nous ne savons pas quand le port sera ouvert, dit la ville.”") is None


def test_half_a_text_in_another_language_is_too_much() -> None:
    french = "Le maire a dit que le port de la ville ne sera pas ouvert et que les bateaux sont dans un autre port. "
    assert (reason_for((ENGLISH + french) * 4) or "").startswith("not English: ")


def test_lines_in_another_language_are_found() -> None:
    swedish = "Båten till ön går inte på måndag och vi vet inte när det blir bättre väder."
    text = f"The mayor wrote to the passengers:\n\n{swedish}\n\nThe ferry did not leave.\nDe la Cruz, Maria\n"
    assert [text[start:end] for start, end in english.foreign_lines(text)] == [swedish]


def test_too_few_words() -> None:
    ten = "The harbour was closed to the ferry late on Monday."
    assert reason_for(ten) == "only 10 words; too few to tell, fewer than min-words = 60"
    assert reason_for(ten, min_words=10) is None
    assert reason_for("") == "only 0 words; too few to tell, fewer than min-words = 60"


def test_too_many_words() -> None:
    reason = reason_for("the harbour " * 6, min_words=1, max_words=11)
    assert reason == "about 12 words; more than max-words = 11"
    assert reason_for("the harbour " * 6, min_words=1, max_words=12) is None
    assert "max-words" in (reason_for("a b " * 100_000) or "")


def test_no_words_at_all_are_not_english() -> None:
    assert not_english_reason("12, 13") is not None


def test_the_fast_pattern_is_used_only_where_it_finds_the_same_words() -> None:
    letters = {chr(code).lower() for code in range(sys.maxunicode + 1) if chr(code).isalpha()}
    assert all(english.OTHER_LETTERS.search(letter) or english.LATIN_WORD.fullmatch(letter) for letter in letters)
    text = "l’été, rock'n'roll’s 3rd naïve µm and ª"
    assert english.LATIN_WORD.findall(text) == english.WORD.findall(text)


def test_words_of_latin_letters_are_split_as_the_pattern_finds_them() -> None:
    pieces = ["It", "’s", "'", "''", "’", " ", "\n", "René", "ÀÞ", "×÷", "ß", "ª", "²", "½", "-", "“", "a", "1st"]
    choose = random.Random(1)
    for _ in range(2_000):
        text = "".join(choose.choices(pieces, k=8))
        parts = text.split("\n")
        expected = [english.WORD.findall(part.lower().replace("’", "'")) for part in parts]
        assert english.words_in(parts) == expected
