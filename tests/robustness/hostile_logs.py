"""Change logs that are damaged or planted: each is a function of a good log's object, or of its bytes.

A log is *unsound* if it cannot restore the raw bytes or is no log at all; the other logs here restore them, but contain
what could mislead whoever shows them.
"""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

Log = dict[str, Any]
# The article: repairs of two stages, a suggestion, and a byte that cannot be decoded.
RAW = (
    "The minis\u200btry didnâ€™t reply on Monday.\nIts â€œofficeâ€\x9d was closed, and the f\u200berry left. ".encode()
    + b"\xff\n"
)
BOMB = base64.b64encode(zlib.compress(b"a" * (100 << 20), 9)).decode()  # 100 MB in 136 kB
DEEP = "[" * 100_000 + "]" * 100_000  # Python 3.13 parses 10,000 levels, earlier ones 1,000
WIDE = 20_000  # stages, edits or values


def changed(*path: str | int, to: Any) -> Callable[[Log], Log]:
    """Set the value at a path."""

    def change(log: Log) -> Log:
        place: Any = log
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to
        return log

    return change


def without(key: str) -> Callable[[Log], Log]:
    """Remove a field."""
    return lambda log: {name: value for name, value in log.items() if name != key}


def edit(stage: int = 1, number: int = 0, **values: Any) -> Callable[[Log], Log]:
    """Change an edit of a stage."""

    def change(log: Log) -> Log:
        log["stages"][stage]["edits"][number].update(values)
        return log

    return change


def edits(change: Callable[[list[Any]], list[Any]], stage: int = 1) -> Callable[[Log], Log]:
    """Change the list of a stage's edits."""

    def changed_log(log: Log) -> Log:
        log["stages"][stage]["edits"] = change(log["stages"][stage]["edits"])
        return log

    return changed_log


def stored(raw: bytes) -> str:
    """Bytes as in ``raw_zlib``."""
    return base64.b64encode(zlib.compress(raw)).decode()


def decoding(**values: Any) -> Callable[[Log], Log]:
    """Change the record of the decoding."""

    def change(log: Log) -> Log:
        log["decoding"].update(values)
        return log

    return change


def with_text(text: str) -> Callable[[Log], bytes]:
    """Replace the evidence of the first edit by JSON text, e.g. JSON that Python's module cannot write."""

    def change(log: Log) -> bytes:
        log["stages"][1]["edits"][0]["evidence"] = {"why": "HERE"}
        return json.dumps(log).replace('"HERE"', text).encode()

    return change


