"""Test that OCR corrections do not invent names."""

import pytest

from clean_news.edits import Edit
from clean_news.stages.ocr.names import without_invented_names

TEXT = "Mr. Corbett moved the motion, which leiuitin seconded. ruong and toibett dissented."


def edit_of(before: str, after: str) -> Edit:
    start = TEXT.find(before)
    return Edit("OCR001", (start, start + len(before)), before, after, 0.98)


@pytest.mark.parametrize(
    ("before", "after", "state"),
    [
        ("leiuitin", "Feinstein", "suggested"),
        ("ruong", "Truong", "suggested"),
        ("paiillae", "Cadillac", "suggested"),
        ("Barwood", "Harwood", "suggested"),
        ("toibett", "Corbett", "applied"),  # elsewhere in the article
        ("Slattory", "Slattery", "applied"),  # the letters hardly differ
        ("tho", "the", "applied"),
        ("Tho", "The", "applied"),
        ("' Corbett", "Corbett", "applied"),
    ],
)
def test_a_name_needs_support(before: str, after: str, state: str) -> None:
    (edit,) = without_invented_names([edit_of(before, after)], TEXT)
    assert (edit.after, edit.state) == (after, state)
