"""Answers the requests of the page; docs/reviewing.md lists them. All names and offsets are those of the report."""

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from clean_news.change_log import encode_numpy_scalar
from clean_news.http_server.messages import RefusedError, TooLargeError, error_body
from clean_news.printable_text import printable
from clean_news.review.report.article_body import body_of, placed_pieces
from clean_news.review.report.report_file import data_element, page, script_safe_json
from clean_news.review.serve import people
from clean_news.review.serve.article_texts import MAX_QUERY_CHARS, places_of, search
from clean_news.review.serve.by_source import sources
from clean_news.review.serve.decision_log import CannotKeepError
from clean_news.review.serve.exports import export
from clean_news.review.serve.guard import Guard
from clean_news.review.serve.hand_editing import ChangedMeanwhileError, selection
from clean_news.review.serve.review import Review
from clean_news.review.serve.wanted import DecisionsRequest, UndoRequest, decisions_of, decoded
from clean_news.review.traced_articles import TracedArticle
from clean_news.version import version

JSON = "application/json"
NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
MAX_FOUND, MAX_PLACES = 500, 500  # articles of a search, places of some words
DEFAULT_FOUND = 50


class Served(NamedTuple):
    """What the pages are told of the server.

    Attributes:
        review: the review.
        token: the secret of the address.
        by: the reviewer's name, unless the page knows another.
    """

    review: Review
    token: str
    by: str


def application(served: Served, hosts: frozenset[str]) -> Guard:
    """Return the application, protected by its guard.

    Args:
        served: what is served.
        hosts: what the header Host may be.
    """
    answers: Mapping[str, Callable[[Served, Request], Response]] = {
        "/": _page,
        "/api/columns": _columns,
        "/api/changes": _changes,
        "/api/articles/{number}": _article,
        "/api/decisions": _decisions,
        "/api/search": _search,
        "/api/places": _places,
        "/api/people": _people,
        "/api/disagreements": _disagreements,
        "/api/sources": _sources,
        "/api/export/{name}": _export,
    }
    routes = [Route(path, _bound(served, answer), methods=["GET"]) for path, answer in answers.items()]
    changes = {"/api/decisions": _keep, "/api/undo": _undo}
    routes += [Route(path, _posted(served, change), methods=["POST"]) for path, change in changes.items()]
    routes.append(Route("/api/events", _streamed(served), methods=["GET"]))
    handlers: dict[Any, Any] = {
        RefusedError: _refused,
        TooLargeError: _refused,
        CannotKeepError: _refused,
        HTTPException: _refused,
        Exception: _failed,
    }
    return Guard(Starlette(routes=routes, exception_handlers=handlers), served.token, hosts)


def _bound(served: Served, answer: Callable[[Served, Request], Response]) -> Callable[[Request], Response]:
    """Return the endpoint of a request without a body; it runs in a thread."""

    def endpoint(request: Request) -> Response:
        return answer(served, request)

    return endpoint


def _posted(served: Served, change: Callable[[Served, bytes], Response]) -> Callable[[Request], Any]:
    """Return the endpoint of a request with a body, which is read before a thread takes over."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(change, served, body)

    return endpoint


def _streamed(served: Served) -> Callable[[Request], Any]:
    """Return the endpoint of the events."""

    async def endpoint(_: Request) -> Response:
        review = served.review
        first = {"generation": review.index.generation, "version": review.log.version, "state": review.state()}
        return StreamingResponse(review.events.stream(first), media_type="text/event-stream")

    return endpoint


def _refused(_: Request, error: Exception) -> Response:
    """Answer that a request cannot be done."""
    if isinstance(error, RefusedError):
        return Response(error_body(error.kind, str(error)), error.status, media_type=JSON)
    if isinstance(error, CannotKeepError):
        return Response(error_body("cannot-write", str(error)), 503, media_type=JSON)
    if isinstance(error, TooLargeError):
        return Response(error_body("too-large", "The body is too large."), 413, {"connection": "close"}, JSON)
    status = error.status_code if isinstance(error, HTTPException) else 500
    kind = {404: "not-found", 405: "method"}.get(status, "bad-request")
    return Response(error_body(kind, "There is nothing at this address, or not for this method."), status, None, JSON)


def _failed(_: Request, error: Exception) -> Response:
    """Answer that a request met a bug; the server's log has the traceback."""
    message = f"clean-news itself failed ({type(error).__name__}); please report this, with what the terminal shows"
    return Response(error_body("internal", message), 500, media_type=JSON)


