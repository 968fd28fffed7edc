"""Removes the furniture of a page from its tree: what surrounds an article and interrupts it.

Furniture is found by the page's own markup: elements and roles of HTML that say what they are (``nav``,
``role="dialog"``), words in classes, ids and labels (``dictionaries/pages/furniture.tsv``), and lists of links. A class
may mislead, so an element that contains much of the page's prose stays whatever it is called.
"""

import re
from functools import cache
from itertools import islice
from typing import NamedTuple

from clean_news.dictionaries import folder
from clean_news.formats.pages.measure import INLINE, SENTENCE_END, Block, Element, Measure, blocks_of, measures_of

ALWAYS = frozenset(
    """button canvas dialog fieldset iframe input menu nav object option select svg template textarea amp-ad amp-consent
    amp-sidebar amp-social-share amp-user-notification""".split()  # noqa: SIM905 - it reads best so
)
ROLES = frozenset(
    """alert alertdialog banner complementary contentinfo dialog menu menubar navigation search tablist toolbar
    tooltip""".split()  # noqa: SIM905 - it reads best so
)
NAMING = ("class", "id", "aria-label", "data-component", "data-testid", "data-qa", "data-name", "name")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
# Words of a name: "StoryBody", "story-body", "story__body" and "storyBody" are all "story body".
NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# A class of these lists the topics of the article ("tag-newsletter"), or the page's features ("comments-open").
WHOLE_PAGE = frozenset({"html", "body", "main"})
TOPIC_CLASS = re.compile(r"\b(?:tag|category|topic|section)-\S+")

MAX_PROSE_SHARE = 0.3  # of the page's prose, in furniture other than comments
LIST_LINK_SHARE = 0.6  # of the characters of a list of links
MIN_LINKS = 2  # of a list of links
LABEL = re.compile(r"[A-Z][\w’' ]{2,24}:|[A-Z][A-Z’' ]{3,24}[:|›»–-]?")  # "READ MORE", before a headline
COMMENTS = "comments"
CONTROL = "control"  # by its element, role or style, not by its name
GONE = "data-furniture"  # attribute of the elements that are removed
MAX_CAPTION_CHARS = 600
# What a picture and its caption may be put into, and how much text is a caption for that reason alone.
BOXES = frozenset({"aside", "center", "div", "figure", "table", "tbody", "td", "tr"})
IN_TABLES = frozenset({"table", "tbody", "td", "tr"})
MAX_CELLS = 2  # of a table that is such a box; a larger one has pictures in its cells
MAX_BOX_CHARS = 200
MIN_CAPTION_WORDS = 4  # fewer are a name, e.g. of the author in the picture
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# The credit at the end of a caption: "The quay. Photograph: Ann Lee/Agency", "The quay (Photo by Ann Lee)".
CREDIT = re.compile(
    r"\(?\b(?:Photo(?:graph|s)?|Picture|Image|Illustration)(?: credit)?(?:: ?| by | courtesy of )([^()]{2,120}?)[).]*$"
)


class Removed(NamedTuple):
    """What was removed from a page and is kept as metadata.

    Attributes:
        captions: captions of pictures and films.
        credits: who made them.
    """

    captions: list[str]
    credits: list[str]


