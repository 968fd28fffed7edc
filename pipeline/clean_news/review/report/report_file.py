"""Write the report file: the page and its data, in script elements of type JSON that are not executed.

The bodies of the articles are written first, block by block, so that only the columns are held in memory. A block is a
JSON list of bodies, deflated and base64-encoded; the columns are JSON without ``<``, so that no text can close the
element.
"""

import base64
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import IO, Any, NamedTuple

import msgspec

from clean_news.change_log import ChangeLog, encode_numpy_scalar
from clean_news.change_log.edit_places import Trace
from clean_news.review.report.article_body import Body, body_of, placed_pieces
from clean_news.review.report.columns import Columns
from clean_news.settings import LEVELS
from clean_news.version import version

BLOCK_BYTES = 64 * 1024  # of JSON: a few milliseconds to decompress, and large enough to compress well
COMPRESSION_LEVEL = 6
# In the order of concatenation: at load time a script uses only those before it.
SCRIPTS = (
    "dom",
    "rule_names",
    "inflate",
    "asking",
    "corpus",
    "article_text",
    "invisible_characters",
    "state",
    "filtering",
    "decisions",
    "people",
    "storage",
    "live_decisions",
    "changed_rows",
    "live",
    "decision_actions",
    "csv",
    "growing_list",
    "details",
    "inbox",
    "article_list",
    "article_view",
    "reading",
    "edit_panel",
    "facets",
    "pair_rows",
    "pair_table",
    "sources_view",
    "charts",
    "people_charts",
    "text_search",
    "hand_decision",
    "hand_words",
    "disagreements",
    "address",
    "keyboard",
    "start",
)
# Browsers do not execute the data elements; only this page's own script and style are allowed.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
)
SERVED_POLICY = "; connect-src 'self'"


def write(
    articles: Iterable[tuple[Trace, ChangeLog]],
    file: IO[bytes],
    name: str,
    summaries: Mapping[str, str],
    apply_from: float = LEVELS["normal"].apply_from,
) -> Columns:
    """Write the report of some articles.

    Args:
        articles: each with its log; consumed one by one.
        file: the report file.
        name: name of the article folder, for the title.
        summaries: summary of each rule, by code.
        apply_from: confidence from which edits are applied; see :class:`Columns`.

    Returns:
        The columns that were written.

    Raises:
        OSError: if the file cannot be written.
    """
    head, foot, _ = page()
    file.write(head)
    columns = Columns(summaries, apply_from)
    digest = hashlib.sha256()
    in_block: list[int] = []
    for block, count in _blocks(_encoded_bodies(articles, columns)):
        digest.update(block)
        in_block.append(count)
        file.write(data_element("block", base64.b64encode(_deflate(block))))
    ids = script_safe_json(columns.ids)
    facts = {"version": version(), "name": name, "blocks": in_block, **columns.as_json()}
    digest.update(ids)
    digest.update(script_safe_json(facts))
    file.write(data_element("ids", ids))
    file.write(data_element("columns", script_safe_json({"digest": digest.hexdigest(), **facts})))
    file.write(foot)
    return columns


def _encoded_bodies(articles: Iterable[tuple[Trace, ChangeLog]], columns: Columns) -> Iterator[bytes]:
    """Yield the body of each article in JSON, and add the article to the columns."""
    for article, log in articles:
        laid = placed_pieces(article)
        columns.add(log, [edit for piece in laid for edit in piece.edits], len(article.clean))
        yield encode(body_of(laid, log))


def _blocks(bodies: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield JSON lists of bodies of about :data:`BLOCK_BYTES` bytes, each with its number of articles."""
    pending: list[bytes] = []
    size = 0
    for body in bodies:
        pending.append(body)
        size += len(body)
        if size >= BLOCK_BYTES:
            yield _json_list(pending), len(pending)
            pending, size = [], 0
    if pending:
        yield _json_list(pending), len(pending)


def _json_list(bodies: list[bytes]) -> bytes:
    """Join JSON values to a JSON list."""
    return b"[" + b",".join(bodies) + b"]"


def _deflate(raw: bytes) -> bytes:
    """Deflate bytes, without header and checksum."""
    packer = zlib.compressobj(COMPRESSION_LEVEL, wbits=-zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


def encode(value: Body | list[str] | dict[str, Any]) -> bytes:
    """Encode a value as JSON."""
    return msgspec.json.encode(value, enc_hook=encode_numpy_scalar)


def script_safe_json(value: list[str] | dict[str, Any]) -> bytes:
    r"""Encode a value as JSON that cannot close its script element, whatever its strings are.

    >>> script_safe_json(["</script>"])
    b'["\\u003c/script>"]'
    """
    raw = encode(value).replace(b"<", rb"\u003c")
    return raw.replace("\u2028".encode(), rb"\u2028").replace("\u2029".encode(), rb"\u2029")


def data_element(name: str, content: bytes) -> bytes:
    """Return a data element with this name."""
    return b'<script type="application/json" data-name="%b">%b</script>\n' % (name.encode(), content)


class Page(NamedTuple):
    """The page before and after the data, and the policy that it has."""

    head: bytes
    foot: bytes
    policy: str


def page(*, is_served: bool = False) -> Page:
    """Return the page without data.

    Args:
        is_served: whether the page may ask the server that it comes from.
    """
    script = '"use strict";\n(() => {\n' + "\n".join(_asset(f"{name}.js") for name in SCRIPTS) + "})();\n"
    style = _asset("page.css")
    policy = CONTENT_SECURITY_POLICY.format(script=_sha256_base64(script), style=_sha256_base64(style))
    if is_served:
        policy += SERVED_POLICY
    head, foot = _asset("page.html").split("{data}\n")
    head = head.replace("{policy}", policy).replace("{style}", style)
    return Page(head.encode(), foot.replace("{script}", script).encode(), policy)


def _asset(name: str) -> str:
    """Return the content of a file of the page."""
    return files("clean_news.review.report").joinpath("page", name).read_text(encoding="utf-8")


def _sha256_base64(source: str) -> str:
    """Return the SHA-256 of a script or style in base64, as the policy requires."""
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
