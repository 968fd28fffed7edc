"""Halves of words at line ends and beside hyphens."""

import pytest

from clean_news.article import Article
from clean_news.edits import replace
from clean_news.settings import Settings
from clean_news.stages.ocr import scan_gate, stage
from clean_news.stages.ocr.halves import is_half_of_word

BROKEN = (
    "The mem¬\nbers of the coun¬\ncil met in Octo¬\nber at the hall to hear the re¬\nport of the "
    "com¬\nmittee on the new bridge. The chair¬\nman said that the build¬\ning had been de¬\nlayed by "
    "the rain, and that the tim¬\nber was still ly¬\ning at the wharf. It was re¬\nsolved that the "
    "engi¬\nneer should at¬\ntend the next meet¬\ning of the board, and bring with him the pa¬\npers of "
    "the trus¬\ntees, which had been mis¬\nlaid since the begin¬\nning of the year."
)


@pytest.mark.parametrize("hyphen", ["¬", "-", "\u00ad"])
def test_print_that_is_broken_over_lines_is_no_scan(hyphen: str) -> None:
    text = BROKEN.replace("¬", hyphen)
    assert scan_gate.unknown_share(text) < 0.005
    assert stage.propose(Article(text), Settings(min_words=0)).edits == []


@pytest.mark.parametrize(
    ("text", "word", "is_half"),
    [
        ("in Octo¬\nber last", "ber", True),
        ("in Octo-\nber last", "Octo", True),
        ("in Octo¬\nber last", "Octo¬", True),
        ("they recog - nize it", "nize", True),
        ("the board - tho whole board", "tho", False),
        ("in Octo\nber last", "ber", False),
    ],
)
def test_a_half_is_recognised_by_what_is_beside_it(text: str, word: str, is_half: bool) -> None:
    start = text.index(word)
    assert is_half_of_word(replace(text, start, start + len(word), "x", "OCR001"), text) is is_half
