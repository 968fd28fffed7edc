"""What listings of different stores say of an object, and what is kept out of messages."""

from types import SimpleNamespace

import pytest

from clean_news.stores.manifest import Content
from clean_news.stores.transfers import found_in
from clean_news.stores.urls import mask

EMPTY = "d41d8cd98f00b204e9800998ecf8427e"  # the MD5 of nothing
SETTINGS = SimpleNamespace(content_md5=bytearray.fromhex(EMPTY))


@pytest.mark.parametrize(
    ("details", "tag"),
    [
        ({"ETag": f'"{EMPTY}"'}, f'ETag="{EMPTY}"'),
        ({"etag": "CJix", "generation": "17", "md5Hash": "1B2M2Y8AsgTpgAmY7PhCfg=="}, "generation=17"),
        ({"etag": '"0x8DC"', "content_settings": SETTINGS}, 'etag="0x8DC"'),
    ],
    ids=["S3", "Google", "Azure"],
)
def test_the_digest_of_a_listing(details, tag):
    found = found_in({"size": 0, **details})
    assert found.tag == tag
    assert Content(0, EMPTY).agrees(found)
    assert not Content(1, EMPTY).agrees(found)


def test_listings_without_digests():
    of_parts = found_in({"size": 9, "ETag": f'"{EMPTY}-2"'})
    assert of_parts.tag is not None
    assert not Content(9, EMPTY).agrees(of_parts)
    assert found_in({"size": 9, "created": 1.0, "mtime": 2.0}).tag is None


def test_secrets_are_masked(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a/secret+key")
    for text in (
        "https://b.s3.amazonaws.com/a?X-Amz-Credential=AKIAABCDEFGHIJKLMNOP&X-Amz-Signature=0a1b: 403",
        "DefaultEndpointsProtocol=https;AccountKey=c2VjcmV0;EndpointSuffix=core",
        "?sv=2024&sig=c2VjcmV0%3D",
        "signed with a/secret+key for ASIAABCDEFGHIJKLMNOP",
        "s3://user:c2VjcmV0@crawl/raw",
    ):
        masked = mask(text)
        assert "***" in masked
        assert not any(secret in masked for secret in ("AKIA", "ASIA", "0a1b", "c2VjcmV0", "a/secret+key"))
    assert mask("NoSuchKey: The specified key does not exist.") == "NoSuchKey: The specified key does not exist."
