"""Who has decided, how far people agree, how fast they are, and where they disagree."""

import zlib
from collections.abc import Sequence
from typing import Any

from clean_news.decisions import Decision, Key, disagreements, key_of
from clean_news.decisions.agreement import Judgements, Pace, agreements, by_person, paces, steps_of
from clean_news.decisions.decision import make_key
from clean_news.decisions.disagreements import SCOPES
from clean_news.review.serve.article_index import ArticleIndex

COLOURS = 12  # of people; the page has as many


def colour_of(name: str) -> int:
    """Return the number of a person's colour, the same on every page and on every day."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) % COLOURS


def people(decisions: Sequence[Decision], index: ArticleIndex) -> dict[str, Any]:
    """Return what is known of the people, as ``GET /api/people`` answers.

    Args:
        decisions: all lines of the file.
        index: the articles, in whose edits agreement is measured.
    """
    groups = by_person(decisions)
    judgements = {name: Judgements(made) for name, made in groups.items()}
    found = agreements(judgements, (edit for _, edit in index.decided_edits())) if len(judgements) > 1 else []
    return {
        "people": [_person(name, groups[name], pace) for name, pace in paces(groups).items()],
        "agreement": [
            {
                "one": each.one,
                "other": each.other,
                "edits": each.edits,
                "agree": each.agree,
                "kappa": None if each.kappa is None else round(each.kappa, 4),
            }
            for each in found
        ],
    }


def _person(name: str, made: Sequence[Decision], pace: Pace) -> dict[str, Any]:
    """Return what is known of one person."""
    times = steps_of(made)
    return {
        "name": name,
        **pace._asdict(),
        "first": times[0] if times else "",
        "last": times[-1] if times else "",
        "colour": colour_of(name),
    }


def open_disagreements(decisions: Sequence[Decision], index: ArticleIndex) -> dict[str, Any]:
    """Return the disagreements as ``GET /api/disagreements`` answers, those about most edits first."""
    found = disagreements(decisions)
    articles: dict[Key, list[int]] = {each.key: [] for each in found}  # one number for each edit
    settled = {key_of(each) for each in decisions if each.verdict} - articles.keys()
    for number, edit in index.decided_edits() if found else ():
        for scope in SCOPES:
            key = make_key(scope, *edit)
            if key in articles:
                articles[key].append(number)
    found.sort(key=lambda each: -len(articles[each.key]))
    items = [
        {
            "key": "\x1f".join(each.key),
            "scope": each.about.scope,
            "article": each.about.article,
            "id": each.about.id,
            "rule": each.about.rule,
            "before": each.about.before,
            "after": each.about.after,
            "edits": len(articles[each.key]),
            "articles": len(set(articles[each.key])),
            "decisions": each.decisions,
            "in_effect": each.decisions.index(each.kept),
        }
        for each in found
    ]
    return {"open": items, "settled": len(settled)}
