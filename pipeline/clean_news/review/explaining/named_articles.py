"""Finds the article that ``clean-news explain ARTICLE:WORD`` names, raw or clean, with its change log."""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from clean_news import change_log
from clean_news.batch.clean_articles import CleanArticle, articles_in
from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.batch.run_options import RunOptions, with_project_files
from clean_news.change_log import ChangeLog, LogError, is_kept
from clean_news.cleaner import Cleaner
from clean_news.failures import Failure, failure_from_os_error
from clean_news.files.path_settings import settings_for
from clean_news.files.unsupported_files import unsupported
from clean_news.formats import Format, UnreadableError, format_of
from clean_news.printable_text import printable
from clean_news.project_folder import PROJECT_FOLDER
from clean_news.settings import Settings

MAX_COMPARED_NAMES = 10_000  # names of articles that a mistyped one is compared with, to bound memory


class ArticleNameError(ValueError):
    """The argument names no article that can be explained; the message says what to do."""


class NamedArticle(NamedTuple):
    """An article and what is asked about it.

    Attributes:
        place: its location, as shown to users.
        text: its clean text.
        log: its change log; of a raw article, that of cleaning it now.
        is_clean: whether the argument names the clean article, to whose text positions then refer.
        word: a word or phrase, ``LINE:COLUMN``, or nothing for all words.
        settings: the settings, for a clean article with the files of CLEAN's reviewers.
    """

    place: str
    text: str
    log: ChangeLog
    is_clean: bool
    word: str
    settings: Settings


def is_article(argument: str) -> bool:
    """Whether an argument of ``clean-news explain`` is meant to name an article, not a rule or a stage."""
    return ":" in argument or "/" in argument or format_of(Path(argument)) is not None


def named_article(argument: str, settings: Settings) -> NamedArticle:
    """Return the article that an argument names.

    Args:
        argument: ``FILE``, ``FILE:`` or ``FILE:WORD``; in a file of many articles ``FILE:ID`` or ``FILE:ID:WORD``.
        settings: how the article is read and cleaned.

    Raises:
        ArticleNameError: if there is no such article, or it cannot be cleaned.
        LogError: if the log of a clean article is missing, damaged, or does not match the text.
        SettingsError: if the cleaner cannot be loaded.
    """
    path, rest = _file_of(argument)
    form = format_of(path)
    if form is None:
        raise ArticleNameError(f"{printable(path)}: {unsupported(path.name)}")
    is_clean = path.with_name(path.name + form.LOG_SUFFIX).is_file()
    if is_clean:
        project = next((each for each in path.absolute().parents if (each / PROJECT_FOLDER).is_dir()), None)
        settings = with_project_files(RunOptions(settings), project).settings
    try:
        if is_clean:
            return _clean_article(path, form, rest, settings)
        return _raw_article(path, form, rest, settings)
    except UnreadableError as error:
        raise ArticleNameError(f"{printable(path)}: {error}") from error
    except OSError as error:
        raise ArticleNameError(str(failure_from_os_error(path, error))) from error


def _file_of(argument: str) -> tuple[Path, str]:
    """Split an argument into the file, the longest there is, and the rest.

    Raises:
        ArticleNameError: if there is no such file.
    """
    ends = [at for at, char in enumerate(argument) if char == ":"]
    for end in (len(argument), *reversed(ends)):
        path = Path(argument[:end])
        if argument[:end] and os.path.lexists(path):  # no exception for a path that is too long
            if path.is_dir():
                raise ArticleNameError(f"{printable(path)}: is a folder; name an article in it: FILE:WORD")
            return path, argument[end + 1 :]
    path = Path(argument[: ends[0]] if ends else argument)
    raise ArticleNameError(
        f"{printable(path)}: there is no such file; {_similar_file(path)}; name an article and a word: FILE:WORD"
    )


def _similar_file(path: Path) -> str:
    """Suggest a file with a similar name in the same folder."""
    try:
        names = [each.name for each in islice(path.parent.iterdir(), MAX_COMPARED_NAMES) if format_of(each)]
    except OSError:
        names = []
    near = [name for name in names if path.name and name.startswith(path.name)]
    near = near or get_close_matches(path.name, names, n=1)
    return f"did you mean {printable(path.with_name(near[0]))}?" if near else "check its path"


def _raw_article(path: Path, form: Format, rest: str, settings: Settings) -> NamedArticle:
    """Clean a raw article now."""
    settings = settings_for(settings, path)
    rows = ((row.name, row) for row in form.read(path, settings) if row.article is not None or row.fault)
    (name, row), word = _selected(path, form, rest, rows)
    origin = Origin.of_file(printable(path.name), path)
    ((clean, log),) = clean_rows([row], Cleaner(settings), origin)
    place = _place_of(path, name)
    if is_kept(log):
        raise ArticleNameError(f"{place}: {log.note}")
    return NamedArticle(place, clean.text, log, False, word, settings)


def _clean_article(path: Path, form: Format, rest: str, settings: Settings) -> NamedArticle:
    """Read a clean article and its log."""
    failures: list[Failure] = []
    articles = ((_name_of(article, form), article) for article in articles_in(path, failures.append))
    try:
        (name, article), word = _selected(path, form, rest, articles)
    except ArticleNameError as error:
        if not failures:
            raise
        raise LogError(str(failures[0])) from error
    change_log.check(article.text, article.log, article.place)
    settings = settings_for(settings, Path(article.log.source))
    return NamedArticle(_place_of(path, name), article.text, article.log, True, word, settings)


def _name_of(article: CleanArticle, form: Format) -> str:
    """The name of a clean article within its file; empty in a file of one article."""
    if not form.MANY:
        return ""
    _, in_this_file, name = article.log.id.rpartition(f"{article.path.name}#")
    return name if in_this_file else article.log.id.partition("#")[2]  # the raw file had another name


Item = TypeVar("Item")


def _selected(path: Path, form: Format, rest: str, items: Iterable[tuple[str, Item]]) -> tuple[tuple[str, Item], str]:
    """Select the article of a file that the rest of the argument names.

    Args:
        path: the file.
        form: its format.
        rest: what follows the file's name: a word, or an id and a word.
        items: the articles by name. Of several that match, the one with the longest name wins, and the first of these.

    Returns:
        The name and the article, and the word.

    Raises:
        ArticleNameError: if the file has no such article.
    """
    names: list[str] = []
    found: tuple[str, Item] | None = None
    for name, item in items:
        if not form.MANY:
            return (name, item), rest
        if (rest == name or rest.startswith(f"{name}:")) and (found is None or len(name) > len(found[0])):
            found = name, item
        if len(names) < MAX_COMPARED_NAMES:
            names.append(name)
    if found is not None:
        return found, rest[len(found[0]) + 1 :]
    if not names:
        raise ArticleNameError(f"{printable(path)}: contains no articles; name another file")
    if not rest:
        raise ArticleNameError(
            f"{printable(path)}: contains many articles; name one by its id: {printable(path)}:{names[0]}:WORD"
        )
    near = get_close_matches(rest, names, n=1) or get_close_matches(rest.partition(":")[0], names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"its first article is {names[0]}"
    raise ArticleNameError(f"{printable(path)}: contains no article {rest.partition(':')[0]}; {hint}")


def _place_of(path: Path, name: str) -> str:
    """The location of an article, as it is named on the command line."""
    return f"{printable(path)}:{name}" if name else printable(path)
