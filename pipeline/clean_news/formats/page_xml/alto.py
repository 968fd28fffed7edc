"""ALTO, versions 1 to 4: the words are String elements, and a hyphen at the end of a line is HYP.

A changed word keeps what was read as its first ALTERNATIVE. A word that goes over a line end has SUBS_TYPE and
SUBS_CONTENT on both parts. See https://www.loc.gov/standards/alto/ for the meaning of the attributes.
"""

from collections.abc import Iterator

from clean_news.formats.page_xml.boxes import Box, box_of, divided, union
from clean_news.formats.page_xml.new_ids import NewIds
from clean_news.formats.page_xml.word_changes import Change
from clean_news.formats.page_xml.words import NUMBER, Page, Word, clean_spaces, confidence_of, page_of
from clean_news.formats.page_xml.xml_bytes import Document, Element, escaped, with_attributes

PURPOSE = "OCR"  # of an ALTERNATIVE: what was read
PART1, PART2 = "HypPart1", "HypPart2"


def is_alto(root: Element) -> bool:
    """Whether a root element is that of ALTO; files of version 1 and of some writers have no namespace."""
    return root.name == "alto"


def read(document: Document) -> Page:
    """Return the words in the order of the file, which is the reading order of ALTO."""
    blocks: list[list[list[Word]]] = []
    line_number = 0
    for block in document.root.all("TextBlock"):
        lines = []
        for line in block.all("TextLine"):
            lines.append(_words_of(line, line_number))
            line_number += 1
        blocks.append(lines)
    return page_of(document, blocks)


def _words_of(line: Element, number: int) -> list[Word]:
    """Return the words of a line."""
    words: list[Word] = []
    for child in line.children:
        values = child.attributes
        text = clean_spaces(values.get("CONTENT", ""))
        if child.name == "HYP" and words and text and not words[-1].hyphen:
            words[-1] = words[-1]._replace(hyphen=text)
        elif child.name == "String" and text:
            whole = clean_spaces(values.get("SUBS_CONTENT", "")) if values.get("SUBS_TYPE") == PART1 else ""
            words.append(Word(text, child, number, values.get("ID", ""), confidence_of(values.get("WC")), whole=whole))
    return words


def replacements(page: Page, changes: list[Change]) -> Iterator[tuple[int, int, bytes]]:
    """Yield the bytes to replace: (start, exclusive end, new content)."""
    ids = NewIds(page.document, "ID")
    merged: dict[str, str] = {}  # ids that are gone, and the id of the word that each was merged into
    for change in changes:
        words = page.words[change.first : change.last + 1]
        if len(words) == len(change.texts) == 1:
            yield _rewritten(page.document, words[0], change)
        else:
            strings = _rebuilt(page.document, words, change, ids)
            yield words[0].element.start, words[-1].element.end, strings
            if words[0].id:
                merged |= {word.id: words[0].id for word in words[1:] if word.id}
    if merged:
        yield from _references(page.document, merged)


def _references(document: Document, merged: dict[str, str]) -> Iterator[tuple[int, int, bytes]]:
    """Yield the replacements of references to words that are gone; the reading order of version 4 may have some."""
    for element in document.root.descendants():
        ids = element.attributes.get("REF", "").split()
        if not merged.keys().isdisjoint(ids):
            there = dict.fromkeys(merged.get(id_, id_) for id_ in ids)
            yield element.start, element.tag_end, with_attributes(document.tag(element), {"REF": " ".join(there)})


def _rewritten(document: Document, word: Word, change: Change) -> tuple[int, int, bytes]:
    """Return the replacement of a word by one other word, in its box."""
    element, text = word.element, change.texts[0]
    values = _substitution(element, 0, change)
    if text != word.text:
        values["CONTENT"] = text
        if len(text) != len(word.text):
            values["CC"] = None  # one figure for each character
    tag = with_attributes(document.tag(element), values)
    if text == word.text:
        return element.start, element.tag_end, tag
    alternative = _alternative(element, word.text)
    if tag.endswith(b"/>"):
        return element.start, element.end, _opened(tag) + alternative + _end_tag(element)
    shape = element.first("Shape")
    at = shape.end if shape else element.tag_end
    return element.start, at, tag + document.content[element.tag_end : at] + alternative


