"""Searches the clean texts of all articles: for what somebody types, and for words that somebody wants to change."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clean_news.change_log import LogError
from clean_news.decisions import HAND
from clean_news.formats import format_of
from clean_news.hand_edits import text_before, whole_words
from clean_news.regular_files import MAX_ARTICLE_FILE_BYTES, read_regular
from clean_news.review.serve.article_files import ArticleFiles
from clean_news.review.serve.article_index import ArticleIndex

PLAIN_TEXT = ".txt"  # ends the names of clean files that are the text and nothing else
SIDE_CHARS = 40  # code points shown on either side
MAX_SNIPPETS = 3  # of an article
MAX_QUERY_CHARS = 200


class Snippet(NamedTuple):
    """A place in a clean text; ``start`` is its offset in code points."""

    left: str
    match: str
    right: str
    start: int


class Found(NamedTuple):
    """An article that a search finds.

    Attributes:
        article: its number.
        name: its id.
        where: where it was found: ``name``, ``text``, ``change``.
        times: number of places in its text.
        snippets: the first of them.
    """

    article: int
    name: str
    where: tuple[str, ...]
    times: int
    snippets: tuple[Snippet, ...]


def texts_of(index: ArticleIndex, files: ArticleFiles, numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Yield the numbers and the clean texts of articles; those that cannot be read are left out.

    Args:
        index: the articles.
        files: their files.
        numbers: numbers of the articles that are wanted.
    """
    by_file: dict[str, dict[str, int]] = {}
    for number in numbers:
        row = index.rows[number]
        by_file.setdefault(row.file, {})[row.name] = number
    for file, in_file in by_file.items():
        path = files.path_of(file)
        try:
            if len(in_file) == 1 and file.lower().endswith(PLAIN_TEXT):
                yield next(iter(in_file.values())), read_regular(path, MAX_ARTICLE_FILE_BYTES).decode()
                continue
            form = format_of(path)
            assert form is not None, "only files of supported types are listed"
            for text, log in form.read_clean(path, path.with_name(path.name + form.LOG_SUFFIX)):
                if not isinstance(log, LogError) and log.id in in_file:
                    yield in_file[log.id], text
        except (OSError, LogError, UnicodeDecodeError):
            continue


def search(index: ArticleIndex, files: ArticleFiles, query: str) -> Iterator[Found]:
    """Find articles by words of their names, their texts, and of their changes: before and after.

    Upper and lower case are not distinguished, and any white space matches any.

    Args:
        index: the articles.
        files: their files.
        query: what is looked for; not only white space.
    """
    pattern = re.compile(r"\s+".join(map(re.escape, query.split())), re.IGNORECASE)
    pairs = {
        number
        for pair, number in list(index.pairs.items())
        if pattern.search(pair.before) or pattern.search(pair.after)
    }
    there = [number for number, _ in index.articles]
    in_text = {
        number: found for number, text in texts_of(index, files, there) if (found := _snippets(pattern, text))[0]
    }
    for number, row in list(index.articles):
        count, snippets = in_text.get(number, (0, ()))
        places = {
            "name": bool(pattern.search(row.name)),
            "text": count > 0,
            "change": not pairs.isdisjoint(row.edits["pair"]),
        }
        where = tuple(place for place, is_there in places.items() if is_there)
        if where:
            yield Found(number, row.name, where, count, snippets)


def _snippets(pattern: re.Pattern[str], text: str) -> tuple[int, tuple[Snippet, ...]]:
    """Return the number of places in a text, and the first of them."""
    count = 0
    first: list[Snippet] = []
    for count, found in enumerate(pattern.finditer(text), 1):  # noqa: B007  # the last number
        if len(first) < MAX_SNIPPETS:
            start, end = found.span()
            first.append(
                Snippet(text[max(0, start - SIDE_CHARS) : start], found[0], text[end : end + SIDE_CHARS], start)
            )
    return count, tuple(first)


class WordPlace(NamedTuple):
    """A place where words stand that an edit by hand would change everywhere."""

    article: int
    name: str
    left: str
    words: str
    right: str


def places_of(index: ArticleIndex, files: ArticleFiles, words: str) -> Iterator[WordPlace]:
    """Yield all places where words stand as whole words in the texts before the edits by hand.

    Args:
        index: the articles.
        files: their files.
        words: the words.
    """
    by_hand = {number for number, rule in enumerate(index.rules) if rule[0] == HAND}
    pairs = {number for pair, number in list(index.pairs.items()) if pair.rule in by_hand}
    for number, text in texts_of(index, files, [number for number, _ in index.articles]):
        row = index.rows[number]
        received = text
        if not pairs.isdisjoint(row.edits["pair"]):
            stages = next((each.log.stages for each in files.traced(row.file) if each.log.id == row.name), ())
            received = text_before(text, stages)
        for start in whole_words(received, words):
            end = start + len(words)
            left, right = received[max(0, start - SIDE_CHARS) : start], received[end : end + SIDE_CHARS]
            yield WordPlace(number, row.name, left, words, right)
