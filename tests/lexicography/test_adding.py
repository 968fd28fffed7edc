"""Adding entries: the line and file they go to, the sort order, and what is rejected."""

import pytest

from clean_news.lexicography.entry_files import AddingError, add
from clean_news.stages.spin.entries import Entry


def test_forms_are_added_to_an_existing_entry(small):
    added = add(small, Entry("stock", "noun", ("inventory", "equity")))
    assert added.fresh == ("equity",)
    assert "stock\tnoun\tinventory | equity\n" in (small / "spin/money.tsv").read_text(encoding="utf-8")


def test_another_kind_goes_to_the_file_of_its_original(small):
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
    with pytest.raises(AddingError, match=r"choose a file with --subject; available: money, politics"):
        add(small, entry)
    assert add(small, entry, "money").path == small / "spin" / "money.tsv"


@pytest.mark.parametrize(
    ("entry", "subject", "message"),
    [
        (Entry("bank", "nouns", ("lender",)), None, "kind 'nouns' is not allowed"),
        (Entry("bank", "noun", ("a | b",)), None, "cannot be written to a dictionary"),
        (Entry("", "noun", ("lender",)), None, "cannot be written to a dictionary"),
        (Entry("bank", "noun", ("creditor",)), "politics", "is already in money.tsv; omit --subject"),
        (Entry("bank", "noun", ("=",)), None, "which only a family does; name it with --family"),
        (Entry("bank", "noun", ("creditor",)), "gardening", "unknown subject 'gardening'; available: money, politics"),
    ],
)
def test_invalid_entries_are_rejected(small, entry, subject, message):
    with pytest.raises(AddingError, match=message.replace("|", r"\|")):
        add(small, entry, subject)


def test_a_file_that_has_all_forms_is_not_rewritten(small):
    path = small / "spin" / "money.tsv"
    before = path.stat().st_mtime_ns
    assert add(small, Entry("stock", "noun", ("inventory",))).fresh == ()
    assert path.stat().st_mtime_ns == before


def test_a_file_with_malformed_lines_is_not_rewritten(small):
    path = small / "spin" / "money.tsv"
    path.write_text("bank noun lender\nstock\tnoun\tinventory\n", encoding="utf-8")
    with pytest.raises(AddingError, match=r"money\.tsv, line 1 is malformed"):
        add(small, Entry("stock", "noun", ("equity",)))


def test_a_family_keeps_its_own_entries(small):
    subjects = (small / "spin/money.tsv").read_text(encoding="utf-8")
    added = add(small, Entry("bank", "noun", ("lender", "=")), family="b")
    assert (added.path, added.fresh) == (small / "spin/families/b.tsv", ("lender", "="))
    assert added.path.read_text(encoding="utf-8") == "# Family b.\nbank\tnoun\tborrower | lender | =\n"
    assert add(small, Entry("ferry", "noun", ("boat",)), family="a").path.name == "a.tsv"
    assert (small / "spin/money.tsv").read_text(encoding="utf-8") == subjects


@pytest.mark.parametrize("family", ["c", "a.counts"])
def test_an_unknown_family_is_rejected(small, family):
    with pytest.raises(AddingError, match=rf"unknown family '{family}'; available: a, b; to start one, write"):
        add(small, Entry("bank", "noun", ("lender",)), family=family)


def test_the_family_that_nobody_has_seen_has_no_file(small):
    path = small / "spin/families/general.tsv"
    path.write_text("# Family general.\n", encoding="utf-8")
    with pytest.raises(AddingError, match="'general' is the family of spinners that nobody has seen"):
        add(small, Entry("bank", "noun", ("lender",)), family="general")
    assert path.read_text(encoding="utf-8") == "# Family general.\n"
