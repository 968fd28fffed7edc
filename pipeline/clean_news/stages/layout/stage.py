"""Stage ``layout``: repair line breaks, hyphens and spaces that come from the page or screen layout."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from clean_news.article import Article
from clean_news.edits import Edit, replace, without_overlaps
from clean_news.language.uncommon_characters import uncommon_characters
from clean_news.rule_selection import is_off
from clean_news.settings import Settings
from clean_news.stages import Proposal, Rule
from clean_news.stages.layout.broken_sentences import is_broken_sentence
from clean_news.stages.layout.dehyphenation import HYPHENS, WordTest, hyphen_replacement, vocabulary, word_test
from clean_news.stages.layout.line_wrapping import is_long_heading, is_wrap, wrap_width
from clean_news.stages.layout.page_furniture import furniture
from clean_news.stages.layout.spaced_letters import LOWER, UPPER, spaced_words
from clean_news.stages.layout.tabs import inner_tabs, leading_tabs, without_inner_tabs
from clean_news.stages.layout.torn_words import TORN, inline_hyphens, ligature_gaps
from clean_news.stages.text_lines import Line, is_interrupted, lines_of, minimal_edit, starts_lower

RULES = (
    Rule(
        "LAY001",
        "A word hyphenated at the end of a line is joined; a compound keeps its hyphen.",
        "The govern-\nment met the well-\nknown singer.",
        "The government met the well-known singer.",
        ("Two- and three-storey houses burned.", "The score was 3-\nAll went home."),
    ),
    Rule(
        "LAY002",
        "Hard-wrapped lines are joined to one line per paragraph.",
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
        "A sentence broken by a blank line is joined if its first part is incomplete.",
        "The ferry left its berth in the old harbour on\n\nTuesday, an hour late.",
        "The ferry left its berth in the old harbour on Tuesday, an hour late.",
        (
            "The board and both of its former chairmen weigh in\n\nMembers will vote on Tuesday.",
            "Later, after a long pause, the captain added,\n\n“We have no choice.”",
        ),
    ),
    Rule(
        "LAY004",
        "Page numbers and running heads are removed; a sentence that they interrupt is joined.",
        "The ferry left its berth in the old\n\n- 3 -\n\nharbour an hour late.",
        "The ferry left its berth in the old harbour an hour late.",
        ("The ferry left an hour late.\n\n-30-",),
    ),
    Rule(
        "LAY005",
        "Letter-spaced words are joined.",
        "P U B L I C   N O T I C E",
        "PUBLIC NOTICE",
        ("J R R Tolkien", "Grades A B C D E", "P W D L F A Pts"),
    ),
    Rule(
        "LAY006",
        "Three or more consecutive blank lines become one.",
        "The ferry left.\n\n\n\nIt was late.",
        "The ferry left.\n\nIt was late.",
        ("The ferry left.\n\n\nIt was late.",),
    ),
    Rule(
        "LAY007",
        "White space before and after the text is removed; one final line break is kept.",
        " The ferry left.\n\n\n",
        "The ferry left.\n",
        ("The ferry left.\n",),
    ),
    Rule(
        "LAY008",
        "A word with a hyphen and a space inside a line, whose line break was lost, is joined.",
        "They waited in antici- pation of the answer.",
        "They waited in anticipation of the answer.",
        ("A two- or three-year plan.", "Homes of the pre- and post-war years.", "The tax- exempt groups said no."),
    ),
    Rule(
        "LAY009",
        "A word torn at a ligature, as in text from a PDF, is joined; a letter lost with the ligature is put back.",
        "It was di ff cult to fi nd the o ffi ce.",
        "It was difficult to find the office.",
        ("A sci fi novel.", "The hi fi shop sold 12 fl oz bottles.", "See pages 24 ff of the report."),
    ),
    Rule(
        "LAY010",
        "A tab inside a sentence becomes a space; tabs that a paragraph begins with are removed.",
        "The ferry left its\tberth in the old harbour\tan hour late.",
        "The ferry left its berth in the old harbour an hour late.",
        ("Team\tWon\tLost", "Thornby\tplayed 31\twon 19\tdrew 6"),
    ),
)

BROKEN_WORD = re.compile(rf"[{HYPHENS}](?<=[^\W_].)[^\S\n]*\n")
BROKEN_AT_MINUS = re.compile(r"-(?<=[^\W_].)[^\S\n]*\n")  # begins with a literal, which is found ten times as fast
RARE_HYPHENS = frozenset(HYPHENS) - {"-"}
LOST_BREAK = re.compile(r"(?<=[a-z])¬[^\S\n]*(?=[a-z])")  # the break mark of a scan whose line break was lost
PAIR = re.compile(rf" [{UPPER}{LOWER}] {{1,6}}[{UPPER}{LOWER}] ")  # in all that SPACED matches, and found sooner
SPACED = re.compile(rf"(?<!\S)(?:[{UPPER}{LOWER}] {{1,6}}){{3}}[{UPPER}{LOWER}]\b")
MAX_BREAKS = 3  # line breaks around two blank lines


class LayoutContext(NamedTuple):
    """The whole text, as the context of a gap between two of its lines.

    Attributes:
        text: the text.
        lines: its non-blank lines without page furniture.
        width: the wrap width, see :func:`wrap_width`.
        furniture: row numbers of page numbers and running heads.
        test: the word lookups.
        tabbed: offsets of the lines that lose the tabs that they begin with.
    """

    text: str
    lines: list[Line]
    width: int | None
    furniture: frozenset[int]
    test: WordTest
    tabbed: frozenset[int]


def propose(article: Article, settings: Settings) -> Proposal:
    r"""Propose layout repairs.

    Args:
        article: the article; its lines end in ``\n``.
        settings: the settings; only the disabled rules are used.

    Returns:
        The edits; removed text is kept in the log only.
    """
    lines = lines_of(article.text)
    if not lines:
        return Proposal([])
    found = [edit for edit in _all_edits(article.text, lines) if not is_off(edit.rule, settings)]
    return Proposal(without_overlaps(found))


def _all_edits(text: str, lines: list[Line]) -> Iterator[Edit]:
    """Yield the edits of all rules, in no particular order."""
    yield from _outer_whitespace(text, lines)
    spaced = PAIR.search(text) is not None and SPACED.search(text) is not None
    torn = TORN.search(text) is not None
    test = word_test(text) if spaced or torn or _has_broken_word(text) else NO_WORDS
    yield from _torn_word_edits(text, test, torn)
    if "\t" in text:
        for start, end in inner_tabs(lines):
            yield replace(text, start, end, " ", "LAY010")
        lines = [without_inner_tabs(line) for line in lines]
    if spaced:
        for start, end, after in spaced_words(text, test.known):
            yield replace(text, start, end, after, "LAY005")
    if "¬" in text:
        for mark in LOST_BREAK.finditer(text):
            yield replace(text, mark.start(), mark.end(), "", "LAY001")
    removed = furniture(lines, text)
    yield from _outer_furniture(text, lines, removed)
    kept = [line for at, line in enumerate(lines) if at not in removed] if removed else lines
    width = wrap_width(kept)
    tabs = list(leading_tabs(text, kept, width is not None)) if "\t" in text else []
    rows, starts = frozenset(lines[at].row for at in removed), frozenset(end for _, end, _ in tabs)
    for start, end, separator in tabs:
        yield replace(text, start, end, separator, "LAY010")
    context = LayoutContext(text, kept, width, rows, test, starts)
    for at in range(len(kept) - 1):
        edit = _gap_edit(context, at)
        if edit:
            yield edit


def _has_broken_word(text: str) -> bool:
    """Whether a word of a text ends in a hyphen at the end of a line."""
    only_minus = RARE_HYPHENS.isdisjoint(uncommon_characters(text))
    return (BROKEN_AT_MINUS if only_minus else BROKEN_WORD).search(text) is not None


def _torn_word_edits(text: str, test: WordTest, torn: bool) -> Iterator[Edit]:
    """Yield the edits that join words torn within a line."""
    is_word = vocabulary()
    if is_word is None:
        return
    for start, end, after in inline_hyphens(text, test, is_word) if torn else ():
        yield replace(text, start, end, after, "LAY008")
    for start, end, after in ligature_gaps(text, is_word):
        yield replace(text, start, end, after, "LAY009")


NO_WORDS = WordTest(lambda _: False, frozenset())  # for a text without words to look up


def _outer_whitespace(text: str, lines: list[Line]) -> Iterator[Edit]:
    """Yield the edits that remove white space before the first line and after the last, except one line break."""
    first, last = lines[0].start, lines[-1].end
    if first:
        yield replace(text, 0, first, "", "LAY007")
    tail = text[last:]
    if tail not in ("", "\n"):
        yield minimal_edit(text, last, len(text), "\n" if "\n" in tail else "", "LAY007")


def _outer_furniture(text: str, lines: list[Line], removed: set[int]) -> Iterator[Edit]:
    """Yield the edits that remove page furniture before the first and after the last line of text.

    Furniture between two lines is removed by :func:`_gap_edit`.
    """
    kept = [at for at in range(len(lines)) if at not in removed]
    if not removed or not kept:
        return
    if kept[0]:
        yield replace(text, lines[0].start, lines[kept[0]].start, "", "LAY004")
    if kept[-1] < len(lines) - 1:
        yield replace(text, lines[kept[-1]].end, lines[-1].end, "", "LAY004")


def _gap_edit(context: LayoutContext, at: int) -> Edit | None:
    """Return the edit between line ``at`` and the next, page furniture included; None if none is needed."""
    line, following = context.lines[at : at + 2]
    breaks = following.row - line.row
    page_end = bool(context.furniture) and not context.furniture.isdisjoint(range(line.row + 1, following.row))
    text, start, end = context.text, line.end, following.start
    if line.words[-1] in HYPHENS and (breaks == 1 or starts_lower(following.words)):
        joined = hyphen_replacement(line.words, following.words, context.test)
        if joined is not None:
            return minimal_edit(text, start - 1, end, joined, "LAY004" if page_end else "LAY001")
    if page_end:
        return minimal_edit(text, start, end, _gap_without_furniture(context, at), "LAY004")
    if breaks == 1 and _is_wrapped(context, at):
        return minimal_edit(text, start, end, _line_joiner(line.words), "LAY002", width=context.width)
    if _is_broken(context, at):
        return minimal_edit(text, start, end, " ", "LAY003")
    if breaks > MAX_BREAKS and not _is_interrupted_sentence(context, at):
        return minimal_edit(text, start, end, "\n\n" + _indent(context, following), "LAY006")
    return None


def _is_wrapped(context: LayoutContext, at: int) -> bool:
    """Whether line ``at`` was hard-wrapped at the width of the text."""
    lines = context.lines
    if context.width is None or not is_wrap(lines[at], lines[at + 1], context.width):
        return False
    return not (is_long_heading(lines, at) or is_long_heading(lines, at + 1))


def _is_broken(context: LayoutContext, at: int) -> bool:
    """Whether the sentence at the end of line ``at`` continues in the next."""
    near = context.lines[at + 1].row - context.lines[at].row <= MAX_BREAKS
    return near and _is_interrupted_sentence(context, at)


def _is_interrupted_sentence(context: LayoutContext, at: int) -> bool:
    """Whether the gap after line ``at``, however large, interrupts a sentence.

    Something is missing in a large gap, so it is neither closed nor made smaller, which would close it the next time.
    """
    line, following = context.lines[at : at + 2]
    return is_broken_sentence(context.lines[at - 1] if at else None, line, following)


def _gap_without_furniture(context: LayoutContext, at: int) -> str:
    """Return what separates line ``at`` and the next after the page furniture between them is removed."""
    line, following = context.lines[at : at + 2]
    if is_interrupted(line.words, following.words) or _is_wrapped(context, at) or _is_broken(context, at):
        return _line_joiner(line.words)
    blank = any(not row.strip() for row in context.text[line.end : following.start].split("\n")[1:-1])
    return ("\n\n" if blank else "\n") + _indent(context, following)


def _indent(context: LayoutContext, line: Line) -> str:
    """Return the white space that a line begins with in the clean text."""
    return "" if line.start in context.tabbed else context.text[line.start - line.indent : line.start]


def _line_joiner(words: str) -> str:
    """Return a space; nothing after a dash that touches its word ("the harbour—/empty by now")."""
    closed = words.endswith(("—", "--")) and not words.endswith((" —", " --"))
    return "" if closed else " "
