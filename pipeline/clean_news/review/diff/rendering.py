"""What ``diff`` writes for each article in each format, article by article, so that memory does not grow with CLEAN."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from clean_news.batch.clean_articles import CleanArticle, clean_articles
from clean_news.batch.discovery import InputError
from clean_news.batch.summary import counted
from clean_news.change_log import LogError
from clean_news.failures import Failure
from clean_news.review.diff.paging import Write
from clean_news.review.edit_filter import Choice
from clean_news.review.edit_places import Traced, traced
from clean_news.settings import Settings

Format = Literal["text", "patch", "json", "sarif"]
CONTEXT: dict[Format, int] = {"text": 1, "patch": 3}  # a line of a clean text is mostly a whole paragraph


class Rendering(NamedTuple):
    """How a format is written.

    Attributes:
        opening: what comes first.
        article: gives what is written of an article, nothing if it has none of the chosen edits.
        closing: what comes last.
    """

    opening: bytes
    article: Callable[[CleanArticle, Traced], Iterable[bytes]]
    closing: bytes = b""


class Told(NamedTuple):
    """What is told beside the diff.

    Attributes:
        failures: what went wrong, and what a patch should have but cannot.
        notes: what is to be known, though it is as was asked for.
    """

    failures: list[Failure]
    notes: list[Failure]


def as_text(choice: Choice, context: int | None, in_colour: bool, encoding: str) -> Rendering:
    """Text for people; see :mod:`clean_news.review.diff.text`.

    Args:
        choice: the edits to show.
        context: number of lines around a change.
        in_colour: whether it has colours.
        encoding: the terminal's.
    """
    from clean_news.review.diff.text import coloured, plain, text_of

    paint = coloured if in_colour else plain

    def article(article: CleanArticle, trace: Traced) -> Iterator[bytes]:
        for line in text_of(article, trace, choice, CONTEXT["text"] if context is None else context, paint):
            yield line.encode(encoding, "backslashreplace")

    return Rendering(b"", article)


def as_patch(choice: Choice, context: int | None, told: Told) -> Rendering:
    """A unified diff; see :mod:`clean_news.review.diff.patch`.

    Args:
        choice: the edits that it has.
        context: number of lines around a change.
        told: gets what it cannot have.
    """
    from clean_news.review.diff.patch import patch
    from clean_news.review.diff.raw_changes import NotPatchable

    def article(article: CleanArticle, trace: Traced) -> Iterator[bytes]:
        try:
            made = patch(article, trace, choice, CONTEXT["patch"] if context is None else context)
        except NotPatchable as error:
            told.failures.append(Failure(article.log.id, f"is not in the patch: {error}"))
            return
        if made.unwritable:
            codec = article.log.decoding.codec
            told.failures.append(
                Failure(
                    article.log.id,
                    f"{counted(made.unwritable, 'edit')} not in the patch, as {codec} has not all of the characters; "
                    "convert the raw file to UTF-8 and clean it again",
                )
            )
        if made.left_out:
            what = counted(made.left_out, "edit")
            told.notes.append(
                Failure(article.log.id, f"{what} not in the patch, for want of other edits that are not chosen")
            )
        if made.content:
            yield made.content

    return Rendering(b"", article)


def as_json(choice: Choice) -> Rendering:
    """A line of JSON an article; see :mod:`clean_news.review.diff.json_lines`."""
    from clean_news.review.diff.json_lines import json_line

    def article(article: CleanArticle, trace: Traced) -> Iterator[bytes]:
        line = json_line(article, trace, choice)
        if line:
            yield line

    return Rendering(b"", article)


def as_sarif(choice: Choice, settings: Settings) -> Rendering:
    """One SARIF log; see :mod:`clean_news.review.diff.sarif`.

    Args:
        choice: the edits that it has.
        settings: may name stages of the user's own.

    Raises:
        SettingsError: if one of these cannot be loaded.
    """
    from clean_news.review.diff import sarif

    separator = b""

    def article(article: CleanArticle, trace: Traced) -> Iterator[bytes]:
        nonlocal separator
        for result in sarif.results(article, trace, choice):
            yield separator + result
            separator = b",\n"

    return Rendering(sarif.opening(settings), article, sarif.closing())


def write_all(clean: Path, wanted: Sequence[str], form: Rendering, write: Write, told: Told) -> None:
    """Write the diff of the articles.

    Args:
        clean: a folder of clean files, or one.
        wanted: which articles; see :func:`clean_news.batch.clean_articles.clean_articles`.
        form: how it is written.
        write: takes it.
        told: gets what could not be written.
    """
    seen = shown = 0
    write(form.opening)
    try:
        for article in clean_articles(clean, wanted, told.failures.append):
            try:
                parts = list(form.article(article, traced(article.text, article.log)))
            except LogError as error:
                told.failures.append(Failure("", str(error)))
                continue
            write(b"".join(parts))
            seen, shown = seen + 1, shown + bool(parts)
    except InputError as error:
        told.failures.append(Failure("clean-news", str(error)))
    write(form.closing)
    if seen and not shown and not told.failures:
        told.notes.append(Failure("", "nothing to show: the logs have no such edit"))
