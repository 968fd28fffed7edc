import math
from pathlib import Path

import pytest

from clean_news.dictionaries import folder
from clean_news.stages.ocr import confusion

TABLE = folder() / "ocr" / "confusions.tsv"

# A sentence of our own with frequent OCR errors.
PRINTED = "The brown harbour dog saw the ferry turn at the corner, and then he ran home in the warm morning."
READ = "Tlie browii liarbour dog saw tlie ferry tum at tlie comer, and tlien lie ran liome in tlie warm moming."


@pytest.mark.parametrize(
    ("observed", "original", "other"),
    [
        ("tho", "the", "two"),
        ("aud", "and", "add"),
        ("bv", "by", "be"),
        ("tlie", "the", "tie"),
        ("comer", "corner", "camera"),
        ("boforo", "before", "bolero"),
        ("wa«", "was", "way"),
    ],
)
def test_frequent_confusions_cost_less(observed: str, original: str, other: str) -> None:
    assert confusion.cost(observed, original) < confusion.cost(observed, other)


@pytest.mark.parametrize("word", ["the", "morning", "Hall", ""])
def test_correct_reading_costs_least(word: str) -> None:
    assert 0 <= confusion.cost(word, word) < 1
    assert confusion.cost(word, word) < confusion.cost(word, word + "x")


def test_an_unseen_confusion_is_possible_but_costly() -> None:
    assert 8 < confusion.cost("q", "e") < 20
    assert math.isfinite(confusion.cost("語", "Ω"))
    assert math.isfinite(confusion.cost("", "nothing left of it"))


def test_alignment_names_the_pieces() -> None:
    assert confusion.align("horn", "liom", confusion.standard())[1] == [("h", "li"), ("o", "o"), ("rn", "m")]


def test_estimated_counts() -> None:
    counts = confusion.estimate([(PRINTED, READ)] * 3)
    assert counts["h", "li"] == 3 * 8
    assert counts["rn", "m"] == 3 * 3
    assert counts["a", "a"] == 3 * PRINTED.count("a")
    assert ("o", "e") not in counts
    estimated = confusion.costs_of(counts)
    assert confusion.cost("tlie", "the", estimated) < 1 < confusion.cost("tho", "the", estimated)


def test_no_sentence_gets_into_the_counts() -> None:
    counts = confusion.estimate([(PRINTED, "Quite another text, which has nothing in common with it.")] * 9)
    assert max(len(printed) + len(read) for printed, read in counts) <= confusion.MAX_CONFUSION_CHARS + 2


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    counts = {(" ", ""): 3, ("", "'"): 4, ("#", "H"): 5, ("rn", "m"): 16, ("rn", "rn"): 349, ("e", "e"): 900}
    confusion.write_table(tmp_path / "table.tsv", counts)
    assert confusion.read_table(tmp_path / "table.tsv") == counts


def test_error_names_an_invalid_line(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text("# head\ne\to\tmany\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"table\.tsv, line 2: 'e\\to\\tmany' is invalid"):
        confusion.read_table(path)


def test_the_shipped_table_has_a_header_is_sorted_and_has_short_pieces_only(tmp_path: Path) -> None:
    counts = confusion.read_table(TABLE)
    assert TABLE.read_text(encoding="utf-8").startswith("# ")
    assert all(len(printed) <= 3 and len(read) <= 4 for printed, read in counts)
    confusion.write_table(tmp_path / "again.tsv", counts)
    assert (tmp_path / "again.tsv").read_text(encoding="utf-8") == TABLE.read_text(encoding="utf-8")
