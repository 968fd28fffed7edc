"""The words of a page, and the text that the pipeline receives: reading order, lines as lines, blocks as paragraphs."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from clean_news.article import ScannedWord
from clean_news.formats.page_xml.xml_bytes import Document, Element

# One code point each; in the text they would be line ends, or end up in the log as control characters.
SEPARATORS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
HYPHENS = "-\u00ad\u2010\u2011¬⸗="  # at the end of a line; ⸗ and = in old print
NUMBER = re.compile(r"\s{0,9}([0-9]{1,9}(?:\.[0-9]{1,9})?)\s{0,9}")


class Word(NamedTuple):
    """A word of a page.

    Attributes:
        text: the word as it was read.
        element: its element, or that of its line if the file has no words but lines.
        line: index of its line in the page, counted from 0.
        id: its id in the file; empty if it has none.
        confidence: how sure the scanner was of it, 0–1; None if the file does not say.
        hyphen: the hyphen after it that has an element of its own (HYP of ALTO); empty if there is none.
        whole: the word of which it is the first part, if the file says so and the second part follows.
    """

    text: str
    element: Element
    line: int
    id: str = ""
    confidence: float | None = None
    hyphen: str = ""
    whole: str = ""


class Page(NamedTuple):
    """A page, or all pages of a file.

    Attributes:
        document: its XML.
        words: its words, in reading order.
        text: the text that the pipeline receives.
        spans: (start, exclusive end) of each word in the text, in code points. Those of the two parts of a hyphenated
            word touch.
    """

    document: Document
    words: tuple[Word, ...]
    text: str
    spans: tuple[tuple[int, int], ...]

    def scanned_words(self) -> tuple[ScannedWord, ...]:
        """Return the places, ids and confidences of the words, for the pipeline."""
        return tuple(
            ScannedWord(*span, word.id, word.confidence) for span, word in zip(self.spans, self.words, strict=True)
        )


def clean_spaces(text: str) -> str:
    r"""Return a word with spaces in place of control characters and line ends, without spaces around it.

    >>> clean_spaces(" M'Leod\n")
    "M'Leod"
    """
    return SEPARATORS.sub(" ", text).strip()


def confidence_of(value: str | None, scale: float = 1.0) -> float | None:
    """Return a confidence as a number from 0 to 1; None for a value that is missing or is no number in that range.

    >>> confidence_of("0.87"), confidence_of("93", 100), confidence_of("NaN"), confidence_of("17")
    (0.87, 0.93, None, None)
    """
    found = NUMBER.fullmatch(value or "")
    number = float(found[1]) / scale if found else 2.0
    return number if number <= 1 else None


def page_of(document: Document, blocks: Iterable[Sequence[Sequence[Word]]]) -> Page:
    """Build the page of the words of its blocks.

    Args:
        document: its XML.
        blocks: for each block, the words of its lines, in reading order.
    """
    found = [(block, word.line, word) for block, lines in enumerate(blocks) for line in lines for word in line]
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    length, second = 0, ""

    def add(text: str) -> None:
        nonlocal length
        pieces.append(text)
        length += len(text)

    for number, (block, line, word) in enumerate(found):
        after = found[number + 1] if number + 1 < len(found) else None
        begin, closes = length, bool(second)
        if closes:
            add(second)
            second = ""
        elif word.whole and after is not None and (cut := _cut_of(word, after[2])):
            add(word.whole[:cut])
            second = word.whole[cut:]
        else:
            add(word.text + word.hyphen)
        spans.append((begin, length))
        if after is not None and not second:
            is_same_line = after[:2] == (block, line) and not closes  # the line ends after a hyphenated word
            add(" " if is_same_line else "\n" if after[0] == block else "\n\n")
    return Page(document, tuple(word for *_, word in found), "".join(pieces), tuple(spans))


def _cut_of(first: Word, second: Word) -> int:
    """Return where the second part of a hyphenated word begins in it; 0 if the parts do not make it up."""
    whole = first.whole
    bare = first.text.rstrip(HYPHENS)
    if not bare or any(map(str.isspace, whole)) or not whole.startswith(bare) or not whole.endswith(second.text):
        return 0
    cut = len(whole) - len(second.text)
    return cut if whole[len(bare) : cut] in {"", *HYPHENS} else 0
