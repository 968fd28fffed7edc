"""Stage ``layout``: line breaks, hyphens and spaces that belong to a page or a screen, not to the article."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from clean_news.article import Article
from clean_news.edits import Edit, replace, without_overlaps
from clean_news.rule_selection import is_off
from clean_news.settings import Settings
from clean_news.stages import Proposal, Rule
from clean_news.stages.layout.broken_sentences import is_broken_sentence
from clean_news.stages.layout.dehyphenation import HYPHENS, WordTest, joint, word_test
from clean_news.stages.layout.line_wrapping import is_wrap, wrap_width
from clean_news.stages.layout.page_furniture import furniture
from clean_news.stages.layout.spaced_letters import spaced_words
from clean_news.stages.text_lines import Line, goes_on, is_interrupted, lines_of, narrowed

RULES = (
    Rule(
        "LAY001",
        "A word broken at the end of a line is joined; a real compound keeps its hyphen.",
        "The govern-\nment met the well-\nknown singer.",
        "The government met the well-known singer.",
        ("Two- and three-storey houses burned.", "The score was 3-\nAll went home."),
    ),
    Rule(
        "LAY002",
        "Lines cut at a fixed width become one line a paragraph.",
        "The old ferry will leave its berth at noon\nand will not be seen again before\nspring.",
        "The old ferry will leave its berth at noon and will not be seen again before spring.",
        (
            "The harbour board met on Tuesday.\nThe ferry stays where it is.",
            "I saw the ferry leave the bay,\nAnd slowly turn to face the day,\nIts lanterns lit.",
        ),
        "widths and shares measured on shared/bench/ocr-train and typed wire copy",
    ),
    Rule(
        "LAY003",
        "A sentence broken over a blank line is joined, where its first part cannot be a whole one.",
        "The ferry left its berth in the old harbour on\n\nTuesday, an hour late.",
        "The ferry left its berth in the old harbour on Tuesday, an hour late.",
        (
            "The board and both of its former chairmen weigh in\n\nMembers will vote on Tuesday.",
            "Later, after a long pause, the captain added,\n\n“We have no choice.”",
        ),
    ),
    Rule(
        "LAY004",
        "Page numbers and heads that every page repeats are removed; the sentence they interrupt is joined.",
        "The ferry left its berth in the old\n\n- 3 -\n\nharbour an hour late.",
        "The ferry left its berth in the old harbour an hour late.",
        ("The ferry left an hour late.\n\n-30-",),
    ),
    Rule(
        "LAY005",
        "Words set with a space between the letters are closed up.",
        "P U B L I C   N O T I C E",
        "PUBLIC NOTICE",
        ("J R R Tolkien", "Grades A B C D E", "P W D L F A Pts"),
    ),
    Rule(
        "LAY006",
        "More than two blank lines become one.",
        "The ferry left.\n\n\n\nIt was late.",
        "The ferry left.\n\nIt was late.",
        ("The ferry left.\n\n\nIt was late.",),
    ),
    Rule(
        "LAY007",
        "Blank lines and spaces before and behind the text are removed; a last line break stays.",
        " The ferry left.\n\n\n",
        "The ferry left.\n",
        ("The ferry left.\n",),
    ),
)

BROKEN_WORD = re.compile(r"[^\W_][-\u2010¬\u00ad][^\S\n]*\n")
SIGNED_BREAK = re.compile(r"(?<=[a-z])¬[^\S\n]*(?=[a-z])")  # a scan's break mark that lost its line break
SPACED = re.compile(r"(?<!\S)[a-zA-Z] {1,6}[a-zA-Z] {1,6}[a-zA-Z] {1,6}[a-zA-Z]\b")
MOST_BREAKS = 3  # line breaks that two blank lines have


class Page(NamedTuple):
    """What is known of the whole text when two of its lines are judged.

    Attributes:
        text: the text.
        lines: its lines, page furniture left out.
        width: see :func:`wrap_width`.
        furniture: the rows of page numbers and running heads.
        test: what words are judged by.
    """

    text: str
    lines: list[Line]
    width: int | None
    furniture: frozenset[int]
    test: WordTest


def propose(article: Article, settings: Settings) -> Proposal:
    r"""The layout's repairs.

    Args:
        article: its lines end in ``\n``.
        settings: which rules are off counts.

    Returns:
        The edits; what they remove is kept in the log alone.
    """
    lines = lines_of(article.text)
    if not lines:
        return Proposal([])
    found = [edit for edit in _all_edits(article.text, lines) if not is_off(edit.rule, settings)]
    return Proposal(without_overlaps(found))


def _all_edits(text: str, lines: list[Line]) -> Iterator[Edit]:
    """The edits of every rule, in no particular order."""
    yield from edges(text, lines)
    spaced = SPACED.search(text) is not None
    test = word_test(text) if spaced or BROKEN_WORD.search(text) else NO_WORDS
    if spaced:
        for start, end, after in spaced_words(text, test.known):
            yield replace(text, start, end, after, "LAY005")
    if "¬" in text:
        for mark in SIGNED_BREAK.finditer(text):
            yield replace(text, mark.start(), mark.end(), "", "LAY001")
    aside = furniture(lines, text)
    yield from _page_edges(text, lines, aside)
    kept = [line for at, line in enumerate(lines) if at not in aside] if aside else lines
    page = Page(text, kept, wrap_width(kept), frozenset(lines[at].row for at in aside), test)
    for at in range(len(kept) - 1):
        edit = _gap_edit(page, at)
        if edit:
            yield edit


NO_WORDS = WordTest(lambda _: False, frozenset())  # for a text where no word has to be judged


def edges(text: str, lines: list[Line]) -> Iterator[Edit]:
    """What stands before the first line and behind the last, one line break excepted."""
    first, last = lines[0].start, lines[-1].end
    if first:
        yield replace(text, 0, first, "", "LAY007")
    tail = text[last:]
    if tail not in ("", "\n"):
        yield narrowed(text, last, len(text), "\n" if "\n" in tail else "", "LAY007")


def _page_edges(text: str, lines: list[Line], aside: set[int]) -> Iterator[Edit]:
    """The page furniture before the first and behind the last line of text; the rest goes with its gap."""
    kept = [at for at in range(len(lines)) if at not in aside]
    if not aside or not kept:
        return
    if kept[0]:
        yield replace(text, lines[0].start, lines[kept[0]].start, "", "LAY004")
    if kept[-1] < len(lines) - 1:
        yield replace(text, lines[kept[-1]].end, lines[-1].end, "", "LAY004")


def _gap_edit(page: Page, at: int) -> Edit | None:
    """The edit between line ``at`` and the next, page furniture included; None if the gap may stay."""
    line, following = page.lines[at : at + 2]
    breaks = following.row - line.row
    turned = bool(page.furniture) and not page.furniture.isdisjoint(range(line.row + 1, following.row))
    text, start, end = page.text, line.end, following.start
    if line.words[-1] in HYPHENS and (breaks == 1 or goes_on(following.words)):
        joined = joint(line.words, following.words, page.test)
        if joined is not None:
            return narrowed(text, start - 1, end, joined, "LAY004" if turned else "LAY001")
    if turned:
        return narrowed(text, start, end, _page_gap(page, at), "LAY004")
    if breaks == 1 and _is_wrapped(page, at):
        return narrowed(text, start, end, _wrap_joint(line.words), "LAY002", width=page.width)
    if _is_broken(page, at):
        return narrowed(text, start, end, " ", "LAY003")
    if breaks > MOST_BREAKS:
        return narrowed(text, start, end, "\n\n" + " " * following.indent, "LAY006")
    return None


def _is_wrapped(page: Page, at: int) -> bool:
    """Whether line ``at`` was cut at the text's width."""
    return page.width is not None and is_wrap(page.lines[at], page.lines[at + 1], page.width)


def _is_broken(page: Page, at: int) -> bool:
    """Whether the sentence at the end of line ``at`` runs on in the next."""
    line, following = page.lines[at : at + 2]
    if following.row - line.row > MOST_BREAKS:
        return False
    return is_broken_sentence(page.lines[at - 1] if at else None, line, following)


def _page_gap(page: Page, at: int) -> str:
    """What stands between line ``at`` and the next once the page furniture between them is gone."""
    line, following = page.lines[at : at + 2]
    if is_interrupted(line.words, following.words) or _is_wrapped(page, at) or _is_broken(page, at):
        return _wrap_joint(line.words)
    blank = any(not row.strip() for row in page.text[line.end : following.start].split("\n")[1:-1])
    return ("\n\n" if blank else "\n") + " " * following.indent


def _wrap_joint(words: str) -> str:
    """A space, or nothing after a dash that touches its word ("the harbour—/empty by now")."""
    closed = words.endswith(("—", "--")) and not words.endswith((" —", " --"))
    return "" if closed else " "
