"""Find links that a page put into its paragraphs: headlines after a name, in brackets, after a label."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple

from clean_news.stages.boilerplate.boilerplate_lines import POST
from clean_news.stages.boilerplate.phrase_lists import entries
from clean_news.stages.text_lines import Line

# After a name, a page lists the full name and headlines about the person, glued together, up to "MORE":
# "Mayor Doe Jane Ann DoeHarbour board meets Ferry sold MORE (Lab.) said …"
MORE = "MORE"
MIN_LIST_CHARS, MAX_LIST_CHARS = 12, 900
MAX_TOUCHING = 40  # places in a list that are tried
MAX_FIRST_NAME_CHARS = 40
MAX_NAME_CHARS = 120  # of the name, the full name and the name again
# Where the first headline touches the name.
GLUED = re.compile(r"(?<=[^\W\d_A-Z]|[.)])(?=[A-Z0-9$\"“(\[]|['‘][A-Z0-9])")
SURNAME = re.compile(r"[^\W\d_][\w’'-]{0,30}(?:\s(?:Jr|Sr|III|II|IV)\b\.?)?\Z")
FIRST_NAME = r"(?:[A-ZÀ-ÞĀ-Ž][\w.’'-]{0,30}|de|del|la|van|von|der|[(\"“][^\s()]{1,20}[)\"”])"
FULL_NAME = re.compile(rf"\s{{1,2}}(?:{FIRST_NAME}\s{{1,2}}){{1,6}}")
# The same with a space before the first headline.
REPEATED = re.compile(
    rf"\b(?P<last>[A-Z][\w’'-]{{1,30}})(?=\s(?:{FIRST_NAME}\s{{1,2}}){{1,6}}(?P=last)\s[A-Z0-9\"“‘'])"
)


class InlineLink(NamedTuple):
    """A link within a paragraph.

    Attributes:
        start: offset of its first character, in code points.
        end: exclusive end.
        rule: code of the rule that removes it.
        kind: key under which it is kept in the metadata.
        value: the text that is kept.
    """

    start: int
    end: int
    rule: str
    kind: str
    value: str


def inline_links(text: str, lines: Sequence[Line]) -> Iterator[InlineLink]:
    """Yield the links within paragraphs.

    Args:
        text: the article's text.
        lines: its lines that are not blank.
    """
    if MORE in text:
        yield from _lists_after_names(text)
    for opening, closing in BRACKETS:
        if opening in text:
            yield from _links_in_brackets(text, opening, closing)
    if "The post " in text:
        for post in POST_AFTER.finditer(text):
            yield InlineLink(*post.span(), "BOIL006", "source", post[0].strip())
    yield from _copyright_ends(lines[-LAST_LINES:])
    yield from _labels_in_front(lines)


def _lists_after_names(text: str) -> Iterator[InlineLink]:
    """Yield the lists of headlines after names."""
    begin, end = 0, text.find(MORE)
    while end >= 0:
        begin = max(begin, text.rfind("\n", 0, end) + 1, end - MAX_LIST_CHARS)
        is_word = not text[end - 1 : end].isupper() and not text[end + len(MORE) : end + len(MORE) + 1].isalpha()
        start = _list_start(text, begin, end) if is_word and end - begin >= MIN_LIST_CHARS else None
        if start is not None:
            yield InlineLink(start, end + len(MORE), "BOIL012", "read_more", text[start:end].strip())
        begin = end + len(MORE)
        end = text.find(MORE, begin)


def _list_start(text: str, begin: int, end: int) -> int | None:
    """Return where the list that ends at ``end`` begins: after a name that the full name repeats; None if nowhere."""
    touching = [glued.start() for glued in islice(GLUED.finditer(text, begin, end), MAX_TOUCHING)]
    for at in (end, *reversed(touching)):
        name = SURNAME.search(text, max(begin, at - MAX_NAME_CHARS), at)
        if name and not name[0].isupper():  # a transcript may be in capitals
            surname = name[0]
            first = text.rfind(surname, max(begin, at - MAX_NAME_CHARS), name.start())
            after = first + len(surname)
            whole = first >= 0 and not text[max(0, first - 1) : first].isalnum()
            if whole and FULL_NAME.fullmatch(text, after, name.start()):
                return after
    repeated = [name for name in REPEATED.finditer(text, begin, end) if not name["last"].isupper()]
    # Of "Jane Doe Jane Ann Doe", the first name is repeated too: the surname is the last of those that touch.
    nearby = [name for name in repeated if name.start() - repeated[0].start() <= MAX_FIRST_NAME_CHARS]
    return nearby[-1].end() if nearby else None


BRACKETS = (("(", ")"), ("[", "]"))
MAX_BRACKET_CHARS = 240


@cache
def _labels(kind: str) -> tuple[str, ...]:
    """The labels of a kind in ``inline.tsv``."""
    return tuple(label for each, label in entries("inline.tsv") if each == kind)


ENDS = (".", "!", "?", "”", '"', "’", ")")


def _links_in_brackets(text: str, opening: str, closing: str) -> Iterator[InlineLink]:
    """Yield links in brackets after a sentence, such as "(RELATED: Ferry sold)"."""
    labels = _labels("brackets")
    at = text.find(opening)
    while at >= 0:
        if text.startswith(labels, at + 1) and text[max(0, at - 2) : at].rstrip(" ").endswith(ENDS):
            end = text.find(closing, at, at + MAX_BRACKET_CHARS)
            label, colon, headline = text[at + 1 : max(end, at + 1)].partition(":")
            if colon and label.rstrip() in labels and headline.strip() and "\n" not in headline:
                start = at - 1 if text[at - 1] == " " else at
                yield InlineLink(start, end + 1, "BOIL012", "read_more", headline.strip())
        at = text.find(opening, at + 1)


FIRST_LINES = 8  # of an article, where a summary stands
LAST_LINES = 4  # of an article, where its copyright notice stands
COPYRIGHT_END = re.compile(
    r"(?<=[.!?”\")]) (?:Copyright )?(?:©|\(c\)|Copyright) ?(?:Copyright )?\d{4}(?:-\d{2,4})?,? (?:by )?"
    r"[A-Z][^.!?\n]{2,80}(?:\. All [Rr]ights [Rr]eserved)?(?:, (?:LLC|Inc))?\.?$"
)
POST_AFTER = re.compile(rf"(?<=[.!?”\"]) {POST}$", re.MULTILINE)  # after the last sentence of a line


def _copyright_ends(lines: Sequence[Line]) -> Iterator[InlineLink]:
    """Yield copyright notices after the last sentence of a line."""
    for line in lines:
        notice = COPYRIGHT_END.search(line.words) if "©" in line.words or "opyright" in line.words else None
        if notice:
            start, end = notice.span()
            yield InlineLink(line.start + start, line.start + end, "BOIL006", "copyright", notice[0].strip())


MAX_CREDIT_ROWS = 2  # the first lines, in which the credit of the article's picture stands
CREDIT_END = ") "
SENTENCE_END = re.compile(r"[.;]\s*\Z")


def _labels_in_front(lines: Sequence[Line]) -> Iterator[InlineLink]:
    """Yield labels that stand in the same line as what they announce, e.g. "Story highlights Harbour board meets".

    What follows is a headline: it begins with a capital letter and does not end like a sentence. A picture's credit in
    brackets may stand before the label.
    """
    labels = _labels("front")
    for line in lines[:FIRST_LINES]:
        if line.words.startswith(labels):
            yield from _label_at(line, 0, labels)
    for line in lines[:MAX_CREDIT_ROWS]:
        if CREDIT_END in line.words:
            for label in labels:
                at = line.words.find(f") {label} ")
                if at >= 0:
                    yield from _label_at(line, at + 2, labels)


def _label_at(line: Line, at: int, labels: Sequence[str]) -> Iterator[InlineLink]:
    """Yield the label at an offset in a line, if a headline follows it."""
    for label in labels:
        if line.words.startswith(f"{label} ", at) and _is_announced(line.words[at + len(label) :].strip()):
            start = line.start + at
            yield InlineLink(start, start + len(label) + 1, "BOIL017", "site", label)


def _is_announced(rest: str) -> bool:
    """Whether the text after a label is a headline."""
    first = rest.lstrip("\"'“‘$")[:1]
    return bool(first) and (first.isupper() or first.isdecimal()) and not SENTENCE_END.search(rest)