# The edits of the second stage: two applied removals and a suggestion; U+FFFD is at 85 of the text it received.
UNSOUND: dict[str, Callable[[Log], Log | bytes]] = {
    "empty": lambda _: b"",
    "a line feed": lambda _: b"\n",
    "null": lambda _: b"null",
    "a number": lambda _: b"7",
    "a list": lambda log: json.dumps([log]).encode(),
    "an empty object": lambda _: b"{}",
    "half a log": lambda log: json.dumps(log).encode()[:400],
    "two logs": lambda log: json.dumps(log).encode() * 2,
    "random bytes": lambda _: bytes(range(256)) * 9,
    "not UTF-8": lambda log: json.dumps(log).encode().replace(b"CHAR001", b"CHAR\xff01"),
    "UTF-16": lambda log: json.dumps(log).encode("utf-16"),
    "NUL bytes": lambda _: bytes(4_096),
    "lone surrogate escape": lambda log: json.dumps(log).encode().replace(b"CHAR001", rb"CHAR\ud800"),
    "lone surrogate in the id": lambda log: json.dumps(log).encode().replace(b'"id": "', rb'"id": "\udc80'),
    "NaN": lambda log: json.dumps(log).encode().replace(b'"confidence": 0.99', b'"confidence": NaN'),
    "a number out of range": lambda log: json.dumps(log).encode().replace(b'e": 0.99', b'e": 1e999'),
    "another schema": changed("schema", to="clean-news/changes/99"),
    "a schema of control characters": changed("schema", to="\x1b]0;title\x07" * 99),
    "a schema that is no text": changed("schema", to={"a": [1]}),
    "deep instead of a log": lambda _: DEEP.encode(),
    "deep schema": lambda log: json.dumps({**log, "schema": "HERE"}).replace('"HERE"', DEEP).encode(),
    "deep unknown field": lambda log: json.dumps({**log, "more": "HERE"}).replace('"HERE"', DEEP).encode(),
    "deep evidence": with_text(DEEP),
    "evidence of 300 levels": with_text("[" * 300 + "]" * 300),
    "deep document": lambda log: json.dumps({**log, "document": {"a": "HERE"}}).replace('"HERE"', DEEP).encode(),
    "an integer of 400 digits": with_text("1" * 400),
    "a fact of 400 digits": lambda log: json.dumps({**log, "document": {"spun": 10**400}}).encode(),
    **{f"no {key}": without(key) for key in ("id", "raw_sha256", "clean_sha256", "decoding", "stages", "document")},
    "stages is an object": changed("stages", to={}),
    "stages of numbers": changed("stages", to=[1, 2]),
    "edits is null": changed("stages", 1, "edits", to=None),
    "document is a list": changed("document", to=[]),
    "metadata of numbers": changed("metadata", to={"date": 7}),
    "carrier is a text": changed("carrier", to="kept"),
    "id is a number": changed("id", to=7),
    "20,000 stages": lambda log: {**log, "stages": log["stages"] + [{"name": "x", "edits": []}] * WIDE},
    "raw digest of another file": changed("raw_sha256", to="0" * 64),
    "raw digest empty": changed("raw_sha256", to=""),
    "clean digest of another text": changed("clean_sha256", to="0" * 64),
    "digests exchanged": lambda log: {
        **log, "raw_sha256": log["clean_sha256"], "clean_sha256": log["raw_sha256"]
    },
    "rot13": decoding(codec="rot13"),
    "an unknown codec": decoding(codec="klingon"),
    "a codec that is not text": decoding(codec="zlib_codec"),
    "punycode": decoding(codec="punycode"),
    "idna": decoding(codec="idna"),
    "undefined": decoding(codec="undefined"),
    "no codec": decoding(codec=""),
    "a codec with NUL": decoding(codec="utf-8\0"),
    "a codec that is a path": decoding(codec="../../evil"),
    "a codec of a million letters": decoding(codec="x" * 1_000_000),
    "another codec": decoding(codec="utf-16-le"),
    "a codec that lacks the characters": decoding(codec="ascii"),
    "a byte order mark": decoding(bom=True),
    "unknown line ends": decoding(line_ends="vertical tab"),
    "other line ends": decoding(line_ends="cr"),
    "raw_zlib of garbage": decoding(raw_zlib="!!!! not base64"),
    "raw_zlib outside ASCII": decoding(raw_zlib="é"),
    "raw_zlib that is not zlib": decoding(raw_zlib="AAAA"),
    "raw_zlib empty": decoding(raw_zlib=""),
    "raw_zlib truncated": decoding(raw_zlib=stored(bytes(9_999))[:8]),
    "raw_zlib and more": decoding(raw_zlib=base64.b64encode(zlib.compress(b"a") + b"more").decode()),
    "raw_zlib of other bytes": decoding(raw_zlib=stored(b"another article")),
    "raw_zlib is a bomb": decoding(raw_zlib=BOMB),
    "raw_zlib with rot13": decoding(raw_zlib=stored(b"another article"), codec="rot13"),
    "undecodable bytes at another place": decoding(undecodable=[{"at": 3, "byte": 3, "hex": "ff"}]),
    "undecodable bytes out of range": decoding(undecodable=[{"at": 10**15, "byte": 10**15, "hex": "ff"}]),
    "undecodable bytes at -1": decoding(undecodable=[{"at": -1, "byte": -1, "hex": "ff"}]),
    "undecodable bytes twice": lambda log: decoding(undecodable=log["decoding"]["undecodable"] * 2)(log),
    "undecodable bytes not in hex": lambda log: decoding(
        undecodable=[{**log["decoding"]["undecodable"][0], "hex": "xyz"}]
    )(log),
    "undecodable bytes missing": decoding(undecodable=[]),
    "a span out of range": edit(span=[10**6, 10**6 + 1]),
    "a span beyond 64 bits": edit(span=[10**30, 10**30 + 1]),
    "a negative span": edit(span=[-2, -1]),
    "a span that ends before it starts": edit(span=[10, 9]),
    "a span of three": edit(span=[9, 10, 11]),
    "a span of texts": edit(span=["9", "10"]),
    "a span of fractions": edit(span=[9.5, 10.5]),
    "a span that implies gigabytes": edit(span=[9, 10**12]),
    "a suggestion out of range": edit(number=2, span=[10**6, 10**6 + 1]),
    "a suggestion for another text": edit(number=2, before="b"),
    "a negative suggestion": edit(number=2, span=[-1, 0]),
    "a suggestion that ends before it starts": edit(number=2, span=[86, 85], before=""),
    "another text before": edit(before="x"),
    "another text after": edit(after="x"),
    "a text after of 20 MB": edit(after="x" * (20 << 20)),
    "a text before of 20 MB": edit(before="x" * (20 << 20)),
    "an unknown state": edit(state="done"),
    "a state that was changed": edit(state="rejected"),
    "a confidence of 7": edit(confidence=7),
    "a confidence of -1": edit(confidence=-1),
    "evidence is a list": edit(evidence=[1]),
    "edits in reverse": edits(lambda found: found[::-1]),
    "edits twice": edits(lambda found: found * 2),
    "an edit missing": edits(lambda found: found[1:]),
    "overlapping edits": edits(
        lambda found: [{**found[0], "span": [8, 10], "before": "s\u200b"}, *found]
    ),
    "edits in the other stage": lambda log: {
        **log, "stages": [{**log["stages"][1], "name": "encoding"}, {**log["stages"][0], "name": "characters"}]
    },
    "a stage missing": lambda log: {**log, "stages": log["stages"][1:]},
    "20,000 edits": edits(lambda found: [*found, *[{**found[2], "state": "applied"}] * WIDE]),
}  # fmt: skip

