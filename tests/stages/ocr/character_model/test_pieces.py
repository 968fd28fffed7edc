from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clean_news.stages.ocr.character_model.pieces import (
    KEEP,
    MAX_EDITS,
    MAX_WRITTEN_CHARS,
    UNKNOWN,
    Alphabet,
    Misreading,
    apply,
    edits_of,
    frequent_edits,
    histories,
)

STRINGS = st.text("abcdefi nrm", max_size=3)
ALPHABET = Alphabet(" abc'", (KEEP, "-"))


@given(st.lists(st.builds(Misreading, STRINGS, STRINGS)))
def test_edits_of_what_was_read_restore_what_was_printed(misreadings: list[Misreading]) -> None:
    misreadings = [Misreading("x", "x"), *misreadings]  # nothing can be restored before the first character read
    read, edits = edits_of(misreadings)
    assert read == "".join(each.read for each in misreadings)
    written = "".join(apply(edit, character) for edit, character in zip(edits, read, strict=True))
    assert written == "".join(each.printed for each in misreadings)


@given(st.text("abcdef", min_size=1))
def test_what_was_read_correctly_is_kept(text: str) -> None:
    assert set(edits_of(Misreading(each, each) for each in text)[1]) == {KEEP}


def test_an_alphabet_has_the_frequent_edits_and_no_long_ones() -> None:
    counts = Counter({f"~{chr(0x4E00 + number)}": number + 1 for number in range(MAX_EDITS + 9)})
    counts[KEEP], counts["+" + "a" * (MAX_WRITTEN_CHARS + 1)] = 1, 10**6
    edits = frequent_edits(counts)
    assert (edits[0], len(edits)) == (KEEP, MAX_EDITS)
    assert min(counts[edit] for edit in edits[1:]) == 11


def test_typographic_variants_share_an_id_and_foreign_characters_have_one() -> None:
    assert ALPHABET.ids_of("a’b語Ω").tolist() == [3, 6, 4, UNKNOWN, UNKNOWN]


def test_a_history_ends_before_its_offset() -> None:
    found = histories(np.array([7, 8, 9], np.uint8), [0, 2, 3])
    assert found[:, -3:].tolist() == [[0, 0, 0], [0, 7, 8], [7, 8, 9]]
    assert not found[:, :-3].any()
