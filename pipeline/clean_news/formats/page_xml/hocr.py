"""hOCR: the words are elements of class ``ocrx_word``; box and confidence are in their title.

What was read is kept in the attribute ``data-ocr`` of a changed word. The ``alternatives`` of the hOCR specification
are text of the page, which other programs would take for words. See https://kba.github.io/hocr-spec/1.2/.
"""

import re
from collections.abc import Iterator, Sequence

from clean_news.formats.page_xml.boxes import Box, box_of, divided, union
from clean_news.formats.page_xml.new_ids import NewIds
from clean_news.formats.page_xml.word_changes import Change, with_hyphens
from clean_news.formats.page_xml.words import Page, Word, clean_spaces, confidence_of, page_of
from clean_news.formats.page_xml.xml_bytes import Document, Element, Run, escaped, with_attributes

WORD = "ocrx_word"
LINES = frozenset({"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"})
BLOCKS = frozenset({"ocr_par", "ocr_carea", "ocrx_block", "ocr_page"})
READ = "data-ocr"
# The tag of a word, in bytes: a page that has one is hOCR, whatever its name. In text, < would be escaped.
WORD_TAG = re.compile(rb"""<[A-Za-z]+\s[^<>]*class\s*=\s*["'][^"'<>]*\bocrx_word\b""")
BBOX = re.compile(r"\bbbox\s+(\S{1,20})\s+(\S{1,20})\s+(\S{1,20})\s+([^\s;]{1,20})")
CONFIDENCE = re.compile(r"\bx_wconf\s+([0-9.]{1,10})")


def is_hocr(root: Element) -> bool:
    """Whether a root element is that of a page with words of hOCR."""
    return root.name == "html" and any(WORD in _classes(element) for element in root.descendants())


def _classes(element: Element) -> list[str]:
    """Return the classes of an element."""
    return element.attributes.get("class", "").split()


def read(document: Document) -> Page:
    """Return the words in the order of the file, which is the reading order of hOCR."""
    blocks: list[list[list[Word]]] = []
    last_block: Element | None = None
    last_line: Element | None = None
    line_number = -1
    for element in document.root.descendants():
        text = clean_spaces("".join(run.text for run in element.all_runs())) if WORD in _classes(element) else ""
        if not text or _ancestor(element, frozenset({WORD})):
            continue
        line, block = _ancestor(element, LINES), _ancestor(element, BLOCKS)
        if not blocks or block is not last_block:
            blocks.append([])
        if not blocks[-1] or line is not last_line:
            blocks[-1].append([])
            line_number += 1
        last_block, last_line = block, line
        sure = CONFIDENCE.search(element.attributes.get("title", ""))
        confidence = confidence_of(sure[1] if sure else None, 100)
        blocks[-1][-1].append(Word(text, element, line_number, element.attributes.get("id", ""), confidence))
    return page_of(document, blocks)


def _ancestor(element: Element, classes: frozenset[str]) -> Element | None:
    """Return the nearest element around another that has one of the classes; None if there is none."""
    outer = element.parent
    while outer is not None and classes.isdisjoint(_classes(outer)):
        outer = outer.parent
    return outer


def replacements(page: Page, changes: list[Change]) -> Iterator[tuple[int, int, bytes]]:
    """Yield the bytes to replace: (start, exclusive end, new content)."""
    ids = NewIds(page.document, "id")
    for change in with_hyphens(changes):
        words = page.words[change.first : change.last + 1]
        if len(words) == len(change.texts) == 1:
            if words[0].text != change.texts[0]:
                element = words[0].element
                tag = with_attributes(page.document.tag(element), {READ: words[0].text})
                yield element.start, element.tag_end, tag
                yield from _with_text(element, change.texts[0])
        else:
            yield words[0].element.start, words[-1].element.end, _rebuilt(page.document, words, change.texts, ids)


def _with_text(element: Element, text: str) -> Iterator[tuple[int, int, bytes]]:
    """Yield the replacements that give an element another text; elements in it, such as ``strong``, stay."""
    if not element.children:
        yield element.tag_end, element.content_end, escaped(text)
        return
    runs = [run for run in element.all_runs() if run.text.strip()]
    for run, part in zip(runs, _shares(runs, text), strict=True):
        yield run.start, run.end, escaped(part)


def _shares(runs: Sequence[Run], text: str) -> list[str]:
    """Divide a text among places: to each as many characters as it had, if that adds up; else all to the first.

    >>> _shares([Run(0, 1, "t"), Run(9, 10, "b"), Run(20, 21, "e")], "the")
    ['t', 'h', 'e']
    """
    sizes = [len(run.text) for run in runs]
    if sum(sizes) != len(text):
        return [text, *[""] * (len(runs) - 1)]
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return [text[start : start + size] for start, size in zip(starts, sizes, strict=True)]


def _rebuilt(document: Document, words: Sequence[Word], texts: Sequence[str], ids: NewIds) -> bytes:
    """Return the elements of words that were joined or split."""
    first = words[0].element
    box = union([_box_of(word.element) for word in words])
    boxes: list[Box | None] = [*divided(box, texts)] if box else [None] * len(texts)
    pieces: list[bytes] = []
    for number, (text, part) in enumerate(zip(texts, boxes, strict=True)):
        values: dict[str, str | None] = {}
        if number == 0:
            values[READ] = " ".join(word.text for word in words)
        elif "id" in first.attributes:
            values["id"] = ids.after(first.attributes["id"])
        if part:
            sides = " ".join(part.shown(side) for side in (part.left, part.top, part.right, part.bottom))
            values["title"] = BBOX.sub(f"bbox {sides}", first.attributes.get("title", ""), count=1)
        pieces.append(
            with_attributes(document.tag(first), values) + _inner(document, first, text) + _end(document, first)
        )
    return b" ".join(pieces)


def _inner(document: Document, element: Element, text: str) -> bytes:
    """Return the content of an element with another text."""
    pieces, position = [], element.tag_end
    for start, end, new in _with_text(element, text):
        pieces += [document.content[position:start], new]
        position = end
    return b"".join([*pieces, document.content[position : element.content_end]])


def _end(document: Document, element: Element) -> bytes:
    """Return the end tag of an element."""
    return document.content[element.content_end : element.end]


def _box_of(element: Element) -> Box | None:
    """Return the box in the title of an element; None if there is none."""
    found = BBOX.search(element.attributes.get("title", ""))
    return box_of(*found.groups()) if found else None
