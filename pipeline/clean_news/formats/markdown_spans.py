"""Finds what is not prose in a Markdown document (CommonMark, with GFM's tables): it must stay as it is.

markdown-it-py says on which lines each block is, and what its inline content is, but not where that is in its lines;
each line of the content is therefore looked up in its line of the document. What is in no paragraph, heading or cell is
fixed: code, HTML, front matter, the marks of lists and quotations. Within them, code, links, HTML, references of
entities, escapes and the marks of emphasis are.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

Span = tuple[int, int]  # start, exclusive end, in code points

FENCES = {"---": ("---", "..."), "+++": ("+++",)}  # of front matter, in YAML and TOML
TITLE_CHARS = 300  # of a link; longer ones are not recognised
INLINE = re.compile(
    r"\\[!-/:-@\[-`{-~\n]"  # an escape, or a hard line break
    r"|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
    r"|`+"
    r"|<[A-Za-z/!?][^<>]{0,2000}>"
    r"|\]\((?:<[^<>\n]{0,2000}>|(?>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*))"
    rf"""(?:\s{{1,9}}(?:"[^"]{{0,{TITLE_CHARS}}}"|'[^']{{0,{TITLE_CHARS}}}'|\([^()]{{0,{TITLE_CHARS}}}\)))?\s{{0,9}}\)"""
    r"|\]\[[^\[\]]{0,999}\]"
    r"|\[\^[^\[\]\s]{1,99}\]"  # a footnote
    r"|!?\[|\]"
    r"|(?:https?://|www\.)[^\s<>]+"
    r"|[*~]+|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])|(?<! )  +\n"
)
LABEL = re.compile(r"\[([^\[\]]{1,999})\](?![\[(])")
TICKS = re.compile("`+")


def fixed_spans(text: str) -> list[Span]:
    """Return the spans of a document that are not prose, in order and disjoint.

    Args:
        text: the document; its lines end in line feeds.

    >>> text = "# A `b`"
    >>> [text[start:end] for start, end in fixed_spans(text)]
    ['# ', '`b`']
    """
    return _between(text, _prose(text, *_blocks(text)))


def _between(text: str, prose: Iterable[Span]) -> list[Span]:
    """Return the spans between those of prose."""
    found: list[Span] = []
    position = 0
    for start, end in prose:
        if start > position:
            found.append((position, start))
        position = end
    return [*found, (position, len(text))] if position < len(text) else found


def _prose(text: str, tokens: Iterable[Any], references: frozenset[str]) -> Iterator[Span]:
    """Yield the spans of a document that are prose, in order and disjoint; none of them is empty."""
    lines = text.split("\n")
    offsets = [0, *accumulate(len(line) + 1 for line in lines)]
    searched = [0] * len(lines)  # where the cells that were already found end in their line
    for token in tokens:
        if token.type == "inline" and token.map:
            places = _places(token.content, token.map[0], lines, offsets, searched)
            yield from _prose_of(text, places, references)


def _places(content: str, first: int, lines: Sequence[str], offsets: Sequence[int], searched: list[int]) -> list[Span]:
    """Return where the lines of some inline content are in the document; a line that is not found is left out."""
    places: list[Span] = []
    for number, part in enumerate(content.split("\n"), first):
        if number >= len(lines):
            break
        at = lines[number].find(part, searched[number])
        if at >= 0 and part:
            searched[number] = at + len(part)
            places.append((offsets[number] + at, offsets[number] + at + len(part)))
    return places


def _prose_of(text: str, places: Sequence[Span], references: frozenset[str]) -> Iterator[Span]:
    """Yield the prose of one paragraph, heading or cell.

    Args:
        text: the document.
        places: the lines of its content.
        references: the labels of links that the document defines, normalised.
    """
    if not places:
        return
    # A line end is prose, too, where nothing but it is between two lines: they may be joined.
    joined: list[Span] = [places[0]]
    for start, end in places[1:]:
        if start == joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    for start, end in joined:
        position = start
        for first, last in _inline_spans(text[start:end], references):
            if start + first > position:
                yield position, start + first
            position = max(position, start + last)
        if position < end:
            yield position, end


def _inline_spans(content: str, references: frozenset[str]) -> list[Span]:
    """Return the spans of inline content that are not prose, in order."""
    ticks = _runs_of_ticks(content)
    spans: list[Span] = []
    opened: list[Span] = []  # brackets that may begin the text of a link
    at = 0
    while found := INLINE.search(content, at):
        end = found.end()
        if found[0][0] == "`":
            end = _end_of_code(found.start(), end, ticks)
        at = end
        if found[0].endswith("["):
            label = LABEL.match(content, end - 1)
            if not label or _normalised(label[1]) not in references:
                opened.append(found.span())
                continue
            at = end = label.end()
        elif found[0][0] == "]":
            opening = opened.pop() if opened else None
            if found[0] == "]":  # brackets without an address are prose
                continue
            spans += [opening] if opening else []
        spans.append((found.start(), end))
    return sorted(spans)


def _runs_of_ticks(content: str) -> dict[int, list[int]]:
    """Return the offsets of the runs of backquotes, by their length."""
    runs: dict[int, list[int]] = {}
    for found in TICKS.finditer(content):
        runs.setdefault(len(found[0]), []).append(found.start())
    return runs


def _end_of_code(start: int, end: int, runs: dict[int, list[int]]) -> int:
    """Return the end of the code that a run of backquotes begins; of the run if there is no other of its length."""
    same = runs.get(end - start, [])
    following = bisect_left(same, end)
    return same[following] + end - start if following < len(same) else end


def _normalised(label: str) -> str:
    """Return the label of a link as CommonMark compares labels."""
    return " ".join(label.split()).casefold()


def structure(text: str) -> list[tuple[str, ...]]:
    """Return everything in a document that is not prose, so that two documents can be compared.

    Paragraphs do not count, since lines that are not part of an article may be removed from it.
    """
    tokens, references = _blocks(text)
    blocks = [
        (token.type, str(token.level), token.markup, token.info, "" if token.type == "inline" else token.content)
        for token in tokens
        if not token.type.startswith(("paragraph", "inline"))
    ]
    fixed = (text[start:end] for start, end in _between(text, _prose(text, tokens, references)))
    return [*blocks, ("".join("".join(fixed).split()),)]


def _blocks(text: str) -> tuple[list[Any], frozenset[str]]:
    """Return the tokens of the blocks of a document, and the labels of links that it defines."""
    environment: dict[str, Any] = {}
    tokens = _parser().parse(_without_front_matter(text), environment)
    return tokens, frozenset(map(_normalised, environment.get("references", {})))


@cache
def _parser() -> "MarkdownIt":
    """Return a parser of blocks only: inline content is not parsed, which would take most of the time."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable("inline")


def _without_front_matter(text: str) -> str:
    """Return the document with the lines of its front matter blank."""
    first, _, rest = text.partition("\n")
    closing = FENCES.get(first.rstrip())
    if not closing:
        return text
    lines = rest.split("\n")
    end = next((number for number, line in enumerate(lines) if line.rstrip() in closing), None)
    return text if end is None else "\n" * (end + 2) + "\n".join(lines[end + 1 :])