@cache
def _kinds() -> list[tuple[str, re.Pattern[str]]]:
    """Return each kind of furniture with the pattern of its names, from ``dictionaries/pages/furniture.tsv``."""
    lines = (folder() / "pages" / "furniture.tsv").read_text(encoding="utf-8").splitlines()
    names: dict[str, list[str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            kind, name = line.split("\t")
            names.setdefault(kind, []).append(name)
    return [(kind, re.compile(rf" (?:{'|'.join(found)}) ")) for kind, found in names.items()]


def _kind_of(element: Element) -> str:
    """Return the kind of furniture that an element's names say it is; empty if none."""
    values = [element.get(name) for name in NAMING]
    name = " ".join(TOPIC_CLASS.sub(" ", value) for value in values if value)
    if not name:
        return ""
    words = f" {' '.join(NAME_WORD.findall(name)).lower()} "
    return next((kind for kind, pattern in _kinds() if pattern.search(words)), "")


def remove_furniture(tree: Element) -> Removed:
    """Remove the furniture of a page in place.

    Returns:
        What is kept as metadata.
    """
    removed = Removed([], [])
    blocks = blocks_of(tree)
    measures, prose_of = measures_of(tree, blocks), {block.element: block.prose for block in blocks}
    limit = MAX_PROSE_SHARE * measures.get(tree, Measure()).prose
    candidates: dict[str, list[Element]] = {}
    for element in list(tree.iter("*")):
        prose = measures.get(element, Measure()).prose
        if element is tree or element.tag in WHOLE_PAGE or element.get(GONE) is not None:
            continue
        if element.tag == "form" and prose > limit:  # a page of ASP.NET is one form
            element.tag = "div"
        if element.tag in INLINE and _is_in_sentence(element, prose_of):
            for name in ("class", "id"):  # trafilatura would leave it out for these
                element.attrib.pop(name, None)
        kind = _furniture_kind(element)
        if kind and not _is_article(element) and (prose <= limit or kind == COMMENTS):
            candidates.setdefault(kind, []).append(element)
            _mark(element)
    for kind, elements in candidates.items():
        # A class may also mislead in many small places, e.g. one for each paragraph.
        misleads = sum(measures.get(element, Measure()).prose for element in elements) > limit and kind != COMMENTS
        for element in elements:
            if misleads:
                _unmark(element)
            else:
                _keep_metadata(element, kind, removed)
                element.drop_tree()
    _remove_links(tree)
    _remove_pictures(tree, removed)
    return removed


def _is_in_sentence(element: Element, prose_of: dict[Element, int]) -> bool:
    """Whether an inline element is part of a paragraph of prose, e.g. a drop cap, a name or a date."""
    while element is not None and element.tag in INLINE:
        element = element.getparent()
    return prose_of.get(element, 0) > 0


def _furniture_kind(element: Element) -> str:
    """Return the kind of furniture that an element is; empty if none."""
    if element.tag in ALWAYS or element.tag in {"form", "noscript"}:
        return CONTROL
    if element.tag == "figcaption":
        return "caption"
    if (element.get("role") or "").lower() in ROLES:
        return CONTROL
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return CONTROL
    if HIDDEN.search(element.get("style") or ""):
        return CONTROL
    if element.tag == "footer" and not any(True for _ in element.iterancestors("blockquote")):
        return "footer"
    return _kind_of(element)


def _is_article(element: Element) -> bool:
    """Whether an element says that it is the article, or contains its headline."""
    if element.get("itemprop") == "articleBody":
        return True
    return element.tag not in ALWAYS and next(element.iter("h1"), None) is not None


def _keep_metadata(element: Element, kind: str, removed: Removed) -> None:
    """Keep a caption or a credit before it is removed."""
    if kind not in {"caption", "credit"}:
        return
    text = " ".join("".join(element.itertext()).split())[:MAX_CAPTION_CHARS]
    credit = CREDIT.search(text)
    if kind == "credit":
        _add(removed.credits, credit[1] if credit else text)
        return
    if credit:
        _add(removed.credits, credit[1])
        text = text[: credit.start()].rstrip()
    _add(removed.captions, text)


def _add(texts: list[str], text: str) -> None:
    """Append a text unless it is empty or there already."""
    if text and text not in texts:
        texts.append(text)


def _mark(element: Element) -> None:
    """Mark an element and all in it as furniture."""
    for each in element.iter("*"):
        each.set(GONE, "")


def _unmark(element: Element) -> None:
    """Take the mark off again."""
    for each in element.iter("*"):
        each.attrib.pop(GONE, None)


def _remove_links(tree: Element) -> None:
    """Remove lists of links, and paragraphs and headings that are one link ("READ MORE: …")."""
    blocks = blocks_of(tree)
    measures = measures_of(tree, blocks)
    for element in list(tree.iter("ul", "ol", "dl", "div", "section", "aside", "table", "p")):
        measure = measures.get(element)
        if measure is None or element.get(GONE) is not None or measure.prose or measure.links < MIN_LINKS:
            continue
        if measure.linked >= LIST_LINK_SHARE * measure.chars and element is not tree and not _is_article(element):
            _mark(element)
            element.drop_tree()
    for block in blocks:
        element = block.element
        if element.get(GONE) is None and _is_one_link(block):
            # A link between the blocks of an element is its own text.
            is_whole = measures[element].chars == len(block.text) and element is not tree
            (element if is_whole else next(element.iter("a"))).drop_tree()


def _remove_pictures(tree: Element, removed: Removed) -> None:
    """Remove the pictures with a short text in the same box, which is a caption whatever it is called."""
    measures = measures_of(tree, blocks_of(tree))
    for image in list(tree.iter("img", "amp-img", "video")):
        box, larger = None, image.getparent()
        while larger is not None and _is_box(larger) and _is_caption(larger, measures):
            box = larger if larger.tag in BOXES and larger in measures else box
            larger = larger.getparent()
        if box is not None and box.getparent() is not None and next(box.iter(*HEADINGS), None) is None:
            if len(box.text_content().split()) >= MIN_CAPTION_WORDS:
                _keep_metadata(box, "caption", removed)
            box.drop_tree()


def _is_box(element: Element) -> bool:
    """Whether an element can contain a picture and its caption, and nothing else."""
    if element.tag not in IN_TABLES:
        return element.tag in INLINE or element.tag in BOXES
    table = element if element.tag == "table" else next(element.iterancestors("table"), None)
    return table is not None and len(list(islice(table.iter("td", "th"), MAX_CELLS + 1))) <= MAX_CELLS


def _is_caption(element: Element, measures: dict[Element, Measure]) -> bool:
    """Whether the text of an element that contains a picture is so short that it is a caption."""
    measure = measures.get(element, Measure())
    return measure.chars <= MAX_BOX_CHARS and not measure.prose


def _is_one_link(block: Block) -> bool:
    """Whether a paragraph is nothing but one link, or a label and one link."""
    if block.links != 1 or not block.linked or block.element.tag in {"h1", "td", "th"}:
        return False
    target = next(block.element.iter("a")).get("href") or "#"
    label = block.text[: len(block.text) - block.linked].strip()
    if len(label) > 1:
        return LABEL.fullmatch(label) is not None
    return not target.startswith("#") and not SENTENCE_END.search(block.text)
