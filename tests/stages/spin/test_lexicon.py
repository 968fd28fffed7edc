"""The spin lexicon: entries inflected and inverted, weighted by family, against a reference, and after counts."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from small_lexicons import random_sources, reference

from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.tokens import key_of
from clean_news.stages.spin import entries, inflection, lexicon, lexicon_building, lexicon_sources, prefilter
from clean_news.stages.spin.entries import Entry
from clean_news.stages.spin.lexicon_inputs import Family, Sources
from clean_news.stages.spin.phrase_hashes import hash_of, hashes_of_keys
from clean_news.stages.spin.spun_forms import SpunForms

TABLE = {
    ("say", "verb"): ("says", "said", "said", "saying"),
    ("good", "adj"): ("better", "best"),
}


def inverted(*of: Entry, **families: Family) -> lexicon.Lexicon:
    return lexicon_building.invert(list(of), TABLE, families)


def cost(words: lexicon.Lexicon, form: str, original: str) -> float:
    return next(found.cost for found in words.originals(form) if found.text == original)


def by_family(words: lexicon.Lexicon, form: str, original: str) -> dict[str, float]:
    """The cost of a pair if the family is known."""
    number = words.inverse[form]
    (row,) = (
        row
        for row in range(words.rows.begin[number], words.rows.begin[number + 1])
        if words.texts[words.rows.original[row]] == original
    )
    return dict(zip(words.families, words.rows.family_cost[row].tolist(), strict=True))


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


@pytest.mark.parametrize("seed", range(3))
def test_it_has_what_the_reference_has(seed: int) -> None:
    of = random_sources(seed)
    found, expected = lexicon_building.compile_lexicon(of, language_model.standard()), reference(of)
    assert found.families == ("general", "a", "b", "c")
    assert len(found.rows.original) == len(expected.costs) > 400
    assert len(found.inverse) == len({form for form, _ in expected.costs})
    for (form, original), costs in expected.costs.items():
        assert list(by_family(found, form, original).values()) == pytest.approx(costs, abs=0.001)
        assert cost(found, form, original) == pytest.approx(-np.log(np.exp(-np.array(costs)).mean()), abs=0.001)
    for original, readiness in expected.readiness.items():
        number = found.original_numbers[key_of(original)]
        assert found.rows.family_readiness[number].tolist() == pytest.approx(readiness, abs=0.001)
        assert found.readiness[key_of(original)] == pytest.approx(np.mean(readiness), abs=0.001)
    assert len(found.texts) == len(expected.readiness)
    for word, ratios in expected.log_ratios.items():
        row = found.word_log_ratios.get(word)
        assert row is not None or max(map(abs, ratios)) < 0.021, word
        if row is not None:
            assert found.log_ratios[row].tolist() == pytest.approx(ratios, abs=0.003), word
    several = [form.split() for form, _ in expected.costs if " " in form]
    assert all(found.longest[tokens[0]] >= len(tokens) for tokens in several)
    assert all(" ".join(tokens[:2]) in found.prefixes for tokens in several)


def test_rows_come_lowest_cost_first_and_texts_once() -> None:
    words = lexicon_building.compile_lexicon(random_sources(3), language_model.standard())
    begin, costs = words.rows.begin, words.rows.cost
    assert all((np.diff(costs[start:end]) >= 0).all() for start, end in pairwise(begin.tolist()))
    assert len(set(words.texts)) == len(words.texts)


def test_an_empty_dictionary_has_nothing_to_undo() -> None:
    words = inverted()
    assert (words.originals("mentioned"), len(words.texts), words.families) == ([], 0, ("general",))
    assert prefilter.mean_log_ratio("The minister mentioned it.", words) == 0
    forms = SpunForms(words, language_model.standard())
    _, counts = forms.rows_of([("mentioned", False, False), ("The", True, False)])
    assert counts.tolist() == [1, 2], "a first word is read in both cases"
    assert (forms.text.array() == -1).all(), "every reading keeps the word"


def test_what_is_in_no_dictionary_is_not_found() -> None:
    words = inverted(Entry("sell-off", "noun", ("market plunge",)))
    assert words.originals("market plunge zzz") == []
    assert ("zzz" in words.inverse, words.longest.get("zzz", 1), words.word_log_ratios.get("zzz")) == (False, 1, None)
    with pytest.raises(KeyError):
        words.inverse["zzz"]


@pytest.mark.parametrize(
    ("line", "form", "originals"),
    [
        (Entry("sell - off", "noun", ("market plunge", "sell-off")), "market plunge", ["sell - off"]),
        (Entry("stock", "noun", ("inventory", "inventory", "shares")), "inventories", ["stocks"]),
        (Entry("don’t  know", "-", ("know not",)), "know not", ["don’t  know"]),
        (Entry("stock", "-", ("inventory's", "Inventory")), "inventory 's", ["stock"]),
        (Entry("Central Bank", "noun", ("Bank of the Middle",)), "Bank of the Middles", ["Central Banks"]),
        (Entry("an end", "-", ("a a a a", "_")), "a a a a", ["an end"]),
        (Entry("Kyiv", "-", ("the Ukrainian capital", "KYIV")), "KYIV", ["Kyiv"]),
    ],
)
def test_marks_capitals_and_blanks(line: Entry, form: str, originals: list[str]) -> None:
    assert [each.text for each in inverted(line).originals(form)] == originals


def test_single_phrases_are_hashed_as_many() -> None:
    keys = ["said", "don't know", "sell - off in Russia 's", "é – ü", "", "a  b"]
    assert list(map(hash_of, keys)) == hashes_of_keys(keys).tolist()
    assert len({*map(hash_of, ("a b", "b a", "ab", "a b c", "a", "b"))}) == 6


def test_costs_increase_with_the_rank_of_a_form() -> None:
    words = inverted(Entry("say", "-", ("state", "mention", "remark")))
    costs = [words.originals(form)[0].cost for form in ("state", "mention", "remark")]
    assert costs == sorted(costs)
    assert costs[0] < costs[2]


def test_longest_counts_tokens() -> None:
    assert inverted(Entry("can", "-", ("be able to", "be in a position to"))).longest["be"] == 5


def test_a_family_s_first_choice_is_cheap_in_it_and_possible_in_the_others() -> None:
    general = Entry("say", "-", ("state", "mention", "remark"))
    own, other = Family([Entry("say", "-", ("mention",))], {}), Family([Entry("say", "-", ("articulate",))], {})
    words = inverted(general, a=own, b=other)
    mention, articulate = by_family(words, "mention", "say"), by_family(words, "articulate", "say")
    assert mention["a"] < mention["general"] < mention["b"]
    assert articulate["b"] < articulate["general"]
    assert articulate["a"] < lexicon_building.lexicon.Original("", 11.5, 0).cost, "no form is impossible"
    assert by_family(words, "state", "say")["a"] > by_family(inverted(general), "state", "say")["general"]


def test_a_family_that_says_what_it_keeps_always_swaps_the_rest() -> None:
    keeping = Family([Entry("firm", "noun", ("company",)), Entry("ministry", "-", ("=",))], {})
    silent = Family([Entry("firm", "noun", ("company",))], {})
    words = inverted(Entry("ministry", "noun", ("department",)), a=keeping, b=silent)
    of = {text: words.rows.family_readiness[words.original_numbers[text]].tolist() for text in ("firms", "ministry")}
    assert of["firms"] == [0.0, pytest.approx(1.3), 0.0]
    assert of["ministry"] == [0.0, pytest.approx(-2.5), 0.0]


def test_counts_outweigh_the_order_of_the_forms() -> None:
    of = [Entry("firm", "-", ("company", "corporate")), Entry("sell-off", "-", ("promote-off",))]
    counts = {"firm": {"corporate": 4.0, "=": 1.0}, "sell - off": {"promote - off": 2.0}, "ferry": {"boat": 1.0}}
    words = inverted(*of, a=Family([], counts))
    assert words.originals("corporate")[0].cost < words.originals("company")[0].cost
    assert len(words.originals("promote - off")) == 1, "hyphens are tokens of their own"
    assert [found.text for found in words.originals("boat")] == ["ferry"]


def test_counts_of_one_family_count_half_in_the_general_one_and_not_in_another() -> None:
    counted = {"firm": {"corporate": 4.0}}
    words = inverted(Entry("firm", "-", ("company", "corporate")), a=Family([], counted), b=Family([], {}))
    found = by_family(words, "corporate", "firm")
    assert found["a"] < found["general"] < found["b"]


def test_observed_kept_words_lower_the_readiness() -> None:
    def readiness(counts: dict[str, float]) -> float:
        words = inverted(Entry("firm", "-", ("company",)), a=Family([], {"firm": counts} if counts else {}))
        return float(words.readiness["firm"])

    assert readiness({"=": 5.0}) < readiness({}) == 0
    assert readiness({"company": 5.0}) > 0


def test_user_counts_count_in_full_in_every_family() -> None:
    families = {"a": Family([], {"firm": {"corporate": 4.0}}), "b": Family([], {})}
    of = Sources([], [], {}, families, {"firm": {"=": 1.0}}, {"firm": {"company": 3.0}})
    general = {"=": 1.0, "corporate": 2.0, "company": 3.0}
    assert of.counts() == [{"firm": general}, {"firm": {"corporate": 4.0, "company": 3.0}}, {"firm": {"company": 3.0}}]


def test_user_counts_without_families_count_in_the_general_one(tmp_path: Path) -> None:
    (tmp_path / "spin").mkdir()
    (tmp_path / "spin" / "own.tsv").write_text("firm\t-\tcompany | corporate\n", encoding="utf-8")
    of = lexicon_building.sources(tmp_path, counts={"firm": {"corporate": 4.0}})
    words = lexicon_building.compile_lexicon(of, language_model.standard())
    assert words.families == ("general",)
    assert words.originals("corporate")[0].cost < words.originals("company")[0].cost


def test_an_original_of_a_user_dictionary_is_marked() -> None:
    of = Sources([Entry("firm", "noun", ("company",))], [Entry("ferry", "noun", ("sea shuttle",))], {}, {})
    words = lexicon_building.compile_lexicon(of, language_model.standard())
    assert dict(zip(words.texts, words.from_user.tolist(), strict=True)) == {
        "firm": False,
        "firms": False,
        "ferry": True,
        "ferries": True,
    }


@pytest.mark.parametrize("line", ["say\tverb", "say\tverbs\tmention", "say verb mention", "\t-\tx", "say\t-\tx | | y"])
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "some.tsv"
    path.write_text(f"# a comment\n{line}\n", encoding="utf-8")
    with pytest.raises(entries.EntryError, match=r"some\.tsv, line 2.*expected: original, tab"):
        entries.read_entries(path)


@pytest.mark.parametrize("name", ["spin/own.tsv", "spin/families/q.tsv", "spin/families/q.counts.tsv"])
def test_a_changed_dictionary_takes_effect_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "spin" / "families").mkdir(parents=True)
    (tmp_path / "inflections.tsv").write_text("", encoding="utf-8")
    (tmp_path / "spin" / "some.tsv").write_text("ferry\tnoun\tboat\n", encoding="utf-8")
    if name.endswith(".counts.tsv"):
        (tmp_path / "spin" / "families" / "q.tsv").write_text("", encoding="utf-8")
    before = lexicon_sources.digest(tmp_path)
    line = "ferries\tvessels\t2\n" if name.endswith(".counts.tsv") else "ferry\tnoun\tboat | vessel\n"
    (tmp_path / name).write_text(line, encoding="utf-8")
    assert lexicon_sources.digest(tmp_path) != before
    words = lexicon_building.compile_lexicon(lexicon_building.sources(tmp_path), language_model.standard())
    assert words.originals("vessels")[0].text == "ferries"
    assert ("q" in words.families) == ("families" in name)


def test_no_family_has_the_name_of_the_general_one(tmp_path: Path) -> None:
    (tmp_path / "spin" / "families").mkdir(parents=True)
    (tmp_path / "spin" / "families" / "general.counts.tsv").write_text("ferry\tvessel\t2\n", encoding="utf-8")
    assert lexicon_building.sources(tmp_path).names == ["general"]
    (tmp_path / "spin" / "families" / "general.tsv").write_text("ferry\tnoun\tboat\n", encoding="utf-8")
    with pytest.raises(entries.EntryError, match=r"general\.tsv: 'general' is the family of .*; rename the file"):
        lexicon_building.sources(tmp_path)


def test_a_file_that_moves_to_the_families_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "spin" / "families").mkdir(parents=True)
    path = tmp_path / "spin" / "q.tsv"
    path.write_text("ferry\tnoun\tboat\n", encoding="utf-8")
    before = lexicon_sources.digest(tmp_path)
    path.rename(tmp_path / "spin" / "families" / "q.tsv")
    assert lexicon_sources.digest(tmp_path) != before


def test_the_size_of_the_shipped_dictionary() -> None:
    general = [entry for path in lexicon_sources.general_files(folder()) for entry in entries.read_entries(path)]
    assert len(general) >= 2500
    assert all(entry.original not in entry.forms for entry in general)
    families = {path.stem: entries.read_entries(path) for path in lexicon_sources.family_files(folder())}
    assert families.keys() >= set("agnosh")
    assert min(map(len, families.values())) > 500


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
