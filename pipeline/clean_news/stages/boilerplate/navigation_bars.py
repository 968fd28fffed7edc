"""Recognise bars of buttons: "SectionsSEARCHSkip to content", "Share Tweet Email", also over several lines."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from clean_news.stages.boilerplate.phrase_lists import entries
from clean_news.stages.text_lines import Line

MIN_BUTTONS = 2  # actions and networks
BETWEEN = r"(?:\s*[|·•»>/]\s*|\s+|(?<=[a-zA-Z])(?=[A-Z]))"  # of two items; they may touch if a capital letter begins


class _Bars(NamedTuple):
    """The compiled items of ``bars.tsv``.

    Attributes:
        line: matches a line that consists of items.
        item: matches one item.
        kinds: the kind of each item, in lower case.
        items: the items.
    """

    line: re.Pattern[str]
    item: re.Pattern[str]
    kinds: Mapping[str, str]
    items: tuple[str, ...]


@cache
def _bars() -> _Bars:
    """Compile the items."""
    kinds = {item: kind for kind, item in entries("bars.tsv")}
    longest_first = sorted(kinds, key=lambda item: -len(item))
    item = "|".join(re.escape(each).replace(r"\ ", r"\s+").replace("'", "['’]") for each in longest_first)
    one = rf"(?i:{item})(?![a-z])"
    return _Bars(re.compile(rf"{one}(?:{BETWEEN}{one})*[\s|·•:]*"), re.compile(one), kinds, tuple(kinds))


def _items_in(line: str) -> Counter[str] | None:
    """Count the kinds of items of a line; None if it has anything else."""
    bars = _bars()
    if not line.lower().startswith(bars.items) or not bars.line.fullmatch(line):
        return None
    found = (" ".join(each.lower().replace("’", "'").split()) for each in bars.item.findall(line))
    return Counter(bars.kinds[each] for each in found)


def bar_lines(lines: Sequence[Line], candidates: Sequence[int]) -> Iterator[int]:
    """Yield the positions of lines that are bars, or parts of one that is written over several lines.

    Args:
        lines: the article's lines that are not blank.
        candidates: positions of those that may be bars, ascending.
    """
    run: list[int] = []
    items: Counter[str] = Counter()
    for at in candidates:
        found = _items_in(lines[at].words)
        if found is not None:
            if run and at > run[-1] + 1:
                if _is_bar(items):
                    yield from run
                run, items = [], Counter()
            run.append(at)
            items += found
    if _is_bar(items):
        yield from run


def _is_bar(items: Counter[str]) -> bool:
    """Whether items make a bar: a link past it, or several buttons of which one acts."""
    buttons = items["action"] + items["network"]
    return items["skip"] > 0 or (items["action"] > 0 and buttons >= MIN_BUTTONS)
