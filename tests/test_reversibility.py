"""Reverting restores every article byte for byte, through all stages: the samples, and real news if available."""

import itertools
import json
import lzma
from pathlib import Path

import pytest

from clean_news import Cleaner, revert
from clean_news.change_log import read, write

TOP = Path(__file__).parents[1]
SHARED = TOP.parent / "shared"
NEWS = SHARED / "corpus" / "news-dev.jsonl.xz"
FILES = [*sorted((TOP / "raw").glob("[!.]*")), *sorted(SHARED.glob("seeds/*.txt"))]

# Encodings of a text in which a raw file may occur.
VARIANTS = {
    "utf-8": lambda text: text.encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "cp1252": lambda text: text.encode("cp1252", "replace"),
    "cp1252, crlf": lambda text: text.replace("\n", "\r\n").encode("cp1252", "replace"),
    "utf-16": lambda text: text.encode("utf-16"),
    "invalid bytes": lambda text: text[:200].encode() + b"\xff\xfe\x81\xe2\x80" + text[200:].encode() + b"\xe2",
    "mixed line ends": lambda text: text.replace("\n\n", "\r\n\r").encode(),
}
every_variant = pytest.mark.parametrize("variant", VARIANTS)


@pytest.fixture(scope="module")
def check_reverted():
    """A function that cleans raw bytes and checks that the stored log reverts the clean text to them."""
    cleaner = Cleaner()

    def check(raw):
        cleaned = cleaner.clean(raw)
        log = read(write(cleaned.log), "log")
        assert [stage.name for stage in log.stages if stage.failed] == []
        assert revert(cleaned.text.encode().decode(), log) == raw

    return check


def text_of(path):
    """The text of a file in UTF-8 or cp1252, with line feeds as line ends."""
    raw = path.read_bytes()
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    return text.replace("\r\n", "\n")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file(check_reverted, path):
    check_reverted(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@every_variant
def test_file_in_variant(check_reverted, path, variant):
    check_reverted(VARIANTS[variant](text_of(path)))


@pytest.fixture(scope="module")
def news():
    if not NEWS.exists():
        pytest.skip("../shared is not here")
    with lzma.open(NEWS, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in itertools.islice(lines, 300)]


@pytest.mark.parametrize("number", range(40))
def test_news(check_reverted, news, number):
    variant = list(VARIANTS.values())[number % len(VARIANTS)]
    check_reverted(variant(news[number]))


@pytest.mark.full
@every_variant
@pytest.mark.parametrize("number", range(300))
def test_news_in_every_variant(check_reverted, news, number, variant):
    check_reverted(VARIANTS[variant](news[number]))
