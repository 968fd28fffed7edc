"""The benchmarks of de-spinning: articles are spun with a family's words, and the parts of the system are taken out."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from clean_news.dictionaries import folder
from clean_news.scoring.gold import read
from clean_news.stages.spin import families, lexicon_building, lexicon_sources, spun_forms
from clean_news.stages.spin.entries import Entry
from clean_news.stages.spin.lexicon_inputs import Family, Sources

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
NEWS = (
    "The foreign ministry said on Monday that the government would also close its embassy next month. "
    "An official said the company had bought the bank last year, and that shares rose after the agreement. "
) * 3


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Dictionaries of a family of some thirty entries, and one general entry: all would take ten seconds."""
    found = tmp_path / "dictionaries"
    (found / "spin" / "families").mkdir(parents=True)
    (found / "spin" / "small.tsv").write_text("zinc\tnoun\tspelter\n", encoding="utf-8")
    entries = Path(__file__).parents[1] / "stages" / "spin" / "small_spin.tsv"
    shutil.copy(entries, found / "spin" / "families" / "n.tsv")
    shutil.copy(folder() / "inflections.tsv", found)
    monkeypatch.syspath_prepend(BENCHMARKS)
    import ablation
    import forward_spin

    for module in (ablation, forward_spin, lexicon_building, lexicon_sources):
        monkeypatch.setattr(module, "folder", lambda: found)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for kept in (lexicon_building.standard, spun_forms.table):
        kept.cache_clear()
    yield
    for kept in (lexicon_building.standard, spun_forms.table):
        kept.cache_clear()


@pytest.fixture
def benchmark(monkeypatch, small):  # noqa: ARG001  # it makes the dictionaries small
    """A function that calls a benchmark by its name with arguments."""

    def run(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        sys.modules[name].main()

    return run


@pytest.fixture
def ablation(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import ablation

    return ablation


def test_articles_are_spun_with_a_family_s_words_and_the_parts_are_taken_out(benchmark, tmp_path, capsys):
    news, gold = tmp_path / "news.jsonl", tmp_path / "n.jsonl"
    news.write_text(json.dumps({"text": NEWS}) + "\n", encoding="utf-8")
    benchmark("forward_spin", news, gold, "--rate", ".9", "--family", "n")
    rows = read(gold)
    assert len(rows[0].edits) > 10
    arguments = (gold, "--leave-one-out", "--family", "n", "--only", "full system", "without family n")
    benchmark("ablation", *arguments)
    lines = capsys.readouterr().out.splitlines()
    figures = {line.split(" | ")[0].strip("| "): line.split(" | ")[1] for line in lines[2:]}
    assert list(figures) == ["full system", "without family n", "full system, best threshold"]
    f_half = [float(figure.split("**")[1]) for figure in figures.values()]
    assert f_half[0] > f_half[1]
    assert f_half[2] >= f_half[0]


def test_parts_are_taken_out_of_the_dictionaries(ablation):
    name = Entry("Irish Sea", "-", ("Sea of the Irish",))
    verb = Entry("say", "verb", ("mention",))
    of = Sources(
        [name, verb],
        [],
        {},
        {"a": Family([verb], {"say": {"mention": 2.0}}), "b": Family([verb], {})},
        {"say": {"=": 1.0}},
    )
    assert ablation.without_family("a", of).families.keys() == {"b"}
    assert ablation.without_families(of).counts() == [{"say": {"mention": 2.0, "=": 1.0}}]
    assert not any(ablation.without_counts(of).counts())
    assert {entry.kind for entry in ablation.without_inflections(of).shipped} == {"-"}


def test_without_inference_all_families_are_equally_likely(ablation):
    lexicon = lexicon_building.invert([], {}, {"a": Family([Entry("say", "verb", ("mention",))], {})})
    with ablation.uninferred():
        assert families.posterior(None, None, None, lexicon).tolist() == [0.5, 0.5]


def test_every_variant_names_what_exists(ablation):
    variants = list(ablation.variants())
    assert len({variant.name for variant in variants}) == len(variants) > 20
    for variant in variants:
        with variant.change():
            pass
