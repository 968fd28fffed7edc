"""What the tests of the server share: raw articles, and a page that asks the server."""

import itertools
import json
import shutil
import threading
import time
from pathlib import Path
from typing import NamedTuple

from starlette.testclient import TestClient

from clean_news.review.serve.review import Review

TOP = Path(__file__).parents[3]
TOKEN = "the-token-of-the-tests"
HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"
STEPS = itertools.count(1)
ARTICLES = {
    "echo/harbour.txt": "The harbour  board met on Monday.\n\nIt voted for the new pier, said Ines Okafor.\n",
    "echo/pier.txt": "The new pier  will open in May.\n\nIts caf\u00c3\u00a9 will open in June, said Ines Okafor.\n",
    "post/market.txt": "The market  hall was full on Friday.\n\nNobody sold fish.\n",
    "quiet.txt": "Nothing was wrong with this article.\n",
}


def make_raw(folder):
    """Write the raw articles: a spun one of the samples, and short ones with spaces and a wrong decoding."""
    for name, text in ARTICLES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    shutil.copy(next(TOP.glob("raw/02-*.txt")), folder / "spun.txt")
    return folder


class Page(NamedTuple):
    """What a page does: asks the server, and knows the columns as they were when it was opened."""

    client: TestClient
    review: Review

    def get(self, path, **parameters):
        answer = self.client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, data, status=200):
        answer = self.client.post(path, content=json.dumps(data), headers={"Content-Type": "application/json"})
        assert answer.status_code == status, answer.text
        return answer.json()

    def number(self, name):
        return self.get("/api/columns")["columns"]["articles"]["name"].index(name)

    def edits(self, name):
        """The edits of an article as decisions about them must say."""
        index = self.review.index
        row = index.rows[self.number(name)]
        pairs = index.listed_pairs()
        return [
            {
                "id": id_,
                "article": name,
                "rule": index.rules[pairs[pair].rule][0],
                "before": pairs[pair].before,
                "after": pairs[pair].after,
            }
            for id_, pair in zip(row.ids, row.edits["pair"], strict=True)
        ]

    def decide(self, *decisions, by="Ada", step=None, status=200):
        step = step or f"{next(STEPS):032x}"
        return self.post("/api/decisions", {"step": step, "by": by, "decisions": list(decisions)}, status)

    def text(self, name):
        return self.get(f"/api/articles/{self.number(name)}")["text"]

    def settled(self):
        """Wait until nothing is left to clean again."""
        wait_for(lambda: self.review.state()["cleaning"] == 0 and not self.review.is_cleaning)


def wait_for(condition, seconds=60):
    """Wait until a condition holds; fail if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        threading.Event().wait(0.01)
