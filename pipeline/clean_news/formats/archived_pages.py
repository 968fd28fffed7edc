"""Finds the article in what a server answered, as web archives keep it."""

from clean_news.change_log import PAGE
from clean_news.charsets.decoding import NotText
from clean_news.formats import Row
from clean_news.formats.archive_records import HttpResponse
from clean_news.formats.main_text import main_text
from clean_news.formats.pages.guard import NoMainTextError
from clean_news.formats.size_limit import MEGABYTE, too_large
from clean_news.settings import Settings

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
TEXT_TYPE = "text/plain"


def row_of_response(block: bytes, name: str, number: int, settings: Settings, media_type: str = "") -> Row:
    """Return the row of an HTTP response; it is not an article unless the server sent a page or a text.

    Args:
        block: the response with its headers.
        name: name of the row.
        number: number of the record, for messages.
        settings: of these, ``charset`` and ``max_megabytes`` are used.
        media_type: the media type if the response names none.
    """
    limit = settings.max_megabytes * MEGABYTE
    response = HttpResponse(block, limit)
    if response.status is None or not 200 <= response.status < 300:
        return Row(None, name)
    kind = response.media_type or media_type
    if kind in HTML_TYPES | {TEXT_TYPE} and len(response.body) > limit:
        return Row(None, name, fault=f"record {number}: {too_large(settings.max_megabytes)}")
    return row_of_body(response.body, kind, response.charset, name, number, settings)


def row_of_body(body: bytes, media_type: str, charset: str, name: str, number: int, settings: Settings) -> Row:
    """Return the row of a page or a text; anything else is not an article.

    Args:
        body: its bytes.
        media_type: its media type, in lower case.
        charset: the charset that it is declared to have; empty if none.
        name: name of the row.
        number: number of the record, for messages.
        settings: of these, ``charset`` is used.
    """
    if media_type == TEXT_TYPE:
        return Row(body, name, charset)
    if media_type not in HTML_TYPES:
        return Row(None, name)
    try:
        found = main_text(body, charset or settings.charset)
    except (NoMainTextError, NotText) as error:
        return Row(None, name, fault=f"record {number}: {error}")
    return Row(found.text, name, carrier={PAGE: found.page})
