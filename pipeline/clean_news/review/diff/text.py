"""The changes as text for people: lines of the clean text, what was deleted and inserted marked in them.

``[-deleted-]`` and ``{+inserted+}`` were applied; ``{?as it is→as suggested?}`` was not sure enough, and
``{!as it is→as proposed!}`` was rejected. In colour the first two are told by the stage's colour alone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from clean_news.batch.clean_articles import CleanArticle
from clean_news.review.diff.lines_and_columns import Places
from clean_news.review.diff.pieces import Piece, pieces_of
from clean_news.review.edit_filter import Choice
from clean_news.review.edit_places import Traced, TracedEdit
from clean_news.visible import visible

COLOURS = {
    "encoding": "blue",
    "characters": "cyan",
    "layout": "yellow",
    "boilerplate": "magenta",
    "ocr": "red",
    "spin": "green",
    "agreement": "bright_cyan",
}
OTHER_COLOUR = "bright_magenta"  # of the user's own stages
LONGEST = 60  # code points of a text that are repeated beside the line

Paint = Callable[[str, str], str]  # a text and rich's name of a style → the text as it is written


def plain(text: str, style: str) -> str:  # noqa: ARG001  # it is a Paint
    """The text without colour."""
    return text


def coloured(text: str, style: str) -> str:
    """The text with the signs by which a terminal colours it."""
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)


def text_of(article: CleanArticle, trace: Traced, choice: Choice, context: int, paint: Paint) -> Iterator[str]:
    """The lines that show an article's chosen edits; none if it has none.

    Args:
        article: the article.
        trace: its edits.
        choice: those that are shown.
        context: number of lines around a line with edits.
        paint: gives a text its style.
    """
    chosen = [each for each in trace.edits if choice.takes(each)]
    if not chosen:
        return
    lines = list(lines_of(pieces_of(trace, choice)))
    counts = Counter(each.edit.state for each in chosen)
    counted = ", ".join(f"{counts[state]:,} {state}" for state in ("applied", "suggested", "rejected") if counts[state])
    yield f"{paint(visible(article.place), 'bold')}  {counted}\n"
    raw = Places(trace.raw)
    width = len(str(lines[-1].number)) if lines else 1
    for number, hunk in enumerate(_hunks_of(lines, context)):
        if number:
            yield paint(f"{'':{width}} ⋮", "dim") + "\n"
        for line in hunk:
            yield f"{paint(f'{line.number:{width}} │', 'dim')} {shown(line, paint)}".rstrip(" ") + "\n"
            for each in line.edits:
                yield f"{'':{width}} {paint('│', 'dim')}   {named(each, raw, paint)}\n"
    yield "\n"


class ShownLine(NamedTuple):
    """A line of the clean text.

    Attributes:
        number: from 1 on.
        pieces: what stands in it, the line end that was kept not among it.
    """

    number: int
    pieces: tuple[Piece, ...]

    @property
    def edits(self) -> tuple[TracedEdit, ...]:
        """The edits to name beside it."""
        return tuple(each for piece in self.pieces for each in piece.edits)


def shown(line: ShownLine, paint: Paint) -> str:
    """A line with its changes marked."""
    return "".join(_shown_piece(piece, paint) for piece in line.pieces)


def _shown_piece(piece: Piece, paint: Paint) -> str:
    """A piece with its signs."""
    if piece.kind == "kept":
        return visible(piece.after)
    colour = COLOURS.get(piece.edits[-1].stage, OTHER_COLOUR) if piece.edits else OTHER_COLOUR
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


def named(traced: TracedEdit, raw: Places, paint: Paint) -> str:
    """An edit beside its line: where it is in the raw text, its rule, how sure it is, its state, and what it is."""
    edit = traced.edit
    line, column = raw.of(traced.raw_span[0])
    rule = paint(f"{edit.rule:8}", COLOURS.get(traced.stage, OTHER_COLOUR))
    what = f"{short(edit.before)} → {short(edit.after)}"
    return f"{rule} {edit.confidence:.2f} {edit.state:9}  {what}  {paint(f'raw {line}:{column}', 'dim')}"


def short(text: str) -> str:
    """A text to be named beside a line."""
    if not text:
        return "nothing"
    cut = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return f"“{visible(cut, '⏎')}”"


def lines_of(pieces: Iterable[Piece]) -> Iterator[ShownLine]:
    """The lines of the article; one that an edit ended or began shows the sign of it."""
    number, line = 1, list[Piece]()
    for piece in pieces:
        if piece.kind in ("suggested", "rejected"):  # shown whole, on the line where it begins
            line.append(piece)
            if "\n" in piece.before:
                yield ShownLine(number, tuple(line))
                number, line = number + piece.before.count("\n"), []
            continue
        *ended, rest = piece.after.split("\n")
        for text in ended:
            sign = "" if piece.kind == "kept" else "\n"
            line.append(piece._replace(before=piece.before if sign else text, after=text + sign))
            yield ShownLine(number, tuple(line))
            number, line = number + 1, []
            piece = piece._replace(before="", edits=())  # noqa: PLW2901  # what of it is left
        if rest or piece.edits or (piece.kind != "kept" and piece.before):
            line.append(piece._replace(before=piece.before if piece.kind != "kept" else rest, after=rest))
    if line:
        yield ShownLine(number, tuple(line))


def _hunks_of(lines: Sequence[ShownLine], context: int) -> list[Sequence[ShownLine]]:
    """The lines with something to show and those around them, in stretches.

    Args:
        lines: of one article.
        context: number of lines around one with something to show.
    """
    stretches: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if any(piece.kind != "kept" or piece.edits for piece in line.pieces):
            start, end = max(0, at - context), min(len(lines), at + context + 1)
            if stretches and start <= stretches[-1][1]:
                start = stretches.pop()[0]
            stretches.append((start, end))
    return [lines[start:end] for start, end in stretches]
