"""Repairs the paragraphs of a page before its text is extracted: each becomes one element on one line.

trafilatura begins a new paragraph at every ``q`` and ``code``, keeps the line breaks of the source, and takes text that
is separated by ``br`` in table cells, as pages were made until about 2005, for a table.
"""

import re

from clean_news.formats.pages.measure import INLINE, Element

SPACES = re.compile(r"[ \t\r\n\f]+")
PREFORMATTED = frozenset({"pre", "textarea", "script", "style", "template"})
INLINE_CODE = frozenset({"code", "kbd", "samp", "tt", "var"})
QUOTES = ("“”", "‘’")  # as a browser shows an outer and an inner q in English
MIN_CELL_CHARS = 300  # a cell with more text, or with paragraphs, is part of a layout, not of a table of data
TABLE_PARTS = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th"})
PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "table"})
CONTAINERS = frozenset({"div", "td", "th", "section", "article", "main", "center", "body", "p", "font", "span", "li"})


def repair(tree: Element) -> None:
    """Repair the paragraphs of a page in place."""
    _join_lines(tree)
    _make_inline(tree)
    _open_layout_tables(tree)
    _separate_at_breaks(tree)


def _join_lines(tree: Element) -> None:
    """Replace line ends and tabs in the source by spaces, outside preformatted text."""
    for element in tree.iter("*"):
        if element.text and element.tag not in PREFORMATTED:
            element.text = SPACES.sub(" ", element.text)
    for node in tree.iter():
        if node.tail and (parent := node.getparent()) is not None and parent.tag not in PREFORMATTED:
            node.tail = SPACES.sub(" ", node.tail)


def _make_inline(tree: Element) -> None:
    """Turn ``q`` into quotation marks, and code within a paragraph into plain text."""
    for element in list(tree.iter("q", *INLINE_CODE)):
        if element.tag == "q":
            marks = QUOTES[sum(1 for _ in element.iterancestors("q")) % 2]
            element.text = marks[0] + (element.text or "")
            if len(element):
                element[-1].tail = (element[-1].tail or "") + marks[1]
            else:
                element.text += marks[1]
        elif _is_alone(element) or any(parent.tag == "pre" for parent in element.iterancestors()):
            continue
        # Renamed later: an inner q still has to find the outer one.
        element.set("data-was", element.tag)
    for element in list(tree.iter("q", *INLINE_CODE)):
        if element.attrib.pop("data-was", None):
            element.tag = "span"


def _is_alone(element: Element) -> bool:
    """Whether an element has neither text nor elements beside it."""
    parent = element.getparent()
    if parent is None or parent.tag == "body":
        return True
    return len(parent) == 1 and not (parent.text or "").strip() and not (element.tail or "").strip()


def _open_layout_tables(tree: Element) -> None:
    """Turn tables that lay out the page into ``div``, so that their cells can be told apart."""
    owner: dict[Element, Element] = {}  # the table that each element is part of
    parts: dict[Element, list[Element]] = {}
    for element in tree.iter("*"):
        table = element if element.tag == "table" else owner.get(element.getparent())
        if table is not None:
            owner[element] = table
            if element.tag in TABLE_PARTS:
                parts.setdefault(table, []).append(element)
    for table, own in parts.items():
        if table.get("role") == "presentation" or _is_layout([part for part in own if part.tag in {"td", "th"}]):
            for part in own:
                part.tag = "div"


def _is_layout(cells: list[Element]) -> bool:
    """Whether the cells of a table contain other tables, paragraphs or long texts, and none of them is a header."""
    if any(cell.tag == "th" for cell in cells):
        return False
    return any(
        next(cell.iter("table", "article", "form", "h1"), None) is not None
        or sum(1 for part in cell if part.tag in PARAGRAPHS) > 1
        or any(map(_is_double, cell.iter("br")))
        or _is_long(cell)
        for cell in cells
    )


def _is_long(cell: Element) -> bool:
    """Whether a cell contains more text than one of a table of data."""
    chars = 0
    for text in cell.itertext():
        chars += len(text)
        if chars > MIN_CELL_CHARS:
            return True
    return False


def _separate_at_breaks(tree: Element) -> None:
    """Make a paragraph of what is separated by two or more ``br``."""
    for first in list(tree.iter("br")):
        parent = first.getparent()
        if parent is None or parent.tag not in CONTAINERS or not _is_double(first):
            continue
        around = parent
        while around is not None and (around.tag == "p" or around.tag in INLINE):  # cannot contain paragraphs
            around.tag = "div"
            around = around.getparent()
        _wrap_runs(parent)


def _is_double(br: Element) -> bool:
    """Whether a ``br`` is followed by another."""
    following = br.getnext()
    return following is not None and following.tag == "br" and not (br.tail or "").strip()


def _wrap_runs(parent: Element) -> None:
    """Wrap the runs of text and inline elements of an element, which end at two ``br`` or at a block, in ``p``."""
    children = list(parent)
    paragraph = parent.makeelement("p")
    paragraph.text, parent.text = parent.text, None
    for child in children:
        parent.remove(child)
    at = 0
    while at < len(children):
        child = children[at]
        if child.tag == "br" and _is_double_in(children, at):
            while child.tag == "br" and _is_double_in(children, at):
                at += 1
                child = children[at]
            _append(parent, paragraph)
            paragraph = parent.makeelement("p")
            paragraph.text = child.tail
        elif isinstance(child.tag, str) and child.tag not in INLINE and child.tag not in {"br", "img"}:
            _append(parent, paragraph)
            paragraph = parent.makeelement("p")
            paragraph.text, child.tail = child.tail, None
            parent.append(child)
        else:
            paragraph.append(child)
        at += 1
    _append(parent, paragraph)


def _is_double_in(children: list[Element], at: int) -> bool:
    """Whether a child that is a ``br`` is followed by another, with nothing but white space between them."""
    is_last = at + 1 == len(children)
    return not is_last and children[at + 1].tag == "br" and not (children[at].tail or "").strip()


def _append(parent: Element, paragraph: Element) -> None:
    """Append a paragraph unless it is empty."""
    if len(paragraph) or (paragraph.text or "").strip():
        paragraph.text = (paragraph.text or "").lstrip()
        parent.append(paragraph)
