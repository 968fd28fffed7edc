r"""Detect tabs in running text: before the first word of a paragraph, and between words of a sentence."""

import re
from collections.abc import Iterator, Sequence

from clean_news.stages.text_lines import Line, ends_sentence, is_list_item, is_table_row

TABS = re.compile(r"(?<![ \u00a0])[ \u00a0]*+\t[\t \u00a0]*")
MIN_WORDS = 8  # of a line of running text
MIN_WORDS_PER_GAP = 2.0  # a row of a table has about one word in each column, but its first may be long
BEGIN = re.compile(r"[\"'“‘(\[]{0,3}[^\W\d_]")
END = re.compile(r"[.!?…][\"'”’)\]]*$")
PARAGRAPH_SHARE = 0.5  # of the lines that begin with a tab
LOWER_SHARE = 0.5  # of the gaps that a lower-case word follows: in the middle of a sentence


def inner_tabs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Yield the start and the exclusive end of the tabs between the words of sentences, with the spaces beside them."""
    for line in lines:
        if "\t" in line.words and _is_sentence(line.words):
            for gap in TABS.finditer(line.words):
                yield line.start + gap.start(), line.start + gap.end()


def _is_sentence(words: str) -> bool:
    """Whether a line with tabs is running text rather than a row of a table."""
    gaps = list(TABS.finditer(words))
    count = len(words.split())
    if count < max(MIN_WORDS, MIN_WORDS_PER_GAP * (len(gaps) + 1)) or not ends_sentence(words):
        return False
    return sum(words[gap.end()].islower() for gap in gaps) >= LOWER_SHARE * len(gaps)


def without_inner_tabs(line: Line) -> Line:
    """Return a line of running text with spaces instead of its tabs, which then do not look like columns."""
    if "\t" not in line.words or not _is_sentence(line.words):
        return line
    return line._replace(words=TABS.sub(" ", line.words))


def leading_tabs(text: str, lines: Sequence[Line], is_wrapped: bool) -> Iterator[tuple[int, int, str]]:
    """Yield the tabs that paragraphs begin with: start, exclusive end, and what separates the paragraph instead.

    Tabs at the beginning of list items, of rows of tables, and of lines that are no sentences stay; all stay if most of
    the lines that begin with a tab are of these kinds, as in code and indented tables.

    Args:
        text: the text; offsets are code points.
        lines: its lines.
        is_wrapped: whether the text is hard-wrapped, so that only the first line of a paragraph begins with a tab, and
            only the tab separates two paragraphs.
    """
    begin = [at for at, line in enumerate(lines) if "\t" in text[line.start - line.indent : line.start]]
    paragraphs = [at for at in begin if _is_paragraph(lines[at].words, is_wrapped)]
    if len(paragraphs) < PARAGRAPH_SHARE * len(begin):
        return
    for at in paragraphs:
        is_adjacent = at > 0 and lines[at - 1].row + 1 == lines[at].row
        yield lines[at].start - lines[at].indent, lines[at].start, "\n" if is_wrapped and is_adjacent else ""


def _is_paragraph(words: str, is_wrapped: bool) -> bool:
    """Whether a line is a paragraph, or the first line of one in a hard-wrapped text."""
    if is_list_item(words) or is_table_row(words):
        return False
    return BEGIN.match(words) is not None and (is_wrapped or END.search(words) is not None)
