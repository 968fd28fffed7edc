"""Adding entries: the right line, the right file, sorted; and what is refused."""

import pytest

from clean_news.lexicography.entry_files import AddingError, add
from clean_news.stages.spin.entries import Entry


def test_forms_go_into_the_line_that_is_there(small):
    added = add(small, Entry("stock", "noun", ("inventory", "equity")))
    assert added.fresh == ("equity",)
    assert "stock\tnoun\tinventory | equity\n" in (small / "spin/money.tsv").read_text(encoding="utf-8")


def test_another_kind_goes_into_the_file_of_its_original(small):
    add(small, Entry("bill", "verb", ("invoice",)))
    lines = (small / "spin/politics.tsv").read_text(encoding="utf-8").splitlines()
    assert lines == [
        "# Politics.",
        "bill\tnoun\tinvoice",
        "bill\tverb\tinvoice",
        "Foreign Office\t-\tOverseas Workplace",
    ]


def test_a_new_original_needs_a_subject(small):
    entry = Entry("budget", "noun", ("price range",))
    with pytest.raises(AddingError, match=r"name its subject with --subject; there are: money, politics"):
        add(small, entry)
    assert add(small, entry, "money").path == small / "spin" / "money.tsv"


@pytest.mark.parametrize(
    ("entry", "subject", "message"),
    [
        (Entry("bank", "nouns", ("lender",)), None, "kind 'nouns' is not allowed"),
        (Entry("bank", "noun", ("a | b",)), None, "cannot stand in a line"),
        (Entry("", "noun", ("lender",)), None, "cannot stand in a line"),
        (Entry("bank", "noun", ("creditor",)), "politics", "is in money.tsv; leave out --subject"),
        (Entry("bank", "noun", ("creditor",)), "gardening", "there is no such file; there are: money, politics"),
    ],
)
def test_what_is_refused(small, entry, subject, message):
    with pytest.raises(AddingError, match=message.replace("|", r"\|")):
        add(small, entry, subject)


def test_nothing_is_written_where_all_is_there(small):
    path = small / "spin" / "money.tsv"
    before = path.stat().st_mtime_ns
    assert add(small, Entry("stock", "noun", ("inventory",))).fresh == ()
    assert path.stat().st_mtime_ns == before


def test_a_file_with_malformed_lines_is_left_alone(small):
    path = small / "spin" / "money.tsv"
    path.write_text("bank noun lender\nstock\tnoun\tinventory\n", encoding="utf-8")
    with pytest.raises(AddingError, match=r"money\.tsv, line 1 is malformed"):
        add(small, Entry("stock", "noun", ("equity",)))
