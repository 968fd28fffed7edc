"""Dictionaries, word lists and decisions, damaged or planted: the content of a file, or a function of a site."""

import json
from collections.abc import Callable
from typing import Any

from hostile_planting import Content
from hostile_site import FIRST, SECRET, VICTIM, Site

from clean_news import change_log, decisions

ENTRY = "ferry\tnoun\tsea shuttle\n"
CONTROL = "\x1b]0;owned\x07\x1b[2J\u202e\x9b31m"

DICTIONARIES: dict[str, Content] = {
    "random bytes": bytes(range(256)) * 9,
    "NUL": bytes(4_096),
    "UTF-16": ENTRY.encode("utf-16"),
    "bytes that are not UTF-8": ENTRY.encode() + b"\xff\n",
    "a lone surrogate": "ferry\tnoun\tsea \udc80 shuttle\n",
    "a text": f"{SECRET}\n",
    "one column": "ferry\n",
    "ten columns": "ferry" + "\tnoun" * 9 + "\n",
    "an unknown kind": "ferry\tklingon\tsea shuttle\n",
    "a kind with control characters": f"ferry\t{CONTROL}\tsea shuttle\n",
    "an original with control characters": f"{CONTROL}\tnoun\tsea shuttle\n",
    "a form with control characters": f"ferry\tnoun\tsea {CONTROL}\n",
    "an empty original": "\tnoun\tsea shuttle\n",
    "empty forms": "ferry\tnoun\t | | |\n",
    "the original as its own form": "ferry\tnoun\tferry\n",
    "two originals of each other": "ferry\tnoun\tship\nship\tnoun\tferry\n",
    "a line of 5 MB": "ferry\tnoun\t" + "x" * (5 << 20) + "\n",
    "a line of 5 MB without columns": "x" * (5 << 20),
    "20,000 forms": "ferry\tnoun\t" + " | ".join(f"form{n}" for n in range(20_000)) + "\n",
    "a form of 10,000 words": "ferry\tnoun\t" + "sea " * 10_000 + "shuttle\n",
    "an original of 10,000 words": "sea " * 10_000 + "ferry\tnoun\tship\n",
    "5,000 equal entries": ENTRY * 5_000,
    "100,000 blank lines": "\n" * 100_000,
    "20,000 entries": "".join(f"word{n}\tnoun\tform{n}\n" for n in range(20_000)),
    "entries that look like patterns": "(a+)+$\t-\t[a-z]* | (?P<x\n",
    "marks of the format in the forms": "ferry\t-\t[-sea-]{+shuttle+} | {a|b}\n",
}

WORD_LISTS: dict[str, Content] = {
    "random bytes": bytes(range(256)) * 9,
    "bytes that are not UTF-8": f"{SECRET}\n".encode() + b"\xff\n",
    "100,000 words": "".join(f"word{n}\n" for n in range(100_000)),
    "a word of a million letters": "x" * 1_000_000,
    "a phrase of 100,000 words": "a " * 100_000,
    "words that look like patterns": "(a+)+$\n[\n(?P<x\n*\n",
    "control characters": f"{CONTROL}\n",
    "lone surrogate": "\udc80\n",
}


def a_decision(**values: Any) -> str:
    """A line with a decision."""
    found = {
        "schema": decisions.SCHEMA, "action": "reject", "scope": "everywhere", "id": "0" * 12, "article": FIRST,
        "rule": "CHAR001", "before": "\u200b", "after": "",
    }  # fmt: skip
    return json.dumps(found | values) + "\n"


def on_edits(**values: Any) -> Callable[[Site], str]:
    """Decisions about the edits of the article in the middle, which occur in all three."""

    def made(site: Site) -> str:
        log = change_log.read(site.log.read_bytes(), "")
        about = (
            decisions.decision_on(edit, VICTIM, "replace", "article") for each in log.stages for edit in each.edits
        )
        lines = (json.loads(line) for line in decisions.write(about).splitlines())
        return "".join(json.dumps(line | values) + "\n" for line in lines)

    return made


DEEP = "[" * 5_000 + "]" * 5_000
DECISIONS: dict[str, Content] = {
    "random bytes": bytes(range(256)) * 9,
    "NUL": bytes(4_096),
    "UTF-16": a_decision().encode("utf-16"),
    "bytes that are not UTF-8": a_decision().encode().replace(b"CHAR", b"\xff"),
    "a byte order mark": "\ufeff" + a_decision(),
    "a text": f"{SECRET}\n",
    "half a line": a_decision()[:50],
    "two on a line": a_decision().strip() * 2,
    "a number": "7\n",
    "a list": "[]\n",
    "null": "null\n",
    "an empty object": "{}\n",
    "deep": f'{{"note": {DEEP}}}\n',
    "a deep unknown field": a_decision(more="HERE").replace('"HERE"', DEEP),
    "evidence of 300 levels": a_decision(more="HERE").replace('"HERE"', "[" * 300 + "]" * 300),
    "an integer of 5,000 digits": a_decision(more="HERE").replace('"HERE"', "9" * 5_000),
    "an unknown action": a_decision(action="execute"),
    "an action with control characters": a_decision(action=CONTROL),
    "an unknown scope": a_decision(scope="elsewhere"),
    "another schema": a_decision(schema="clean-news/decisions/99"),
    "a schema with control characters": a_decision(schema=CONTROL),
    "a schema of a million letters": a_decision(schema="x" * 1_000_000),
    "a field with control characters": a_decision(**{CONTROL: 1}),
    "a field of a million letters": a_decision(**{"x" * 1_000_000: 1}),
    "a lone surrogate": lambda site: on_edits(text="HERE")(site).replace("HERE", "\\ud800"),
    "an article that leads out": a_decision(article="../../outside/mine.txt", scope="article"),
    "an article with control characters": a_decision(article=CONTROL, by=CONTROL, at=CONTROL, note=CONTROL),
    "an article of a million letters": a_decision(article="x" * 1_000_000),
    "a decision of 20 MB": a_decision(note="x" * (20 << 20)),
    "50,000 decisions": "".join(a_decision(id=f"{n:012}", scope="once") for n in range(50_000)),
    "1,000 conflicts": "".join(a_decision(by=str(n), action=("accept", "reject")[n % 2]) for n in range(1_000)),
    "all rejected": on_edits(action="reject", scope="article"),
    "all accepted": on_edits(action="accept", scope="article"),
    "text with control characters": on_edits(text=CONTROL, scope="article"),
    "text of 1 MB": on_edits(text="x" * (1 << 20), scope="article"),
    "an empty text": on_edits(text="", scope="article"),
    "text of other line ends": on_edits(text="\r\n\x85\u2028\x0c", scope="article"),
    "text of NUL": on_edits(text="\0", scope="article"),
    "a time that does not exist": a_decision(at="9999-99-99T99:99:99+99:99"),
}
