"""Finds the text of a page without trafilatura: the part of the page with the most prose, as in readability.

The method is that of Arc90's Readability (2009): each paragraph of prose counts for the elements that contain it, less
with each level, and the element with the highest sum is the article.
"""

from clean_news.formats.pages.measure import Block, Element, blocks_of

LEVELS = 4  # how far up a paragraph counts
DECAY = 0.5  # per level
LINKED_SHARE = 0.5  # of the characters of a paragraph that is left out
LIST_ITEM, CELL = "li", frozenset({"td", "th"})


def readable_part(tree: Element) -> str:
    """Return the paragraphs of the part of a page with the most prose, one a line; empty if there is no prose."""
    blocks = blocks_of(tree)
    scores: dict[Element, float] = {}
    for block in blocks:
        score, element = float(block.prose), block.element.getparent()
        for _ in range(LEVELS):
            if element is None or not score:
                break
            scores[element] = scores.get(element, 0) + score
            score, element = score * DECAY, element.getparent()
    if not scores:
        return ""
    article = max(scores, key=lambda element: scores[element])
    inside = set(article.iter("*"))
    return "\n".join(_line(block) for block in blocks if block.element in inside and not _is_links(block))


def _is_links(block: Block) -> bool:
    """Whether a paragraph consists mostly of links."""
    return block.linked > LINKED_SHARE * len(block.text)


def _line(block: Block) -> str:
    """Return the line of a paragraph, as trafilatura writes it."""
    if block.element.tag in CELL:
        return f"| {block.text} |"
    return f"- {block.text}" if block.element.tag == LIST_ITEM else block.text
