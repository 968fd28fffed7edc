"""Measures the elements of a page: how much text they contain, in links and in sentences."""

import re
from typing import Any, NamedTuple

from clean_news.formats import load_library

Element = Any  # lxml.html.HtmlElement, of an optional library without types

INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp small span
    strike strong sub sup time tt u var wbr""".split()  # noqa: SIM905 - it reads best so
)
# The end of a sentence, within a paragraph or at its end.
SENTENCE_END = re.compile(r"[^\s.!?][.!?…][\"'”’)\]]*(?=\s|$)")
LINE_END = "\x1e"  # between the lines of a block while its text is collected
MIN_PROSE_CHARS = 60  # a shorter text with a full stop may be a caption, a teaser or a button


def is_prose(text: str) -> bool:
    """Whether a paragraph contains a sentence."""
    return len(text) >= MIN_PROSE_CHARS and SENTENCE_END.search(text) is not None


class Block(NamedTuple):
    """A paragraph, heading, list item, cell or the like: an element with text of its own.

    Attributes:
        element: the element.
        text: its text with that of its inline elements, but not of blocks within it; runs of white space are one space.
        linked: characters of it that are in links.
        links: number of links in it.
        prose: characters outside links, of those lines, as ``br`` ends them, that contain a sentence.
    """

    element: Element
    text: str
    linked: int
    links: int
    prose: int


class Measure(NamedTuple):
    """The text of an element and of all elements within it.

    Attributes:
        chars: characters of all blocks.
        linked: characters in links.
        prose: characters outside links, of blocks that contain a sentence.
        links: number of links.
    """

    chars: int = 0
    linked: int = 0
    prose: int = 0
    links: int = 0


class _Parts:
    """The text of a block as it is collected."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.linked: list[str] = []
        self.links = 0

    def add(self, text: str | None, is_linked: bool) -> None:
        """Append a text."""
        if text:
            self.texts.append(text)
            if is_linked:
                self.linked.append(text)


def blocks_of(tree: Element) -> list[Block]:
    """Return the blocks of a tree, in document order of where they begin."""
    etree = load_library("lxml.etree", "html")
    found: dict[Element, _Parts] = {tree: _Parts()}
    stack: list[tuple[Element, bool]] = [(tree, False)]  # the block and whether in a link, of each open element
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event == "start":
            block, is_linked = stack[-1]
            if element.tag not in INLINE and element is not tree:
                found[block].add(LINE_END, False)
                if element.tag != "br":
                    block = element
                    found[block] = _Parts()
            if element.tag == "a":
                is_linked = True
                found[block].links += 1
            found[block].add(element.text, is_linked)
            stack.append((block, is_linked))
            continue
        if event == "end":
            stack.pop()
        if element is not tree:
            found[stack[-1][0]].add(element.tail, stack[-1][1])
    return [block for block in (_block(*each) for each in found.items()) if block.text]


def _block(element: Element, parts: _Parts) -> Block:
    """Return the block of an element."""
    lines = [" ".join(line.split()) for line in "".join(parts.texts).split(LINE_END)]
    text = " ".join(filter(None, lines))
    linked = min(len(" ".join("".join(parts.linked).split())), len(text))
    prose = max(0, sum(len(line) for line in lines if is_prose(line)) - linked)
    return Block(element, text, linked, parts.links, prose)


def measures_of(tree: Element, blocks: list[Block]) -> dict[Element, Measure]:
    """Return the measure of every element of a tree that contains text; see :class:`Measure`."""
    sums: dict[Element, list[int]] = {}
    for block in blocks:
        sums[block.element] = [len(block.text), block.linked, block.prose, block.links]
    for element in reversed(list(tree.iter("*"))):  # descendants come before their ancestors
        own = sums.get(element)
        if own is None or element is tree:
            continue
        total = sums.setdefault(element.getparent(), [0, 0, 0, 0])
        total[:] = [first + second for first, second in zip(total, own, strict=True)]
    return {element: Measure(*values) for element, values in sums.items()}