def _rebuilt(document: Document, words: tuple[Word, ...], change: Change, ids: NewIds) -> bytes:
    """Return the String elements of words that were joined or split, with SP between them."""
    first = words[0].element
    box = union([_box_of(word.element) for word in words])
    boxes: list[Box | None] = [*divided(box, change.texts)] if box else [None] * len(change.texts)
    indent = document.indent(first)
    pieces: list[bytes] = []
    for number, (text, part) in enumerate(zip(change.texts, boxes, strict=True)):
        values: dict[str, str | None] = {"CONTENT": text, "CC": None, **_substitution(first, number, change)}
        if number and "ID" in first.attributes:
            values["ID"] = ids.after(first.attributes["ID"])
        if part:
            values |= _attributes_of(part)
            if number:
                pieces.append(_space(first, boxes[number - 1], part))
        tag = with_attributes(document.tag(first), values)
        if number == 0:
            read = " ".join(word.text for word in words)
            pieces.append(_opened(tag) + _alternative(first, read) + _end_tag(first))
        else:
            pieces.append(tag if tag.endswith(b"/>") else _opened(tag) + _end_tag(first))
    return indent.join(pieces)


def _substitution(element: Element, number: int, change: Change) -> dict[str, str | None]:
    """Return the attributes of the hyphenated word that a new word is a part of; None removes an attribute."""
    if change.begins and number == len(change.texts) - 1:
        return {"SUBS_TYPE": PART1, "SUBS_CONTENT": change.begins}
    if change.ends and number == 0:
        return {"SUBS_TYPE": PART2, "SUBS_CONTENT": change.ends}
    if element.attributes.get("SUBS_TYPE") in {PART1, PART2} or len(change.texts) > 1:
        return {"SUBS_TYPE": None, "SUBS_CONTENT": None}
    return {}


def _box_of(element: Element) -> Box | None:
    """Return the box of an element; None if an attribute is missing or is not a number."""
    values = element.attributes
    found = [NUMBER.fullmatch(values.get(name, "")) for name in ("WIDTH", "HEIGHT")]
    corner = box_of(values.get("HPOS"), values.get("VPOS"), *(size[1] if size else None for size in found))
    if not corner:
        return None
    return corner._replace(right=corner.left + corner.right, bottom=corner.top + corner.bottom)


def _attributes_of(box: Box) -> dict[str, str | None]:
    """Return the attributes of a box."""
    width, height = box.right - box.left, box.bottom - box.top
    return {
        "HPOS": box.shown(box.left),
        "VPOS": box.shown(box.top),
        "WIDTH": box.shown(width),
        "HEIGHT": box.shown(height),
    }


def _space(element: Element, before: Box | None, after: Box) -> bytes:
    """Return the SP element between two words that were one."""
    assert before, "the parts of one box have boxes"
    return with_attributes(
        b"<" + element.prefix.encode() + b"SP/>",
        {
            "WIDTH": after.shown(max(0.0, after.left - before.right)),
            "HPOS": after.shown(before.right),
            "VPOS": after.shown(after.top),
        },
    )


def _alternative(element: Element, text: str) -> bytes:
    """Return the ALTERNATIVE element with what was read."""
    name = element.prefix.encode() + b"ALTERNATIVE"
    return b"<" + name + b' PURPOSE="' + PURPOSE.encode() + b'">' + escaped(text) + b"</" + name + b">"


def _opened(tag: bytes) -> bytes:
    """Return a start tag in place of the tag of an empty element."""
    return tag.removesuffix(b"/>").rstrip() + b">" if tag.endswith(b"/>") else tag


def _end_tag(element: Element) -> bytes:
    """Return the end tag of an element."""
    return b"</" + element.prefix.encode() + element.name.encode() + b">"
