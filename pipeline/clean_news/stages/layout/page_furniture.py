"""Detect page furniture: page numbers, and running heads and feet that every page repeats."""

import re
from collections import defaultdict
from collections.abc import Sequence, Set
from itertools import groupby, pairwise

from clean_news.stages.text_lines import Line, ends_sentence, is_interrupted

MAX_HEAD_CHARS = 80  # of a running head
MIN_CHARS_BEFORE, MIN_CHARS_AFTER = 20, 10  # of the text around an interruption; the labels of maps are shorter
MIN_HEAD_REPETITIONS = 3  # pages that must have the same running head

# Whole lines; without \A these would take quadratic time in a search, as a run could start anywhere.
PAGE_OF = re.compile(r"\A[\[(–—-]*+\s*+(?:page|pg\.?)\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\s*[\])–—-]*", re.IGNORECASE)
DASHED = re.compile(r"\A[-–—]++\s*+\d{1,4}\s*[-–—]+")
END_MARK = re.compile(r"\A[-–—]++\s*+30\s*[-–—]+")  # "-30-" marks the end of a story in newsrooms
BARE = re.compile(r"\d{1,4}|\d{1,3}\s*(?:of|/)\s*\d{1,3}")
NOT_LETTERS = re.compile(r"[\W\d_]+")


def furniture(lines: Sequence[Line], text: str) -> set[int]:
    """Return the indices in ``lines`` of page numbers and running heads.

    "Page 2 of 5" and "- 3 -" are page numbers anywhere. A bare number must interrupt a sentence. A line that occurs at
    least :data:`MIN_HEAD_REPETITIONS` times must interrupt a sentence, or be next to page numbers or page breaks.
    """
    numbers = {
        at
        for at, line in enumerate(lines)
        if len(line.words) < 20
        and (PAGE_OF.fullmatch(line.words) or (DASHED.fullmatch(line.words) and not END_MARK.fullmatch(line.words)))
    }
    bare = {at for at, line in enumerate(lines) if len(line.words) < 10 and BARE.fullmatch(line.words)}
    heads = _repeated_lines(lines, numbers | bare)
    candidates = numbers | bare | {at for group in heads for at in group}
    if not candidates:
        return set()
    found = set(numbers)
    around = _neighbours_of_runs(candidates)
    if any(_interrupts(lines, *around[at]) for at in bare) and _in_sequence([lines[at].words for at in sorted(bare)]):
        found |= bare
    for group in heads:
        adjacent = sum(at - 1 in found or at + 1 in found or _is_at_page_break(lines, at, text) for at in group)
        if adjacent > 1 or any(_interrupts(lines, *around[at]) for at in group):
            found |= group
    return found


def _repeated_lines(lines: Sequence[Line], numbers: Set[int]) -> list[set[int]]:
    """Group short lines that differ only in digits and punctuation; groups of fewer than three are dropped."""
    groups: dict[str, set[int]] = defaultdict(set)
    for at, line in enumerate(lines):
        words = line.words
        if len(words) <= MAX_HEAD_CHARS and at not in numbers and not words[0].islower() and not ends_sentence(words):
            groups[NOT_LETTERS.sub(" ", words).strip()].add(at)
    return [group for letters, group in groups.items() if len(group) >= MIN_HEAD_REPETITIONS and len(letters) > 2]


def _neighbours_of_runs(numbers: Set[int]) -> dict[int, tuple[int, int]]:
    """Map each number to the numbers just before and just after the run of consecutive numbers that it is in.

    >>> _neighbours_of_runs({4, 5, 6, 9})
    {4: (3, 7), 5: (3, 7), 6: (3, 7), 9: (8, 10)}
    """
    found = {}
    for _, run in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        found.update(dict.fromkeys(members, (members[0] - 1, members[-1] + 1)))
    return found


def _interrupts(lines: Sequence[Line], before: int, after: int) -> bool:
    """Whether the lines between ``before`` and ``after`` interrupt a sentence."""
    if before < 0 or after == len(lines):
        return False
    first, second = lines[before].words, lines[after].words
    return len(first) >= MIN_CHARS_BEFORE and len(second) >= MIN_CHARS_AFTER and is_interrupted(first, second)


def _in_sequence(numbers: Sequence[str]) -> bool:
    """Whether page numbers are consecutive."""
    values = [int(re.split(r"\D", number)[0]) for number in numbers]
    return all(later == earlier + 1 for earlier, later in pairwise(values))


def _is_at_page_break(lines: Sequence[Line], at: int, text: str) -> bool:
    """Whether there is a form feed just before or just after line ``at``."""
    start = lines[at - 1].end if at else 0
    end = lines[at + 1].start if at + 1 < len(lines) else len(text)
    return "\f" in text[start : lines[at].start] or "\f" in text[lines[at].end : end]
