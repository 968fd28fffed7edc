"""The changes as text for people: lines of the clean text, what was deleted and inserted marked in them.

``[-deleted-]`` and ``{+inserted+}`` were applied; ``{?as it is→as suggested?}`` was not sure enough, and
``{!as it is→as proposed!}`` was rejected. In colour the first two are told by the stage's colour alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from clean_news.batch.clean_articles import CleanArticle
from clean_news.diff.choice import Choice
from clean_news.diff.pieces import Piece, pieces_of
from clean_news.diff.places import Places
from clean_news.diff.shown_lines import ShownLine, hunks_of, lines_of
from clean_news.tracing import Traced, TracedEdit
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
    for number, hunk in enumerate(hunks_of(lines, context)):
        if number:
            yield paint(f"{'':{width}} ⋮", "dim") + "\n"
        for line in hunk:
            yield f"{paint(f'{line.number:{width}} │', 'dim')} {shown(line, paint)}".rstrip(" ") + "\n"
            for each in line.edits:
                yield f"{'':{width}} {paint('│', 'dim')}   {named(each, raw, paint)}\n"
    yield "\n"


def shown(line: ShownLine, paint: Paint) -> str:
    """A line with its changes marked."""
    return "".join(shown_piece(piece, paint) for piece in line.pieces)


def shown_piece(piece: Piece, paint: Paint) -> str:
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
