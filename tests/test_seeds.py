"""The three real articles of ../shared/seeds: the requirements of issue 2. Skipped if they are not available."""

from pathlib import Path

import pytest

from clean_news import Cleaner, revert

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared is not here")


def seed(number: str) -> bytes:
    return next(SEEDS.glob(f"{number}_*.txt")).read_bytes()


@pytest.mark.parametrize(
    ("spun", "original"),
    [
        ("overseas ministry mentioned", "foreign ministry said"),
        ("12 different our bodies", "12 other entities"),
        ("Last 12 months", "Last year"),
        ("final week additionally introduced", "last week also announced"),
        ("vitality provide", "energy supply"),
        ("a overseas energy", "a foreign power"),
        ("mentioned on\n\nMonday", "said on Monday"),
    ],
)
def test_the_spun_article_is_repaired(spun: str, original: str) -> None:
    raw = seed("001")
    assert spun in raw.decode()
    cleaned = Cleaner().clean(raw)
    assert spun not in cleaned.text
    assert original in cleaned.text


def test_its_date_becomes_metadata_and_its_quotations_do_not_change() -> None:
    raw = seed("001")
    cleaned = Cleaner().clean(raw)
    assert cleaned.metadata["date"] == "2022-03-22"
    assert cleaned.text.startswith("Japan reacted")
    for quotation in raw.decode().split("“")[1:]:
        assert quotation.split("”")[0] in cleaned.text


@pytest.mark.parametrize("number", ["000", "003"])
def test_the_genuine_articles_keep_their_words(number: str) -> None:
    raw = seed(number)
    cleaned = Cleaner().clean(raw)
    assert not [edit for stage in cleaned.log.stages if stage.name in {"ocr", "spin"} for edit in stage.edits]
    wanted = raw.decode().replace("Image: AP", "").split()
    assert cleaned.text.split() == wanted
    if number == "000":
        assert cleaned.metadata["image"] == "AP"


@pytest.mark.parametrize("number", ["000", "001", "003"])
def test_revert(number: str) -> None:
    raw = seed(number)
    for variant in (raw, raw.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + raw, raw + b"\xff\x9d\n"):
        cleaned = Cleaner().clean(variant)
        assert revert(cleaned.text, cleaned.log) == variant
