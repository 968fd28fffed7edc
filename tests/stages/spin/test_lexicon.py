from pathlib import Path

import pytest

from clean_news.dictionaries import folder
from clean_news.stages.spin import entries, inflection, lexicon, lexicon_building, lexicon_sources
from clean_news.stages.spin.entries import Entry

TABLE = {
    ("say", "verb"): ("says", "said", "said", "saying"),
    ("good", "adj"): ("better", "best"),
}


def inverted(*entries: Entry) -> lexicon.Lexicon:
    return lexicon_building.invert(list(entries), TABLE)


@pytest.mark.parametrize(
    ("entry", "spun", "original"),
    [
        (Entry("say", "verb", ("mention",)), "mentioned", "said"),
        (Entry("say", "verb", ("mention",)), "mentioning", "saying"),
        (Entry("stop", "verb", ("put an end to",)), "puts an end to", "stops"),
        (Entry("bank", "noun", ("financial institution",)), "financial institutions", "banks"),
        (Entry("big", "adj", ("large",)), "largest", "biggest"),
        (Entry("bodies", "-", ("our bodies",)), "our bodies", "bodies"),
        (Entry("sell-off", "-", ("promote-off",)), "promote - off", "sell-off"),
    ],
)
def test_entries_are_inflected_and_inverted(entry: Entry, spun: str, original: str) -> None:
    assert [found.text for found in inverted(entry).originals(spun)] == [original]


def test_costs_increase_with_the_rank_of_a_form() -> None:
    words = inverted(Entry("say", "-", ("state", "mention", "remark")))
    costs = [words.originals(form)[0].cost for form in ("state", "mention", "remark")]
    assert costs == sorted(costs)
    assert costs[0] < costs[2]


def test_longest_counts_tokens() -> None:
    assert inverted(Entry("can", "-", ("be able to", "be in a position to"))).longest["be"] == 5


def test_counts_outweigh_the_order_of_the_forms() -> None:
    entries = [Entry("firm", "-", ("company", "corporate")), Entry("sell-off", "-", ("promote-off",))]
    counts = {"firm": {"corporate": 4.0, "=": 1.0}, "sell - off": {"promote - off": 2.0}, "ferry": {"boat": 1.0}}
    words = lexicon_building.invert(entries, TABLE, {}, counts)
    assert words.originals("corporate")[0].cost < words.originals("company")[0].cost
    assert len(words.originals("promote - off")) == 1, "hyphens are tokens of their own"
    assert [found.text for found in words.originals("boat")] == ["ferry"]


def test_observed_kept_words_lower_the_readiness() -> None:
    entries = [Entry("firm", "-", ("company",))]
    readiness = [
        lexicon_building.invert(entries, TABLE, {}, {"firm": counts}).readiness["firm"] for counts in ({"=": 5.0}, {})
    ]
    assert readiness[0] < readiness[1] == 0
    assert lexicon_building.invert(entries, TABLE, {}, {"firm": {"company": 5.0}}).readiness["firm"] > 0


@pytest.mark.parametrize("line", ["say\tverb", "say\tverbs\tmention", "say verb mention", "\t-\tx", "say\t-\tx | | y"])
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "some.tsv"
    path.write_text(f"# a comment\n{line}\n", encoding="utf-8")
    with pytest.raises(entries.EntryError, match=r"some\.tsv, line 2.*expected: original, tab"):
        entries.read_entries(path)


def test_a_changed_dictionary_takes_effect_at_once(tmp_path: Path) -> None:
    (tmp_path / "spin").mkdir()
    (tmp_path / "inflections.tsv").write_text("", encoding="utf-8")
    path = tmp_path / "spin" / "own.tsv"
    path.write_text("ferry\tnoun\tboat\n", encoding="utf-8")
    before = lexicon_sources.digest(tmp_path)
    path.write_text("ferry\tnoun\tboat | vessel\n", encoding="utf-8")
    assert lexicon_sources.digest(tmp_path) != before
    assert lexicon_building.compile_lexicon(tmp_path).originals("vessels")[0].text == "ferries"


def test_the_size_of_the_shipped_dictionary() -> None:
    shipped = [entry for path in (folder() / "spin").glob("*.tsv") for entry in entries.read_entries(path)]
    assert len(shipped) >= 2500
    assert all(entry.original not in entry.forms for entry in shipped)


@pytest.mark.parametrize(
    ("word", "kind", "forms"),
    [
        ("stop", "verb", ("stops", "stopped", "stopped", "stopping")),
        ("agree", "verb", ("agrees", "agreed", "agreed", "agreeing")),
        ("raise", "verb", ("raises", "raised", "raised", "raising")),
        ("company", "noun", ("companies",)),
        ("key", "noun", ("keys",)),
        ("large", "adj", ("larger", "largest")),
        ("happy", "adj", ("happier", "happiest")),
        ("significant", "adj", ("", "")),
    ],
)
def test_regular_inflection(word: str, kind: str, forms: tuple[str, ...]) -> None:
    assert inflection.regular(word, kind) == forms
