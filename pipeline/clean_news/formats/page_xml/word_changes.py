"""Brings the edits of an article back to the words of its page.

Each word is mapped through the edits of all stages to the clean text. Words and clean words that overlap form a group,
and a group whose text was changed becomes changes of words. What a stage removed (a line of boilerplate, a running
head) stays on the page, because it is printed there; only noise that ``ocr`` removes from a line is joined to the word
beside it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from clean_news import edits as splicing
from clean_news.change_log import StageLog
from clean_news.formats.page_xml.words import HYPHENS, Page, Word

CLEAN_WORD = re.compile(r"\S+")
OCR = "ocr"  # the stage whose removals are noise


class Change(NamedTuple):
    """New texts of one or more words of one line.

    Attributes:
        first: index of the first word in the page.
        last: index of the last word.
        texts: the new words: as many as there were, one for words that were joined, several for a word that was split.
        begins: the word of which the last new word is the first part; empty if there is no such word.
        ends: the word of which the first new word is the second part; empty if there is no such word.
    """

    first: int
    last: int
    texts: tuple[str, ...]
    begins: str = ""
    ends: str = ""


class _Group(NamedTuple):
    """Words of the page, and the clean words that they became.

    Attributes:
        first: index of the first word in the page.
        last: index of the last word.
        texts: the clean words.
    """

    first: int
    last: int
    texts: tuple[str, ...]


def clean_text(text: str, stages: Sequence[StageLog]) -> str:
    """Return the clean text of an article: all edits of its stages made.

    Raises:
        edits.Overlap, edits.Mismatch: if the stages are not those of this text.
    """
    for stage in stages:
        text = splicing.apply(text, stage.edits)
    return text


def changes_of(page: Page, stages: Sequence[StageLog]) -> list[Change]:
    """Return the changes of words that the edits make, in order, without overlaps.

    Args:
        page: the page.
        stages: the log of each stage for the page's text.

    Raises:
        edits.Overlap, edits.Mismatch: if the stages are not those of this text.
    """
    spans: list[tuple[int, int]] = list(page.spans)
    noise: set[int] = set()
    for stage in stages:
        if not any(edit.state == "applied" for edit in stage.edits):
            continue
        before, spans = spans, splicing.map_spans(spans, stage.edits)
        if stage.name == OCR:
            noise |= {
                index
                for index, (old, new) in enumerate(zip(before, spans, strict=True))
                if old[0] < old[1] and new[0] == new[1]
            }
    groups = _groups(clean_text(page.text, stages), spans, noise, [word.line for word in page.words])
    groups = _with_noise_beside_its_line(page, groups)
    return [change for group in groups for change in _changes_in(page, group)]


def with_hyphens(changes: Iterable[Change]) -> list[Change]:
    """Return changes for a format that cannot say that two words are one: the first part of a word ends in a hyphen.

    Where the scanner missed the hyphen, print has one at the end of the line.

    >>> with_hyphens([Change(4, 4, ("re",), begins="report"), Change(5, 5, ("port",), ends="report")])[0].texts
    ('re-',)
    """
    return [
        change._replace(texts=(*change.texts[:-1], change.texts[-1] + "-"))
        if change.begins and change.texts[-1][-1] not in HYPHENS
        else change
        for change in changes
    ]


def _groups(clean: str, spans: Sequence[tuple[int, int]], noise: set[int], lines: Sequence[int]) -> list[_Group]:
    """Group the words of the page with the words of the clean text that they overlap.

    Args:
        clean: the clean text.
        spans: the place of each word of the page in it; empty for a word that was removed.
        noise: the words that were removed as noise.
        lines: the line of each word.
    """
    tokens = [found.span() for found in CLEAN_WORD.finditer(clean)]
    groups: list[list[int]] = []  # first word, last word, first clean word, exclusive end
    at = 0
    waiting: list[int] = []  # noise before the first word of a line
    for index, (start, end) in enumerate(spans):
        if start == end:
            if index not in noise:
                waiting.clear()
            elif groups and groups[-1][1] == index - 1 and lines[index - 1] == lines[index]:
                groups[-1][1] = index
            else:
                waiting.append(index)
            continue
        while at < len(tokens) and tokens[at][1] <= start:
            at += 1
        after = at
        while after < len(tokens) and tokens[after][0] < end:
            after += 1
        first = waiting[0] if waiting and lines[waiting[0]] == lines[index] else index
        waiting.clear()
        if after == at:  # only white space is left of it
            continue
        if groups and at < groups[-1][3]:
            groups[-1][1], groups[-1][3] = index, max(groups[-1][3], after)
        else:
            groups.append([first, index, at, after])
        at = after - 1  # the next word may share the last clean word
    _add_unclaimed(groups, len(tokens))
    return [
        _Group(first, last, tuple(clean[slice(*token)] for token in tokens[begin:end]))
        for first, last, begin, end in groups
    ]


def _add_unclaimed(groups: list[list[int]], count: int) -> None:
    """Add clean words that no word of the page became, such as what a person inserted, to the group before them."""
    for number, group in enumerate(groups):
        if number == 0:
            group[2] = 0
        group[3] = groups[number + 1][2] if number + 1 < len(groups) else count


def _changes_in(page: Page, group: _Group) -> Iterator[Change]:
    """Yield the changes of one group."""
    first, last, texts = group
    read = page.text[page.spans[first][0] : page.spans[last][1]].split()
    if list(texts) == read:
        return
    words = page.words[first : last + 1]
    own = [page.text[slice(*page.spans[at])].split() for at in range(first, last + 1)]
    if len(own) > 1 and [part for parts in own for part in parts] == read:  # no word is a part of another
        while len(words) > 1 and len(texts) > 1 and own[0] == [texts[0]]:
            first, words, texts, own = first + 1, words[1:], texts[1:], own[1:]
        while len(words) > 1 and len(texts) > 1 and own[-1] == [texts[-1]]:
            last, words, texts, own = last - 1, words[:-1], texts[:-1], own[:-1]
    if len(words) == 1:
        is_same_count = len(own[0]) == len(texts)
        yield from _rewritten(first, last, words, (" ".join(texts),) if is_same_count else texts)
    elif len(words) == len(texts):
        for at, (word, text) in enumerate(zip(words, texts, strict=True), first):
            yield from _rewritten(at, at, (word,), (text,))
    elif len({word.line for word in words}) == 1:
        yield from _rewritten(first, last, words, texts)
    else:
        yield from _over_two_lines(page, _Group(first, last, tuple(texts)))


def _rewritten(
    first: int, last: int, words: Sequence[Word], texts: Sequence[str], begins: str = "", ends: str = ""
) -> Iterator[Change]:
    """Yield the change of words of one line, unless it changes nothing; a hyphen with its own element stays in that."""
    hyphen = words[-1].hyphen
    new = (*texts[:-1], texts[-1].removesuffix(hyphen) or texts[-1]) if hyphen else tuple(texts)
    if begins or ends or new != tuple(word.text for word in words):
        yield Change(first, last, new, begins, ends)


def _with_noise_beside_its_line(page: Page, groups: list[_Group]) -> list[_Group]:
    """Return the groups without those over a line end of which all text is on one line.

    What is on the other line is noise that an edit removed together with the line end. It is added to the group beside
    it on its own line, so that its box is merged with one there; if it is alone on its line, it stays.
    """
    moved = list(groups)
    for number, group in enumerate(groups):
        halves = _halves(page, group)
        if halves is None or (halves.before.strip() and halves.after.strip()):
            continue
        first, last, texts = moved[number]
        if halves.before.strip():
            moved[number] = _Group(first, halves.middle - 1, texts)
            if number + 1 < len(moved) and _is_beside(page, last, moved[number + 1].first):
                moved[number + 1] = moved[number + 1]._replace(first=halves.middle)
        else:
            moved[number] = _Group(halves.middle, last, texts)
            if number and _is_beside(page, moved[number - 1].last, first):
                moved[number - 1] = moved[number - 1]._replace(last=halves.middle - 1)
    return moved


def _is_beside(page: Page, left: int, right: int) -> bool:
    """Whether a word follows another on its line."""
    return left + 1 == right and page.words[left].line == page.words[right].line


class _Halves(NamedTuple):
    """A group over the end of a line.

    Attributes:
        middle: index of the first word on the second line.
        before: the clean text of the words on the first line.
        after: the clean text of those on the second.
    """

    middle: int
    before: str
    after: str


def _halves(page: Page, group: _Group) -> _Halves | None:
    """Divide the clean text of a group at the end of its first line; None if it is not on exactly two lines."""
    words = page.words[group.first : group.last + 1]
    count = sum(word.line == words[0].line for word in words)
    left, right = words[:count], words[count:]
    if len({word.line for word in right}) != 1:
        return None
    read = "".join(word.text for word in left).rstrip(HYPHENS)
    whole = " ".join(group.texts)
    cut = _boundary("".join((read, *(word.text for word in right))), len(read), whole)
    return _Halves(group.first + count, whole[:cut], whole[cut:])


def _over_two_lines(page: Page, group: _Group) -> Iterator[Change]:
    """Yield the changes of words at the end of one line and the beginning of the next; none for more lines."""
    halves = _halves(page, group)
    if halves is None or not halves.before.strip() or not halves.after.strip():
        return
    before, after, whole = halves.before.split(), halves.after.split(), ""
    left, right = page.words[group.first : halves.middle], page.words[halves.middle : group.last + 1]
    if not halves.before[-1].isspace() and not halves.after[0].isspace():
        whole = before[-1] + after[0]
        before[-1] = _with_hyphen_of(left[-1], before[-1])
    if before[-1]:
        yield from _rewritten(group.first, halves.middle - 1, left, before, begins=whole)
        yield from _rewritten(halves.middle, group.last, right, after, ends=whole)


def _with_hyphen_of(word: Word, part: str) -> str:
    """Return the first part of a hyphenated word with the hyphen that its line ends in, if that is in the word itself.

    >>> from clean_news.formats.page_xml.xml_bytes import Element
    >>> _with_hyphen_of(Word("irapor-", Element("w", {}, None, 0, 0), 0), "impor")
    'impor-'
    """
    bare = word.text.rstrip(HYPHENS)
    return part.rstrip(HYPHENS) + word.text[len(bare) :]


def _boundary(read: str, at: int, clean: str) -> int:
    """Return where a place of the text that was read is in the clean text; a hyphen there belongs to the first part.

    >>> _boundary("imporlant", 5, "important"), _boundary("wellknown", 4, "well-known")
    (5, 5)
    >>> _boundary("reqort", 2, "report")
    2
    """
    from rapidfuzz.distance import Levenshtein

    place = 0
    for block in Levenshtein.opcodes(read, clean):
        if block.src_start < at:
            place = block.dest_start + min(at - block.src_start, block.dest_end - block.dest_start)
        elif block.tag == "insert" and block.src_start == at and clean[block.dest_start] in HYPHENS:
            place = block.dest_end
    return place