MISLEADING: dict[str, Callable[[Log], Log | bytes]] = {
    "an id with control characters": changed("id", to="a.txt\x1b]0;owned\x07\x1b[2J\n\x9b31m"),
    "an id that leads out": changed("id", to="../../../../etc/passwd"),
    "an id of a million letters": changed("id", to="x" * 1_000_000),
    "an empty id": changed("id", to=""),
    "a source with control characters": changed("source", to="\x1b]52;c;aGk=\x07"),
    "a rule with control characters": edit(rule="\x1b[31m\nCHAR001"),
    "an unknown rule": edit(rule="NONE999"),
    "an empty rule": edit(rule=""),
    "a stage with control characters": changed("stages", 1, "name", to="\x1b[2J\n"),
    "stages of the same name": changed("stages", 1, "name", to="encoding"),
    "an edit id with control characters": edit(id="\x1b[31m"),
    "an edit that depends on itself": lambda log: edit(depends_on=log["stages"][1]["edits"][0]["id"])(log),
    "edits of the same id": edits(lambda found: [{**each, "id": "0" * 12} for each in found]),
    "evidence of another type": edit(evidence={"bytes": [1], "candidates": 7, "context": None, "proposed": [[]]}),
    "evidence with control characters": edit(evidence={"\x1b[31m": "\x1b]0;x\x07", "proposed": "\x1b[2J"}),
    "evidence of 20,000 values": edit(evidence={"why": list(range(WIDE))}),
    "facts of other types": changed("document", to={"spun": "yes", "scanned": [], "unknown_share": None}),
    "facts out of range": changed("document", to={"spun": 99, "scanned": -1e300}),
    "a note with control characters": changed("note", to="\x1b[2J\n"),
    "decisions that nobody made": changed("decisions", to="f" * 64),
    "dictionaries of another run": changed("dictionaries", to={"../../x": ""}),
    "a suggestion after of 1 MB": edit(number=2, after="x" * (1 << 20)),
    "a deep carrier": changed("carrier", to={"page": [[[[[{}]]]]]}),
    "an unknown field": changed("more", to={"a": 1}),
    "200 stages more": lambda log: {**log, "stages": log["stages"] + [{"name": f"s{n}"} for n in range(200)]},
}  # fmt: skip
