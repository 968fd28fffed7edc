"""Authors, dates, captions and credits of an article as typed fields: from its page, and from lines of its text."""

import msgspec
import pytest

from clean_news import Cleaner
from clean_news.change_log import Publication, read, write
from clean_news.stages.publication import iso_date_of, names_in, publication_of

TEXT = """By Ann Lee and Bo Kim

Published 3 hours ago

Updated: March 3, 2025 at 9:14 a.m. ET

Photo: Jo Haldane

The harbour board met on Tuesday and decided that the old ferry stays where it is for another year.

The café on the quay will open again in May and stay open until autumn.
"""


@pytest.mark.parametrize(
    ("stamp", "date"),
    [
        ("2025-03-03", "2025-03-03"),
        ("2025-03-03T09:14:22Z", "2025-03-03T09:14:22+00:00"),
        ("2025-03-03T09:14:22.123+01:00", "2025-03-03T09:14:22+01:00"),
        ("2025-03-03T09:14+0100", "2025-03-03T09:14:00+01:00"),
        ("2025/03/03 21:14", "2025-03-03T21:14:00"),
        ("3 March 2025", "2025-03-03"),
        ("Mon 3 Mar 2025 09.14 GMT", "2025-03-03T09:14:00+00:00"),
        ("Monday, 3rd of March, 2025", "2025-03-03"),
        ("Monday 3rd of March 2025", "2025-03-03"),
        ("Sept. 9, 2024 at 12:05 a.m. PDT", "2024-09-09T00:05:00-07:00"),
        ("September 9th, 2024, 12:05 p.m.", "2024-09-09T12:05:00"),
        ("23/03/2025 - 09:14", "2025-03-23T09:14:00"),
        ("03/23/2025", "2025-03-23"),
        ("03/04/2025", ""),
        ("3 March 2025, 18:30-19:45", "2025-03-03T18:30:00"),
        ("3 hours ago", ""),
        ("March 2025", ""),
        ("2025-13-40", ""),
        ("", ""),
    ],
)
def test_dates(stamp, date):
    assert iso_date_of(stamp) == date


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee", ["Ann Lee"]),
        ("Ann Lee and Bo Kim", ["Ann Lee", "Bo Kim"]),
        ("by Ann Lee, Bo Kim & AP staff", ["Ann Lee", "Bo Kim", "AP staff"]),
        ("Byron Lee", ["Byron Lee"]),
        ("Ann Lee, political editor", ["Ann Lee"]),
        ("Ann Lee and Bo Kim, Staff writers", ["Ann Lee", "Bo Kim"]),
        ("Ann Lee, Special to the Mercury", ["Ann Lee"]),
        ("Ann Lee, Agency", ["Ann Lee, Agency"]),
        ("from us", []),
        (" ", []),
    ],
)
def test_names(byline, names):
    assert names_in(byline) == names


def test_from_a_text():
    result = Cleaner().clean(TEXT)
    assert result.text.startswith("The harbour board")
    assert result.publication == Publication(
        authors=("Ann Lee", "Bo Kim"), updated="2025-03-03T09:14:00", credits=("Jo Haldane",)
    )
    assert read(write(result.log), "a").publication == result.publication


def test_nothing_is_known():
    result = Cleaner().clean("The ferry left an hour late.")
    assert result.log.publication is None
    assert b"publication" not in write(result.log)
    assert result.publication == Publication()


def test_only_what_was_removed_counts():
    log = Cleaner(rules_off=["BOIL"]).clean(TEXT).log
    assert log.publication is None


def test_the_page_takes_precedence_over_the_text():
    page = {
        "authors": ["Cy Day"],
        "published": "2025-03-02",
        "captions": ["The quay"],
        "credits": "no list",
        "title": "T",
    }
    found = publication_of(Cleaner().clean(TEXT).log.stages, page)
    assert msgspec.to_builtins(found) == {
        "authors": ("Cy Day",),
        "published": "2025-03-02",
        "updated": "2025-03-03T09:14:00",
        "captions": ("The quay",),
        "credits": ("Jo Haldane",),
    }
