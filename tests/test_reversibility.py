"""Every article comes back byte by byte, through all stages: the samples in raw/, and real news where it is there."""

import itertools
import json
import lzma
from pathlib import Path

import pytest

from clean_news import Cleaner, revert
from clean_news.change_log import read, write

TOP = Path(__file__).parents[1]
NEWS = TOP.parent / "shared" / "corpus" / "news-dev.jsonl.xz"

VARIANTS = {
    "as it is": lambda text: text.encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "cp1252": lambda text: text.encode("cp1252", "replace"),
    "invalid bytes": lambda text: text[:200].encode() + b"\xff\xfe\x81\xe2\x80" + text[200:].encode(),
    "utf-16": lambda text: text.encode("utf-16"),
}


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


def check(cleaner, raw):
    cleaned = cleaner.clean(raw)
    log = read(write(cleaned.log), "log")
    assert [stage.name for stage in log.stages if stage.failed] == []
    assert revert(cleaned.text, log) == raw


@pytest.mark.parametrize("path", sorted((TOP / "raw").glob("*.txt")), ids=lambda path: path.stem)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_sample(cleaner, path, variant):
    raw = path.read_bytes()
    check(cleaner, raw if variant == "as it is" else VARIANTS[variant](raw.decode(errors="replace")))


@pytest.mark.skipif(not NEWS.exists(), reason="../shared is not here")
@pytest.mark.parametrize("number", range(60))
def test_real_news(cleaner, news, number):
    # One article a variant in turn; all variants of all articles would take minutes.
    check(cleaner, list(VARIANTS.values())[number % len(VARIANTS)](news[number]))


@pytest.fixture(scope="module")
def news():
    with lzma.open(NEWS, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in itertools.islice(lines, 60)]
