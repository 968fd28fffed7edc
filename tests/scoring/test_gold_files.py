"""Gold files: JSON lines, plain and compressed, marked text, and invalid files."""

import gzip
import json
import lzma

import pytest

from clean_news.scoring.gold import GoldError, GoldRow, GoldSpan, read

ROW = {"id": "a", "spun": "The firm left.", "edits": [{"start": 4, "end": 8, "spun": "firm", "accept": ["company"]}]}
READ = GoldRow("a", "The firm left.", [GoldSpan(4, 8, "firm", ["company"])])


@pytest.mark.parametrize(("name", "pack"), [("g.jsonl", bytes), ("g.jsonl.gz", gzip.compress), ("g.xz", lzma.compress)])
def test_json_lines_are_read(tmp_path, name, pack):
    (tmp_path / name).write_bytes(pack(json.dumps(ROW).encode() + b"\n\n"))
    assert read(tmp_path / name) == [READ]


def test_marked_text_is_read(tmp_path):
    path = tmp_path / "gold.txt"
    path.write_text(
        "A remark with {braces}.\n\n## a\nThe {firm|company} left.\n\n## b\n\n{?A|One|}\n", encoding="utf-8"
    )
    assert read(path) == [READ, GoldRow("b", "A", [GoldSpan(0, 1, "A", ["One", ""], optional=True)])]


def test_edits_are_sorted(tmp_path):
    edits = [{"start": 9, "end": 13, "spun": "left", "accept": ["went"], "optional": True}, *ROW["edits"]]
    (tmp_path / "g.jsonl").write_text(json.dumps({**ROW, "edits": edits}), encoding="utf-8")
    assert [edit.start for edit in read(tmp_path / "g.jsonl")[0].edits] == [4, 9]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "line 1: .*expected: "),
        ('{"id": "a", "spun": ""}', "line 1: .*edits.*expected: "),
        (json.dumps({**ROW, "spun": "A firm left."}), "the text at 4 is 'rm l', not 'firm'"),
        (json.dumps({**ROW, "edits": ROW["edits"] * 2}), "overlaps the edit before it"),
        (json.dumps({**ROW, "edits": [{**ROW["edits"][0], "accept": []}]}), "nothing is accepted for 'firm'"),
    ],
)
def test_an_invalid_row_is_rejected(tmp_path, content, message):
    (tmp_path / "g.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(GoldError, match=message):
        read(tmp_path / "g.jsonl")


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("The {firm} left.", "a: unmatched brace in 'The {firm} left.'"),
        ("The {firm|company left.", "unmatched brace"),
        ("The {firm|company|Firm} left.", "'firm' is among its accepted forms"),
    ],
)
def test_an_invalid_mark_is_rejected(tmp_path, marked, message):
    (tmp_path / "g.txt").write_text(f"## a\n{marked}\n", encoding="utf-8")
    with pytest.raises(GoldError, match=message):
        read(tmp_path / "g.txt")


@pytest.mark.parametrize("name", ["gone.jsonl", "broken.xz", "broken.gz", "broken.jsonl"])
def test_an_unreadable_file_is_rejected(tmp_path, name):
    if name.startswith("broken"):
        (tmp_path / name).write_bytes(b"\xff\xfe broken")
    with pytest.raises(GoldError, match=f"{name}: .*expected a gold file"):
        read(tmp_path / name)
