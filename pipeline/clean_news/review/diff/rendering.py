"""Render the diff in each output format, one article at a time, so that memory does not grow with CLEAN."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from clean_news.batch.clean_articles import CleanArticle
from clean_news.batch.summary import counted
from clean_news.change_log.edit_places import Trace
from clean_news.failures import Failure
from clean_news.files.discovery import InputError
from clean_news.review.diff.paging import Write
from clean_news.review.edit_filter import EditFilter
from clean_news.review.traced_articles import traced_articles
from clean_news.settings import Settings

Format = Literal["text", "patch", "json", "sarif", "csv", "docx"]
CONTEXT: dict[Format, int] = {"text": 1, "patch": 3}  # lines; a line of a clean text is usually a whole paragraph


class Rendering(NamedTuple):
    """The output of one format.

    Attributes:
        opening: written before the first article.
        article: returns the output for an article, nothing if none of its edits are selected.
        closing: returns what is written after the last article.
    """

    opening: bytes
    article: Callable[[CleanArticle, Trace], Iterable[bytes]]
    closing: Callable[[], bytes] = bytes


class Messages(NamedTuple):
    """Messages to the user, printed on stderr after the diff.

    Attributes:
        failures: errors, and edits that cannot be written in the format; they lead to exit code 2.
        notes: information that does not change the exit code.
    """

    failures: list[Failure]
    notes: list[Failure]


def as_text(edit_filter: EditFilter, context: int | None, in_colour: bool, encoding: str) -> Rendering:
    """Render text for people; see :mod:`clean_news.review.diff.text`.

    Args:
        edit_filter: selects the edits.
        context: number of lines around a change; None for the default.
        in_colour: whether to use colours.
        encoding: of the terminal.
    """
    from clean_news.review.diff.text import article_lines, coloured, plain

    paint = coloured if in_colour else plain

    def article(article: CleanArticle, trace: Trace) -> Iterator[bytes]:
        for line in article_lines(article, trace, edit_filter, CONTEXT["text"] if context is None else context, paint):
            yield line.encode(encoding, "backslashreplace")

    return Rendering(b"", article)


def as_patch(edit_filter: EditFilter, context: int | None, messages: Messages) -> Rendering:
    """Render a unified diff; see :mod:`clean_news.review.diff.patch`.

    Args:
        edit_filter: selects the edits.
        context: number of lines around a change; None for the default.
        messages: receives the edits that cannot be in the patch.
    """
    from clean_news.review.diff.patch import patch
    from clean_news.review.diff.raw_changes import NotPatchable

    def article(article: CleanArticle, trace: Trace) -> Iterator[bytes]:
        try:
            made = patch(article, trace, edit_filter, CONTEXT["patch"] if context is None else context)
        except NotPatchable as error:
            messages.failures.append(Failure(article.log.id, f"is not in the patch: {error}"))
            return
        if made.unwritable:
            codec = article.log.decoding.codec
            messages.failures.append(
                Failure(
                    article.log.id,
                    f"{counted(made.unwritable, 'edit')} not in the patch: {codec} cannot encode the text; "
                    "convert the raw file to UTF-8 and clean it again",
                )
            )
        if made.left_out:
            what = counted(made.left_out, "edit")
            messages.notes.append(
                Failure(article.log.id, f"{what} not in the patch because of dependencies on unselected edits")
            )
        if made.content:
            yield made.content

    return Rendering(b"", article)


def as_json(edit_filter: EditFilter) -> Rendering:
    """Render one line of JSON per article; see :mod:`clean_news.review.diff.json_lines`."""
    from clean_news.review.diff.json_lines import json_line

    def article(article: CleanArticle, trace: Trace) -> Iterator[bytes]:
        line = json_line(article, trace, edit_filter)
        if line:
            yield line

    return Rendering(b"", article)


def as_sarif(edit_filter: EditFilter, settings: Settings) -> Rendering:
    """Render one SARIF log; see :mod:`clean_news.review.diff.sarif`.

    Args:
        edit_filter: selects the edits.
        settings: may name user stages, whose rules are described too.

    Raises:
        SettingsError: if a user stage cannot be loaded.
    """
    from clean_news.review.diff import sarif

    separator = b""

    def article(article: CleanArticle, trace: Trace) -> Iterator[bytes]:
        nonlocal separator
        for result in sarif.results(article, trace, edit_filter):
            yield separator + result
            separator = b",\n"

    return Rendering(sarif.opening(settings), article, sarif.closing)


def as_csv(edit_filter: EditFilter, summaries: Mapping[str, str]) -> Rendering:
    """Render a table for spreadsheets; see :mod:`clean_news.review.diff.csv_rows`.

    Args:
        edit_filter: selects the edits.
        summaries: summary of each rule, by code.
    """
    from clean_news.review.diff.csv_rows import heading, rows

    def article(article: CleanArticle, trace: Trace) -> Iterator[bytes]:
        lines = rows(article, trace, edit_filter, summaries)
        if lines:
            yield lines

    return Rendering(heading(), article)


def as_docx(edit_filter: EditFilter) -> Rendering:
    """Render a Word document with tracked changes; see :mod:`clean_news.review.diff.word_document`."""
    from clean_news.review.diff.word_document import WordDocument

    document = WordDocument(edit_filter)

    def article(article: CleanArticle, trace: Trace) -> Iterator[bytes]:
        if document.is_selected(trace):
            yield document.article(article, trace)

    return Rendering(b"", article, document.close)


def write_all(clean: Path, wanted: Sequence[str], rendering: Rendering, write: Write, messages: Messages) -> None:
    """Write the diff of the articles.

    Args:
        clean: a folder of clean files, or one clean file.
        wanted: which articles; see :func:`clean_news.batch.clean_articles.clean_articles`.
        rendering: the output format.
        write: receives the output.
        messages: receives the articles that were left out.
    """
    seen = shown = 0
    write(rendering.opening)
    try:
        for each in traced_articles(clean, wanted, messages.failures.append, messages.notes.append):
            parts = list(rendering.article(each.article, each.trace))
            write(b"".join(parts))
            seen, shown = seen + 1, shown + bool(parts)
    except InputError as error:
        messages.failures.append(Failure("clean-news", str(error)))
    write(rendering.closing())
    if seen and not shown and not messages.failures:
        messages.notes.append(Failure("", "nothing to show: no edit in the logs matches"))
