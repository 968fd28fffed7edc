"""Group the character errors that are left after a repair by cause: what ocr.py prints below its tables."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import Levenshtein

HYPHEN = re.compile(r"[-¬\u00ad\u2010\u2011]\s*")
NO_LETTER = re.compile(r"\W")


def words_of(text: str) -> list[str]:
    """Split a text into words as the benchmarks count errors: without hyphens."""
    return HYPHEN.sub("", text).split()


def cause_of(left: list[str], right: list[str]) -> str:
    """Return the cause of a difference between words that are left and the words that were printed.

    >>> cause_of(["time"], ["time."]), cause_of(["com", "mittce"], ["committee"]), cause_of(["1801"], ["1863"])
    ('punctuation', 'words split, joined, lost or added', 'digits')
    """
    letters = [NO_LETTER.sub("", "".join(words)) for words in (left, right)]
    if letters[0] == letters[1]:
        return "punctuation" if "".join(left) != "".join(right) else "spaces"
    if letters[0].lower() == letters[1].lower():
        return "case"
    if any(map(str.isdigit, letters[1])):
        return "digits"
    if len(left) != len(right):
        return "words split, joined, lost or added"
    if len(left) > 1:
        return "several words in a row"
    return "capitalised word" if letters[1][:1].isupper() else "lower-case word"


def rows(outputs: Iterable[str], truths: Iterable[str]) -> Iterator[str]:
    """Yield the rows of the table by cause, the most character errors first.

    Args:
        outputs: the repaired texts.
        truths: the printed texts.
    """
    errors: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for output, truth in zip(outputs, truths, strict=True):
        left, right = words_of(output), words_of(truth)
        for tag, begin, end, start, stop in Levenshtein.opcodes(left, right):
            if tag != "equal":
                cause = cause_of(left[begin:end], right[start:stop])
                errors[cause] += Levenshtein.distance(" ".join(left[begin:end]), " ".join(right[start:stop]))
                places[cause] += 1
    total = max(errors.total(), 1)
    yield "\n| errors left by cause | places | characters | share |\n|---|---|---|---|"
    for cause, count in errors.most_common():
        yield f"| {cause} | {places[cause]:,} | {count:,} | {count / total:.1%} |"
