"""Fits a replacement into the text: a space where it would run into the word beside it."""

APOSTROPHES = "'’"


def fitted(text: str, span: tuple[int, int], after: str) -> str | None:
    """Return a replacement as it is written in a text; None if the span is a clitic.

    A clitic (’s, ’ll) is part of its word: replaced by a word of its own, it would leave a fragment.

    Args:
        text: the text.
        span: what is replaced, in code points.
        after: the replacement.

    >>> fitted("up 30% today", (5, 6), "percent"), fitted("it’s late", (2, 4), "is")
    (' percent', None)
    """
    start, end = span
    if text[start] in APOSTROPHES and after[0] not in APOSTROPHES:
        return None
    if start and text[start - 1].isalnum() and after[0].isalnum():
        after = f" {after}"
    if end < len(text) and text[end].isalnum() and after[-1].isalnum():
        after = f"{after} "
    return after
