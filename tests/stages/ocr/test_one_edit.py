import numpy as np
from rapidfuzz.distance import OSA

from clean_news.stages.ocr import word_table
from clean_news.stages.ocr.costs import texts_of
from clean_news.stages.ocr.one_edit import deletion_hashes, within_one_edit


def test_deletions_have_the_hashes_of_what_is_left() -> None:
    hashes, rows = deletion_hashes(texts_of(["wharf", "harf", "wha", ""]))
    of_text = [set(hashes[rows == row].tolist()) for row in range(4)]
    assert [len(own) for own in of_text] == [6, 5, 4, 1]
    assert len(of_text[0] & of_text[1]) == 1 + 0  # harf
    assert not of_text[0] & of_text[2]


def test_all_words_at_one_edit_are_found() -> None:
    table = word_table.standard()
    forms = ["steamcr", "wharf", "commitce", "bankaa", "govermnent", "hwarf", "xqz", "x"]
    form, word = within_one_edit(texts_of(forms))
    found = {(forms[number], table.words[index]) for number, index in zip(form, word, strict=True)}
    words = [own for own in table.words if len(own) > 3]
    assert found == {(own, other) for own in forms for other in words if OSA.distance(own, other) <= 1}
    assert ("hwarf", "wharf") in found


def test_no_forms() -> None:
    form, word = within_one_edit(texts_of([]))
    assert not np.size(form)
    assert not np.size(word)