def _json(data: Any) -> Response:  # noqa: ANN401  # anything that JSON can say
    """Return an answer in JSON."""
    return Response(msgspec.json.encode(data, enc_hook=encode_numpy_scalar), media_type=JSON)


def _number(request: Request, name: str, given: str | None = None) -> int:
    """Return a number of the address.

    Raises:
        RefusedError: if it is not a number.
    """
    text = request.query_params.get(name, "") if given is None else given
    if not NUMBER.fullmatch(text):
        raise RefusedError(400, "bad-request", f"{name} must be a number.")
    return int(text)


# The page and what it lists


def _page(served: Served, _: Request) -> Response:
    """The page of the report with the columns in it; it asks for the articles when they are opened."""
    review = served.review
    with review.lock:
        columns, ids = review.index.as_json(), review.index.ids()
        generation = review.index.generation
    why_not = review.why_not_cleaned()
    facts = {"version": version(), "name": review.source.clean.resolve().name, "blocks": [], "digest": "", **columns}
    server = {
        "server": True,
        "token": served.token,
        "by": served.by,
        "generation": generation,
        "articles_read": len(columns["articles"]["name"]),
        "clean": printable(review.source.clean),
        "raw": "" if review.source.raw is None else printable(review.source.raw),
        "can_clean": not why_not,
        "why_not": why_not,
    }
    head, foot, policy = page(is_served=True)
    elements = (("server", server), ("ids", ids), ("columns", facts))
    body = b"".join([head, *(data_element(name, script_safe_json(data)) for name, data in elements), foot])
    return Response(body, 200, {"content-security-policy": f"{policy}; frame-ancestors 'none'"}, "text/html")


def _columns(served: Served, _: Request) -> Response:
    """The columns again, after a change that is too large to be told piece by piece."""
    review = served.review
    with review.lock:
        generation, columns, ids = review.index.generation, review.index.as_json(), review.index.ids()
    facts = {"version": version(), "name": review.source.clean.resolve().name, "blocks": [], "digest": "", **columns}
    return _json({"generation": generation, "columns": facts, "ids": ids})


def _changes(served: Served, request: Request) -> Response:
    """What changed since a generation."""
    since = _number(request, "since")
    with served.review.lock:
        return _json(served.review.index.changes_since(since))


def _opened(served: Served, number: int) -> TracedArticle:
    """Return an article.

    Raises:
        RefusedError: if it is gone or cannot be read.
    """
    rows = served.review.index.rows
    if number >= len(rows) or rows[number].is_gone:
        raise RefusedError(404, "not-found", "This article is not there any more.")
    article = served.review.article(number)
    if article is None:
        messages = served.review.files.failures.get(rows[number].file, ())
        why = "; ".join(map(str, messages)) or "its file or its log has just been changed; look at it again"
        raise RefusedError(409, "changed", f"The article cannot be read: {why}")
    return article


def _article(served: Served, request: Request) -> Response:
    """An article: what the report's blocks have, its clean text, and its columns."""
    number = _number(request, "number", request.path_params["number"])
    article = _opened(served, number)
    body = body_of(placed_pieces(article.trace), article.log)
    review = served.review
    with review.lock:
        row, generation = review.index.row_json(number), review.index.generation
    return _json(
        {
            "generation": generation,
            "article": number,
            "name": article.log.id,
            "body": body,
            "text": article.article.text,
            "columns": row,
        }
    )


