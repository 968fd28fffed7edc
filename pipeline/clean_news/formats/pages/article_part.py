"""Finds the part of a page with the article's prose, and removes what comes after it and is set differently."""

from clean_news.formats.pages.measure import INLINE, Block, Element, blocks_of, measures_of

MIN_SHARE = 0.75  # of the page's prose, in the smallest element that can be the article
MIN_PROSE_CHARS = 500  # of the article; less may be one of several teasers
ANCESTORS = 2  # compared with the block itself: an article in several sections has paragraphs of the same kind in each


def remove_after_article(tree: Element) -> None:
    """Remove, in place, the text after the article, unless it is marked up like a paragraph of the article.

    An article may be divided, e.g. by advertisements, but then its parts are made alike.
    """
    blocks = blocks_of(tree)
    measures = measures_of(tree, blocks)
    if tree not in measures or measures[tree].prose < MIN_PROSE_CHARS:
        return
    article = tree
    while larger := [
        child for child in article if child in measures and measures[child].prose >= MIN_SHARE * measures[tree].prose
    ]:
        article = larger[0]
    inside = set(article.iter("*"))
    alike = {_markup(block) for block in blocks if block.prose and block.element in inside}
    last = max((at for at, block in enumerate(blocks) if block.element in inside), default=-1)
    for block in blocks[last + 1 :]:
        if _markup(block) not in alike:
            _empty(block.element)


def _markup(block: Block) -> tuple[tuple[str, str], ...]:
    """Return the tags and classes of a block and of what contains it."""
    found = [block.element, *block.element.iterancestors()][: ANCESTORS + 1]
    return tuple((element.tag, element.get("class") or "") for element in found)


def _empty(element: Element) -> None:
    """Remove the text of a block, but not the blocks within it, which are judged themselves."""
    pending = [element]
    while pending:
        each = pending.pop()
        each.text = None
        for child in each:
            child.tail = None
            if child.tag in INLINE:
                pending.append(child)
