import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TEXT = (
    "The harbour board of Eastmere said on Monday that the new ferry would not run before June, because the “old” "
    "slipway must be rebuilt first.\n\nA spokeswoman said well-known firms had been asked for offers;\nthe cheapest "
    "came to 4.2 million crowns, and the council’s committee will vote on it in November."
)


@pytest.fixture
def scan_news(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import scan_news

    return scan_news


def test_noise_depends_only_on_the_seed(scan_news):
    first, second, other = (list(scan_news.pairs_of([TEXT, TEXT], seed=seed)) for seed in (1, 1, 2))
    assert first == second != other
    assert first[0]["ocr"] != first[1]["ocr"]


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.03, 0.1])
def test_the_error_rate_is_reached_and_the_truth_stays(scan_news, rate):
    rows = list(scan_news.pairs_of([TEXT] * 20, rate))
    assert {row["truth"] for row in rows} == {TEXT}
    errors = sum(scan_news.distance(row["ocr"], TEXT) for row in rows)
    assert errors / (20 * len(scan_news.squeeze(TEXT))) == pytest.approx(rate, rel=0.15)


def test_line_breaks_stay(scan_news):
    for row in scan_news.pairs_of([TEXT] * 20, 0.1):
        assert row["ocr"].count("\n") == TEXT.count("\n")


def test_misreadings_are_sampled_in_proportion_to_the_table(scan_news):
    misreadings = scan_news.misreadings_of(
        {("e", "e"): 60, ("e", "o"): 30, ("e", "c"): 10, ("rn", "m"): 1, ("rn", "rn"): 1}
    )
    read = scan_news.scan("eeeeeeeeee" * 40, misreadings, 0.2, random.Random(1))
    assert set(read) == {"e", "o", "c"}
    assert 45 < read.count("o") < 75
    assert scan_news.scan("born", misreadings, 0.3, random.Random(1)) == "bom"


@pytest.mark.parametrize(
    ("read", "fitting"),
    [(" ", {"ww", "wp", "pw", "pp"}), (".", {" w", "w ", "p ", " p"}), ("' ", {" w", " p"}), ("i", {"ww", " w", " p"})],
)
def test_insertions_are_plausible(scan_news, read, fitting):
    edges = {one + other for one in "wp " for other in "wp "}
    assert {edge for edge in edges if scan_news.fits(read, edge)} == fitting


def test_the_tables_are_estimated_from_different_documents(tmp_path):
    pairs = [("the harbour was shut all day", "tlie harbour was shut all day")] * 9 + [("an end", "au eud")]
    rows = [json.dumps({"truth": truth, "ocr": ocr}) for truth, ocr in [*pairs, *pairs[:2]]]
    (tmp_path / "pairs.jsonl").write_text("\n".join(rows), encoding="utf-8")
    command = [sys.executable, BENCHMARKS / "estimate_confusions.py", "pairs.jsonl"]
    subprocess.run([*command, "--engine", "engine.tsv", "--held-back", "held.tsv"], cwd=tmp_path, check=True)
    assert "h\tli\t8\n" in (tmp_path / "engine.tsv").read_text(encoding="utf-8")
    assert "h\tli\t3\n" in (tmp_path / "held.tsv").read_text(encoding="utf-8")


def test_web_boilerplate_is_removed_before_adding_noise(scan_news, tmp_path):
    (tmp_path / "web.txt").write_text(TEXT + "\n\nADVERTISEMENT\n\nRead more: Ferry fares to rise", encoding="utf-8")
    assert list(scan_news.articles([tmp_path / "web.txt"])) == [TEXT]
