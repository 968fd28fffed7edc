"""The bytes of a page in its log: restored exactly, and never from a log that was changed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.change_log import ChangeLog, LogError
from clean_news.charsets.decoding import Decoding
from clean_news.formats import stored_pages
from clean_news.formats.stored_pages import RAW, raw_of, stored

LOG = ChangeLog(
    id="a.html",
    source="",
    raw_sha256="",
    clean_sha256="",
    version="",
    settings_sha256="",
    dictionaries={},
    decoding=Decoding("utf-8"),
    document={},
    metadata={},
    stages=(),
)


def log_with(carrier):
    return msgspec.structs.replace(LOG, carrier=carrier)


@given(st.binary())
def test_the_bytes_come_back(raw):
    assert raw_of(log_with(stored(raw)), "a.html") == raw


def test_a_log_without_the_page():
    assert raw_of(LOG, "a.html") is None


def test_too_many_bytes_are_not_kept(monkeypatch):
    monkeypatch.setattr(stored_pages, "MAX_STORED_BYTES", 3)
    assert stored(b"four") == {}
    assert stored(b"few") != {}


@pytest.mark.parametrize(
    "kept",
    [
        None,
        "eJwrLU5VyEstBwAK8AK4",
        {},
        {"zlib": 7},
        {"zlib": "eJwrLU5VyEstBwAK8AK4"},
        {"zlib": "eJwrLU5VyEstBwAK8AK4", "sha256": "0"},
        {**stored(b"a page")[RAW], "zlib": stored(b"another page")[RAW]["zlib"]},
        {**stored(b"a page")[RAW], "zlib": stored(b"a page")[RAW]["zlib"][:-4]},
    ],
)
def test_a_changed_log_is_rejected(kept):
    with pytest.raises(LogError, match="the log was changed"):
        raw_of(log_with({RAW: kept}), "a.html")
