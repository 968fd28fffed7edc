"""Render the changes for people: lines of the clean text with deletions and insertions marked.

``[-deleted-]`` and ``{+inserted+}`` were applied; ``{?current→suggested?}`` was suggested, and
``{!current→proposed!}`` was rejected. In colour, applied edits are marked by the stage's colour alone. Below an edit
of the stage ``source`` are the article's sentence and the source's, with the words between ``>>`` and ``<<``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log.edit_places import Trace, TracedEdit
from clean_news.printable_text import visible
from clean_news.review.beside_source import STAGE as SOURCE
from clean_news.review.beside_source import BesideSource, beside_source, lines_of, used_source
from clean_news.review.diff.lines_and_columns import LineIndex
from clean_news.review.diff.word_diff import DiffPiece, diff_pieces
from clean_news.review.edit_filter import EditFilter

COLOURS = {
    "encoding": "blue",
    "characters": "cyan",
    "layout": "yellow",
    "boilerplate": "magenta",
    "ocr": "red",
    "source": "bright_green",
    "spin": "green",
    "agreement": "bright_cyan",
}
USER_STAGE_COLOUR = "bright_magenta"  # of user stages
MAX_QUOTED_CHARS = 60  # code points of ``before`` and ``after`` quoted below the line
SIDE_CHARS = 36  # code points of a sentence on either side of the words that are beside those of the source
INDENT = 9  # columns of the rule's code, under which the two sentences are not written

Paint = Callable[[str, str], str]  # text, rich style → styled text


def plain(text: str, style: str) -> str:  # noqa: ARG001  # implements Paint
    """Return the text unstyled."""
    return text


def coloured(text: str, style: str) -> str:
    """Return the text with the ANSI escape sequences of a style."""
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)


def article_lines(
    article: CleanArticle, trace: Trace, edit_filter: EditFilter, context: int, paint: Paint
) -> Iterator[str]:
    """Yield the lines that show the selected edits of an article; none if no edit is selected.

    Args:
        article: the article.
        trace: its edits.
        edit_filter: selects the edits.
        context: number of lines around a line with edits.
        paint: styles a text.
    """
    selected = [each for each in trace.edits if edit_filter.matches(each)]
    if not selected:
        return
    lines = list(shown_lines(diff_pieces(trace, edit_filter)))
    counts = Counter(each.edit.state for each in selected)
    counted = ", ".join(f"{counts[state]:,} {state}" for state in ("applied", "suggested", "rejected") if counts[state])
    yield f"{paint(visible(article.place), 'bold')}  {counted}\n"
    from_source = any(each.stage == SOURCE for each in selected)
    if from_source and (used := used_source(article.log)):
        yield f"{paint('source:', 'dim')} {used}\n"
    beside = beside_source(article.text, article.log) if from_source else {}
    raw = LineIndex(trace.raw)
    width = len(str(lines[-1].number)) if lines else 1
    for number, hunk in enumerate(_hunks_of(lines, context)):
        if number:
            yield paint(f"{'':{width}} ⋮", "dim") + "\n"
        for line in hunk:
            yield f"{paint(f'{line.number:{width}} │', 'dim')} {_marked_line(line, paint)}".rstrip(" ") + "\n"
            for each in line.edits:
                margin = f"{'':{width}} {paint('│', 'dim')}   "
                yield f"{margin}{_edit_line(each, raw, paint)}\n"
                if each.stage == SOURCE and each.edit.id in beside:
                    for part in _source_lines(beside[each.edit.id], each):
                        yield f"{margin}{'':{INDENT}}{paint(part, 'dim')}\n"
    yield "\n"


class ShownLine(NamedTuple):
    """A line of the clean text.

    Attributes:
        number: 1-based.
        pieces: its content, without a line end that was kept.
    """

    number: int
    pieces: tuple[DiffPiece, ...]

    @property
    def edits(self) -> tuple[TracedEdit, ...]:
        """The edits to list below it."""
        return tuple(each for piece in self.pieces for each in piece.edits)


def _marked_line(line: ShownLine, paint: Paint) -> str:
    """Return a line with its changes marked."""
    return "".join(_shown_piece(piece, paint) for piece in line.pieces)


def _shown_piece(piece: DiffPiece, paint: Paint) -> str:
    """Return a piece with its change marks."""
    if piece.kind == "kept":
        return visible(piece.after)
    colour = COLOURS.get(piece.edits[-1].stage, USER_STAGE_COLOUR) if piece.edits else USER_STAGE_COLOUR
    before, after = visible(piece.before, "⏎"), visible(piece.after, "⏎")
    if piece.kind == "applied":
        if paint is plain:
            return (f"[-{before}-]" if before else "") + (f"{{+{after}+}}" if after else "")
        return (paint(before, f"{colour} dim strike") if before else "") + (
            paint(after, f"{colour} bold underline") if after else ""
        )
    if piece.kind == "suggested":
        return paint("{?", colour) + before + paint(f"→{after}?}}", f"{colour} italic")
    return paint("{!", f"{colour} dim") + before + paint(f"→{after}!}}", f"{colour} dim strike")


def _edit_line(traced: TracedEdit, raw: LineIndex, paint: Paint) -> str:
    """Describe an edit on one line: rule, confidence, state, change, and position in the raw text."""
    edit = traced.edit
    line, column = raw.locate(traced.raw_span[0])
    rule = paint(f"{visible(edit.rule):8}", COLOURS.get(traced.stage, USER_STAGE_COLOUR))
    what = f"{_quoted(edit.before)} → {_quoted(edit.after)}"
    return f"{rule} {edit.confidence:.2f} {edit.state:9}  {what}  {paint(f'raw {line}:{column}', 'dim')}"


def _source_lines(beside: BesideSource, traced: TracedEdit) -> Iterator[str]:
    """Yield the lines that show the article beside its source, and what differs if nothing was taken."""
    yield from lines_of(beside, SIDE_CHARS)
    if beside.why and traced.edit.state != "applied":
        yield beside.why


def _quoted(text: str) -> str:
    """Return a text in quotation marks, shortened to :data:`MAX_QUOTED_CHARS`."""
    if not text:
        return "nothing"
    cut = text if len(text) <= MAX_QUOTED_CHARS else f"{text[: MAX_QUOTED_CHARS - 1]}…"
    return f"“{visible(cut, '⏎')}”"


def shown_lines(pieces: Iterable[DiffPiece]) -> Iterator[ShownLine]:
    """Split the pieces into lines; a line end that an edit inserted or deleted is shown as a change."""
    number, line = 1, list[DiffPiece]()
    for piece in pieces:
        if piece.kind in ("suggested", "rejected"):  # not split: shown on the line where it begins
            line.append(piece)
            if "\n" in piece.before:
                yield ShownLine(number, tuple(line))
                number, line = number + piece.before.count("\n"), []
            continue
        *ended, rest = piece.after.split("\n")
        for text in ended:
            line_end = "" if piece.kind == "kept" else "\n"
            line.append(piece._replace(before=piece.before if line_end else text, after=text + line_end))
            yield ShownLine(number, tuple(line))
            number, line = number + 1, []
            piece = piece._replace(before="", edits=())  # noqa: PLW2901  # the rest of it
        if rest or piece.edits or (piece.kind != "kept" and piece.before):
            line.append(piece._replace(before=piece.before if piece.kind != "kept" else rest, after=rest))
    if line:
        yield ShownLine(number, tuple(line))


def _hunks_of(lines: Sequence[ShownLine], context: int) -> list[Sequence[ShownLine]]:
    """Group the lines with changes, and their context, into hunks.

    Args:
        lines: of one article.
        context: number of lines around a line with changes.
    """
    hunks: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if any(piece.kind != "kept" or piece.edits for piece in line.pieces):
            start, end = max(0, at - context), min(len(lines), at + context + 1)
            if hunks and start <= hunks[-1][1]:
                start = hunks.pop()[0]
            hunks.append((start, end))
    return [lines[start:end] for start, end in hunks]
