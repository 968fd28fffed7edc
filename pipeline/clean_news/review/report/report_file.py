"""The report's file: the page and, in elements that nothing runs, its data.

The bodies of the articles go out first, a block at a time, so that memory holds only the columns. A block is a JSON
list of bodies, _deflated, in base64; the columns are JSON in which no ``<`` is left, so that no text ends its element.
"""

import base64
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import IO, Any

import msgspec

from clean_news.change_log import ChangeLog, encode_numpy_scalar
from clean_news.review.edit_places import Trace
from clean_news.review.report.columns import Columns
from clean_news.review.report.pieces import Body, body_of, placed_pieces
from clean_news.version import version

BLOCK_BYTES = 64 * 1024  # bytes of JSON: a few milliseconds to unpack, and enough to deflate well
COMPRESSION_LEVEL = 6
# In the order in which they are joined: each uses only what stands before it, but for calls at run time.
SCRIPTS = (
    "dom",
    "inflate",
    "corpus",
    "invisible_characters",
    "state",
    "filtering",
    "decisions",
    "storage",
    "decision_actions",
    "virtual_list",
    "details",
    "article_list",
    "article_view",
    "edit_panel",
    "facets",
    "pair_rows",
    "pair_table",
    "charts",
    "keyboard",
    "start",
)
# Data elements are not scripts to a browser; of scripts and styles only those of this page are let in.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
)


def write(
    articles: Iterable[tuple[Trace, ChangeLog]], file: IO[bytes], name: str, summaries: Mapping[str, str]
) -> Columns:
    """Write the report of some articles.

    Args:
        articles: each with its log; they are taken one by one.
        file: what it is written to.
        name: of what the report is about, for its title.
        summaries: what each rule does, by its code.

    Returns:
        What was written, in columns.

    Raises:
        OSError: if the file cannot be written.
    """
    head, foot = _page()
    file.write(head)
    columns = Columns(summaries)
    digest = hashlib.sha256()
    in_block: list[int] = []
    for block, count in _blocks(_encoded_bodies(articles, columns)):
        digest.update(block)
        in_block.append(count)
        file.write(_element("block", base64.b64encode(_deflated(block))))
    ids = script_safe_json(columns.ids)
    facts = {"version": version(), "name": name, "blocks": in_block, **columns.as_json()}
    digest.update(ids)
    digest.update(script_safe_json(facts))
    file.write(_element("ids", ids))
    file.write(_element("columns", script_safe_json({"digest": digest.hexdigest(), **facts})))
    file.write(foot)
    return columns


def _encoded_bodies(articles: Iterable[tuple[Trace, ChangeLog]], columns: Columns) -> Iterator[bytes]:
    """The body of each article in JSON; its columns are added on the way."""
    for article, log in articles:
        laid = placed_pieces(article)
        columns.add(log, [edit for piece in laid for edit in piece.edits])
        yield _encode(body_of(laid, log))


def _blocks(bodies: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """The bodies in JSON lists of about :data:`BLOCK_BYTES` bytes, each with the number of its articles."""
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
    """JSON values as a JSON list."""
    return b"[" + b",".join(bodies) + b"]"


def _deflated(raw: bytes) -> bytes:
    """The bytes _deflated, without header and checksum."""
    packer = zlib.compressobj(COMPRESSION_LEVEL, wbits=-zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


def _encode(value: Body | list[str] | dict[str, Any]) -> bytes:
    """The value in JSON."""
    return msgspec.json.encode(value, enc_hook=encode_numpy_scalar)


def script_safe_json(value: list[str] | dict[str, Any]) -> bytes:
    r"""The value in JSON, which stays JSON and inside its element whatever its strings are.

    >>> script_safe_json(["</script>"])
    b'["\\u003c/script>"]'
    """
    raw = _encode(value).replace(b"<", rb"\u003c")
    return raw.replace("\u2028".encode(), rb"\u2028").replace("\u2029".encode(), rb"\u2029")


def _element(name: str, content: bytes) -> bytes:
    """An element with data of this name."""
    return b'<script type="application/json" data-name="%b">%b</script>\n' % (name.encode(), content)


def _page() -> tuple[bytes, bytes]:
    """The page up to its data, and what follows them."""
    script = '"use strict";\n(() => {\n' + "\n".join(_asset(f"{name}.js") for name in SCRIPTS) + "})();\n"
    style = _asset("page.css")
    policy = CONTENT_SECURITY_POLICY.format(script=_sha256_base64(script), style=_sha256_base64(style))
    head, foot = _asset("page.html").split("{data}\n")
    head = head.replace("{policy}", policy).replace("{style}", style)
    return head.encode(), foot.replace("{script}", script).encode()


def _asset(name: str) -> str:
    """A file of the page."""
    return files("clean_news.review.report").joinpath("page", name).read_text(encoding="utf-8")


def _sha256_base64(source: str) -> str:
    """The digest by which the policy knows a script or a style."""
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
