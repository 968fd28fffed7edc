"""PAGE XML, from the version of 2013: words have polygons, and words, lines and regions repeat the text.

A changed word has its new text as the TextEquiv of lowest index, and what was read as the next one; versions before
2016 know no index, and there the text is replaced. The text of a line and a region follows its words. Lines without
words are repaired as a whole. See https://github.com/PRImA-Research-Lab/PAGE-XML.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from clean_news.formats.page_xml.boxes import Box, box_of, divided, union
from clean_news.formats.page_xml.new_ids import NewIds
from clean_news.formats.page_xml.word_changes import Change, with_hyphens
from clean_news.formats.page_xml.words import Page, Word, clean_spaces, confidence_of, page_of
from clean_news.formats.page_xml.xml_bytes import Document, Element, escaped, with_attributes

SCHEMA = re.compile(r"/pagecontent/([0-9]{4})-")
FIRST_INDEXED = 2016  # the year of the first schema in which a TextEquiv has an index
POINT = re.compile(r"(-?[0-9]{1,9}),(-?[0-9]{1,9})")
INDEX = re.compile(r"[0-9]{1,9}")
ORDERED = frozenset({"OrderedGroup", "OrderedGroupIndexed"})
UNLISTED = 1 << 40  # place of a region that the reading order lacks


def is_page(root: Element) -> bool:
    """Whether a root element is that of PAGE."""
    return root.name == "PcGts"


def read(document: Document) -> Page:
    """Return the words in the reading order of the file; regions that it does not list come last."""
    listed = {region: place for place, region in enumerate(_reading_order(document.root))}
    regions = sorted(
        document.root.all("TextRegion"), key=lambda region: listed.get(region.attributes.get("id", ""), UNLISTED)
    )
    blocks: list[list[list[Word]]] = []
    line_number = 0
    for region in regions:
        lines = []
        for line in region.children:
            if line.name == "TextLine":
                lines.append(_words_of(line, line_number))
                line_number += 1
        blocks.append(lines)
    return page_of(document, blocks)


def _reading_order(root: Element) -> Iterator[str]:
    """Yield the ids of the regions in the order that the file gives."""
    waiting = [group for order in root.all("ReadingOrder") for group in order.children][::-1]
    while waiting:
        element = waiting.pop()
        if "regionRef" in element.attributes:
            yield element.attributes["regionRef"]
        inner = list(element.children)
        if element.name in ORDERED:
            inner.sort(key=_index_of)
        waiting += inner[::-1]


def _index_of(element: Element) -> int:
    """Return the index of an element; 0 if it has none."""
    value = element.attributes.get("index", "").strip()
    return int(value) if INDEX.fullmatch(value) else 0


def _equivalents(element: Element) -> list[Element]:
    """Return the TextEquiv elements of a word, line or region, the main one first."""
    return sorted((child for child in element.children if child.name == "TextEquiv"), key=_index_of)


def _unicode(equivalent: Element | None) -> tuple[Element | None, str]:
    """Return the Unicode element of a TextEquiv, and its text."""
    found = equivalent.first("Unicode") if equivalent else None
    return found, "".join(run.text for run in found.runs) if found else ""


def _main_text(element: Element) -> tuple[Element | None, str]:
    """Return the Unicode element with the text of a word, line or region, and the text."""
    return _unicode(next(iter(_equivalents(element)), None))


def _words_of(line: Element, number: int) -> list[Word]:
    """Return the words of a line; without Word elements, those of its own text."""
    words = []
    for element in line.children:
        text = clean_spaces(_main_text(element)[1]) if element.name == "Word" else ""
        if text:
            confidence = confidence_of(_equivalents(element)[0].attributes.get("conf"))
            words.append(Word(text, element, number, element.attributes.get("id", ""), confidence))
    if words:
        return words
    id_ = line.attributes.get("id", "")
    return [Word(text, line, number, id_) for text in clean_spaces(_main_text(line)[1]).split()]


def replacements(page: Page, changes: list[Change]) -> Iterator[tuple[int, int, bytes]]:
    """Yield the bytes to replace: (start, exclusive end, new content)."""
    changed = {change.first: change for change in with_hyphens(changes)}
    ids = NewIds(page.document, "id")
    old_lines: dict[Element, list[list[str]]] = defaultdict(list)
    new_lines: dict[Element, list[list[str]]] = defaultdict(list)
    at = 0
    for _, found in groupby(page.words, key=lambda word: word.line):
        words = list(found)
        own = [changed[index] for index in range(at, at + len(words)) if index in changed]
        line = words[0].element if words[0].element.name == "TextLine" else words[0].element.parent
        assert line is not None, "a word is in a line"
        old, new = [word.text for word in words], _texts_after(words, own, at)
        at += len(words)
        if line.parent is not None:
            old_lines[line.parent].append(old)
            new_lines[line.parent].append(new)
        if old == new:
            continue
        if words[0].element is line:
            yield from _with_text(page.document, line, " ".join(new))
            continue
        for change in own:
            yield from _word_replacements(page, change, ids)
        yield from _in_place(line, [old], [new])
    for region, lines in new_lines.items():
        yield from _in_place(region, old_lines[region], lines)


def _texts_after(words: Sequence[Word], changes: Sequence[Change], first: int) -> list[str]:
    """Return the words of a line after changes; ``first`` is the index of the first word in the page."""
    texts: list[str] = []
    at = first
    for change in changes:
        texts += [word.text for word in words[at - first : change.first - first]]
        texts += change.texts
        at = change.last + 1
    return texts + [word.text for word in words[at - first :]]


def _in_place(element: Element, old: list[list[str]], new: list[list[str]]) -> Iterator[tuple[int, int, bytes]]:
    """Yield the replacement of the text of a line or a region, if it is that of its words and they changed."""
    found, text = _main_text(element)
    read = [line.split() for line in text.split("\n") if line.strip()]
    if found and old != new and read == [[part for word in line for part in word.split()] for line in old]:
        yield found.tag_end, found.content_end, _escaped_lines("\n".join(map(" ".join, new)))


def _escaped_lines(text: str) -> bytes:
    """Escape a text, in which line ends stay as they are."""
    return b"\n".join(map(escaped, text.split("\n")))


def _is_indexed(document: Document) -> bool:
    """Whether the version of the schema gives a TextEquiv an index."""
    year = next((found[1] for value in document.root.attributes.values() if (found := SCHEMA.search(value))), None)
    return year is None or int(year) >= FIRST_INDEXED


def _word_replacements(page: Page, change: Change, ids: NewIds) -> Iterator[tuple[int, int, bytes]]:
    """Yield the replacements for the changed words of a line."""
    words = page.words[change.first : change.last + 1]
    if len(words) == len(change.texts) == 1:
        if words[0].text != change.texts[0]:
            yield from _with_text(page.document, words[0].element, change.texts[0])
    else:
        yield words[0].element.start, words[-1].element.end, _rebuilt(page.document, words, change.texts, ids)


def _with_text(document: Document, element: Element, text: str) -> Iterator[tuple[int, int, bytes]]:
    """Yield the replacements that give a word or a line another text, and keep what was read."""
    equivalents = _equivalents(element)
    found, _ = _unicode(equivalents[0])
    assert found is not None, "it has a text"
    if not _is_indexed(document):
        yield found.tag_end, found.content_end, escaped(text)
        return
    for number, equivalent in enumerate(equivalents, 1):
        tag = with_attributes(document.tag(equivalent), {"index": str(number)})
        first = equivalent is min(equivalents, key=lambda each: each.start)
        indent = document.indent(equivalent)
        new = _equivalent(element.prefix, text, 0) + indent if first else b""
        yield equivalent.start, equivalent.tag_end, new + tag


def _equivalent(prefix: str, text: str, index: int | None) -> bytes:
    """Return a TextEquiv element."""
    place = "" if index is None else f' index="{index}"'
    opened, closed = f"<{prefix}TextEquiv{place}><{prefix}Unicode>", f"</{prefix}Unicode></{prefix}TextEquiv>"
    return opened.encode() + escaped(text) + closed.encode()


def _rebuilt(document: Document, words: Sequence[Word], texts: Sequence[str], ids: NewIds) -> bytes:
    """Return the Word elements of words that were joined or split; only their first style is kept."""
    first = words[0].element
    box = union([_box_of(word.element) for word in words])
    boxes: list[Box | None] = [*divided(box, texts)] if box else [None] * len(texts)
    indexed, style = _is_indexed(document), first.first("TextStyle")
    pieces = []
    for number, (text, part) in enumerate(zip(texts, boxes, strict=True)):
        tag = document.tag(first)
        if number and "id" in first.attributes:
            tag = with_attributes(tag, {"id": ids.after(first.attributes["id"])})
        content = _coords(document, first, part) + _equivalent(first.prefix, text, 0 if indexed else None)
        if number == 0 and indexed:
            content += _equivalent(first.prefix, " ".join(word.text for word in words), 1)
        if style:
            content += document.content[style.start : style.end]
        pieces.append(tag + content + document.content[first.content_end : first.end])
    return document.indent(first).join(pieces)


def _coords(document: Document, word: Element, box: Box | None) -> bytes:
    """Return the Coords of a word with the corners of a box; those it has if the box is unknown."""
    coords = word.first("Coords")
    if coords is None:
        return b""
    if box is None:
        return document.content[coords.start : coords.end]
    left, top, right, bottom = map(box.shown, box[:4])
    points = f"{left},{top} {right},{top} {right},{bottom} {left},{bottom}"
    return with_attributes(document.tag(coords), {"points": points}) + document.content[coords.tag_end : coords.end]


def _box_of(word: Element) -> Box | None:
    """Return the smallest box around the polygon of a word; None if it has no points, or not such numbers."""
    coords = word.first("Coords")
    points = [POINT.fullmatch(point) for point in (coords.attributes.get("points", "") if coords else "").split()]
    corners = [(int(point[1]), int(point[2])) for point in points if point]
    if not corners or len(corners) < len(points):
        return None
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return box_of(*map(str, (min(xs), min(ys), max(xs), max(ys))))
