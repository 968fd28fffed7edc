"""Describes the service in OpenAPI 3.1; the schema of the change log is derived from its type."""

from typing import Any

import msgspec

from clean_news.change_log import ChangeLog
from clean_news.version import version
from clean_news.workflows.http_api.limits import Limits
from clean_news.workflows.http_api.messages import ArticleRequest, CleanedResponse, ErrorResponse, HealthResponse

SCHEMAS = "#/components/schemas/{name}"
ERRORS = {
    400: "The request is not as described here.",
    403: "The request names another host, or comes from a page of another site.",
    405: "This address has another method.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    415: "The body is neither plain text nor JSON, or is compressed.",
    422: "The body is not an article: binary data, for instance.",
    500: "clean-news itself failed.",
    503: "Too many articles wait to be cleaned; send it again after the seconds of Retry-After.",
    504: "The article took too long.",
}
EXAMPLE = "The ministry didnâ€™t reply."


def openapi(limits: Limits) -> dict[str, Any]:
    """Return the document.

    Args:
        limits: the limits of the service, which it names.
    """
    types = (ArticleRequest, CleanedResponse, ErrorResponse, HealthResponse)
    refs, components = msgspec.json.schema_components((*types, ChangeLog), ref_template=SCHEMAS)
    article, cleaned, error, health, log = refs
    components["CleanedResponse"]["properties"]["log"] = log
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "clean-news",
            "version": version(),
            "summary": "Repairs scraped English news text and logs every change.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {
            "/clean": {
                "post": {
                    "operationId": "clean",
                    "summary": "Clean an article",
                    "description": f"Of at most {limits.kilobytes} KB; it may take {limits.seconds:g} seconds.",
                    "parameters": [
                        {
                            "name": "id",
                            "in": "query",
                            "description": "Name of the article, for its log; of JSON, the field id counts.",
                            "schema": {"type": "string", "maxLength": 200},
                        }
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {
                            "text/plain": {"schema": {"type": "string"}, "example": EXAMPLE},
                            "application/json": {"schema": article, "example": {"text": EXAMPLE, "id": "a1"}},
                        },
                    },
                    "responses": {
                        "200": _answer("The clean text and its change log.", cleaned),
                        **_errors(error, ERRORS),
                    },
                }
            },
            "/health": {
                "get": {
                    "operationId": "health",
                    "summary": "Whether the service is up, and how much it has to do",
                    "responses": {"200": _answer("It is.", health), **_errors(error, (400, 403, 405))},
                }
            },
            "/openapi.json": {
                "get": {
                    "operationId": "openapi",
                    "summary": "This document",
                    "responses": {
                        "200": _answer("The document.", {"type": "object"}),
                        **_errors(error, (400, 403, 405)),
                    },
                }
            },
        },
        "components": {"schemas": components},
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return an answer in JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _errors(schema: dict[str, Any], statuses: Any) -> dict[str, Any]:  # noqa: ANN401  # any iterable of them
    """Return the answers that say that a request failed."""
    return {str(status): _answer(ERRORS[status], schema) for status in statuses}
