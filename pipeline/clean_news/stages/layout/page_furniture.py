"""What a printed page carries besides its text: page numbers, and heads and feet that every page repeats."""

import re
from collections import defaultdict
from collections.abc import Sequence, Set
from itertools import groupby, pairwise

from clean_news.stages.text_lines import Line, ends_sentence, is_interrupted

LONGEST = 80  # characters of a running head
SHORTEST, REST = 20, 10  # characters of the text before and behind it; the labels of maps are shorter
REPEATED = 3  # pages that must carry it

PAGE_OF = re.compile(r"[\[(–—-]*\s*(?:page|pg\.?)\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\s*[\])–—-]*", re.IGNORECASE)
DASHED = re.compile(r"[-–—]+\s*\d{1,4}\s*[-–—]+")
END_MARK = re.compile(r"[-–—]+\s*30\s*[-–—]+")  # "-30-": the newsroom's "end of story"
BARE = re.compile(r"\d{1,4}|\d{1,3}\s*(?:of|/)\s*\d{1,3}")
NOT_LETTERS = re.compile(r"[\W\d_]+")


def furniture(lines: Sequence[Line], text: str) -> set[int]:
    """The positions in ``lines`` of page numbers and running heads.

    "Page 2 of 5" and "- 3 -" speak for themselves. A bare number must interrupt a sentence; a line that at
    least three pages repeat must interrupt a sentence, or stand beside page numbers or page breaks.
    """
    numbers = {
        at
        for at, line in enumerate(lines)
        if len(line.words) < 20
        and (PAGE_OF.fullmatch(line.words) or (DASHED.fullmatch(line.words) and not END_MARK.fullmatch(line.words)))
    }
    bare = {at for at, line in enumerate(lines) if len(line.words) < 10 and BARE.fullmatch(line.words)}
    heads = repeated(lines, numbers | bare)
    candidates = numbers | bare | {at for group in heads for at in group}
    if not candidates:
        return set()
    found = set(numbers)
    around = runs(candidates)
    if any(_interrupts(lines, *around[at]) for at in bare) and _in_sequence([lines[at].words for at in sorted(bare)]):
        found |= bare
    for group in heads:
        beside = sum(at - 1 in found or at + 1 in found or _after_page_break(lines, at, text) for at in group)
        if beside > 1 or any(_interrupts(lines, *around[at]) for at in group):
            found |= group
    return found


def repeated(lines: Sequence[Line], numbers: Set[int]) -> list[set[int]]:
    """Groups of short lines, at least three each, that are the same but for figures and punctuation."""
    groups: dict[str, set[int]] = defaultdict(set)
    for at, line in enumerate(lines):
        words = line.words
        if len(words) <= LONGEST and at not in numbers and not words[0].islower() and not ends_sentence(words):
            groups[NOT_LETTERS.sub(" ", words).strip()].add(at)
    return [group for letters, group in groups.items() if len(group) >= REPEATED and len(letters) > 2]


def runs(numbers: Set[int]) -> dict[int, tuple[int, int]]:
    """For each number the one before and the one behind the run of neighbours that it is in.

    >>> runs({4, 5, 6, 9})
    {4: (3, 7), 5: (3, 7), 6: (3, 7), 9: (8, 10)}
    """
    found = {}
    for _, run in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        found.update(dict.fromkeys(members, (members[0] - 1, members[-1] + 1)))
    return found


def _interrupts(lines: Sequence[Line], before: int, behind: int) -> bool:
    """Whether one sentence runs on from line ``before`` to line ``behind``, over those between."""
    if before < 0 or behind == len(lines):
        return False
    first, second = lines[before].words, lines[behind].words
    return len(first) >= SHORTEST and len(second) >= REST and is_interrupted(first, second)


def _in_sequence(numbers: Sequence[str]) -> bool:
    """Whether page numbers rise by one from each to the next."""
    values = [int(re.split(r"\D", number)[0]) for number in numbers]
    return all(later == earlier + 1 for earlier, later in pairwise(values))


def _after_page_break(lines: Sequence[Line], at: int, text: str) -> bool:
    """Whether a form feed stands beside line ``at``."""
    start = lines[at - 1].end if at else 0
    end = lines[at + 1].start if at + 1 < len(lines) else len(text)
    return "\f" in text[start : lines[at].start] or "\f" in text[lines[at].end : end]
