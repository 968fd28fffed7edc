"""Finds the articles that decisions concern: those to clean again when decisions come or go."""

from collections.abc import Iterable

from clean_news.decisions import HAND, Decision
from clean_news.review.serve.article_files import ArticleFiles
from clean_news.review.serve.article_index import ArticleIndex
from clean_news.review.serve.article_texts import texts_of


def concerned_articles(
    index: ArticleIndex, files: ArticleFiles, decisions: Iterable[Decision], among: Iterable[int] | None = None
) -> set[int]:
    """Return the numbers of the articles in which decisions change something, or did.

    Some more may be among them: cleaning these again finds that they are up to date.

    Args:
        index: the articles.
        files: their files, in which words are looked for that were changed by hand everywhere.
        decisions: the decisions.
        among: numbers of the articles to look at; None for all.
    """
    ids: set[str] = set()
    names: set[str] = set()
    equal: set[tuple[str, str, str]] = set()  # rule, before and after of edits that are decided everywhere
    words: set[str] = set()  # changed by hand everywhere
    for decision in decisions:
        if decision.scope == "once":
            ids.add(decision.id)
        if decision.scope == "article" or (decision.rule == HAND and decision.scope == "once"):
            names.add(decision.article)
        if decision.scope == "everywhere":
            equal.add((decision.rule, decision.before, decision.after))
            if decision.rule == HAND and decision.before:
                words.add(decision.before)
    codes = [code for code, *_ in index.rules]
    pairs = {
        number
        for pair, number in (list(index.pairs.items()) if equal else ())
        if (codes[pair.rule], pair.before, pair.after) in equal or (codes[pair.rule] == HAND and pair.before in words)
    }
    wanted = None if among is None else set(among)
    rows = [(number, row) for number, row in index.articles if wanted is None or number in wanted]
    found = {
        number
        for number, row in rows
        if row.name in names or not ids.isdisjoint(row.ids) or not pairs.isdisjoint(row.edits["pair"])
    }
    if words:
        others = [number for number, _ in rows if number not in found]
        found |= {number for number, text in texts_of(index, files, others) if any(each in text for each in words)}
    return found