def _search(served: Served, request: Request) -> Response:
    """The articles that some words are found in."""
    query = request.query_params.get("q", "")
    if not query.strip() or len(query) > MAX_QUERY_CHARS:
        raise RefusedError(400, "bad-request", f"Search for 1 to {MAX_QUERY_CHARS} characters.")
    limit = min(MAX_FOUND, _number(request, "limit")) if "limit" in request.query_params else DEFAULT_FOUND
    found = list(search(served.review.index, served.review.files, query))
    articles = [
        {"article": each.article, "name": each.name, "in": each.where, "count": each.times, "snippets": snippets}
        for each in found[:limit]
        for snippets in [[snippet._asdict() for snippet in each.snippets]]
    ]
    return _json({"q": query, "total": len(found), "more": len(found) > limit, "articles": articles})


def _places(served: Served, request: Request) -> Response:
    """All places of words that somebody has selected."""
    number = _number(request, "article")
    article = _opened(served, number)
    try:
        found = selection(article, _number(request, "start"), _number(request, "end"))
    except ChangedMeanwhileError as error:
        raise RefusedError(409, "changed", str(error)) from error
    everywhere = places_of(served.review.index, served.review.files, found.words) if found.is_whole else iter(())
    places = list(everywhere)
    return _json(
        {
            "words": found.words,
            "whole_words": found.is_whole,
            "article": {"edits": sum(1 for place in places if place.article == number)},
            "everywhere": {"edits": len(places), "articles": len({place.article for place in places})},
            "places": [place._asdict() for place in islice(places, MAX_PLACES)],
            "more": len(places) > MAX_PLACES,
        }
    )


def _sources(served: Served, request: Request) -> Response:
    """The articles by source."""
    by = request.query_params.get("by", "host")
    if by not in {"host", "folder"}:
        raise RefusedError(400, "bad-request", "by must be host or folder.")
    with served.review.lock:
        return _json(sources(served.review.index, "host" if by == "host" else "folder"))


def _export(served: Served, request: Request) -> Response:
    """A file to download."""
    name = request.path_params["name"]
    article = _opened(served, _number(request, "article")) if "article" in request.query_params else None
    made = export(name, article, served.review)
    if made is None:
        raise RefusedError(404, "not-found", "There is no such export.")
    headers = {"content-disposition": f'attachment; filename="{made.name}"'}
    return StreamingResponse(made.content, 200, headers, made.media_type)


# Decisions


def _decisions(served: Served, _: Request) -> Response:
    """All lines of the decisions file."""
    with served.review.lock:
        return _json({"version": served.review.log.version, "decisions": served.review.log.decisions})


def _people(served: Served, _: Request) -> Response:
    """Who has decided, and how far people agree."""
    with served.review.lock:
        return _json(people.people(served.review.log.decisions, served.review.index))


def _disagreements(served: Served, _: Request) -> Response:
    """Where people disagree."""
    with served.review.lock:
        return _json(people.open_disagreements(served.review.log.decisions, served.review.index))


def _keep(served: Served, body: bytes) -> Response:
    """Keep the decisions of a step."""
    request = decoded(body, DecisionsRequest)
    review = served.review
    with review.lock:
        again = any(each.step == request.step for each in review.log.decisions)
        wanted = [] if again else list(decisions_of(request, review))
        kept, cleaning = review.keep(request.step, request.by, wanted)
        answer = {
            "step": request.step,
            "again": kept.again,
            "version": review.log.version,
            "decisions": kept.decisions,
            "generation": review.index.generation,
            "cleaning": cleaning,
        }
    return _json({**answer, "cannot_clean": review.why_not_cleaned()})


def _undo(served: Served, body: bytes) -> Response:
    """Undo a step."""
    request = decoded(body, UndoRequest)
    review = served.review
    with review.lock:
        removed, cleaning = review.undo(request.step)
        return _json(
            {
                "step": request.step,
                "removed": len(removed.decisions),
                "version": review.log.version,
                "decisions": removed.decisions,
                "generation": review.index.generation,
                "cleaning": cleaning,
            }
        )
