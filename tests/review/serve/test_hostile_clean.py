"""A CLEAN with hostile and damaged logs: each costs its own article, and the server goes on answering."""

import itertools
import json
import sys
from pathlib import Path

import pytest
from served_pages import TOKEN

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[2] / "robustness"))
from hostile_logs import MISLEADING, RAW, UNSOUND

SETTINGS = Settings(stages=("encoding", "characters"))
SOUND = "a-sound.txt"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A CLEAN with an article for each hostile log, and the names of those that are only misleading."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "raw").mkdir()
    cases = {**UNSOUND, **MISLEADING}
    files = {case: f"{number:03}.txt" for number, case in enumerate(cases)}
    for name in (SOUND, *files.values()):
        (folder / "raw" / name).write_bytes(RAW)
    run(folder / "raw", folder / "clean", RunOptions(SETTINGS))
    for case, change in cases.items():
        path = folder / "clean" / f"{files[case]}.changes.json"
        made = change(json.loads(path.read_bytes()))
        path.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode() + b"\n")
    return folder / "clean"


@pytest.fixture
def facing(opened, hostile):
    return opened(hostile, started=False, settings=SETTINGS)


def test_every_article_that_is_listed_can_be_opened(facing):
    columns = facing.get("/api/columns")["columns"]
    names = columns["articles"]["name"]
    assert len(names) > len(MISLEADING) / 2
    for number, name in enumerate(names):
        answer = facing.client.get(f"/api/articles/{number}")
        assert answer.status_code == 200, (name, answer.text[:300])
        assert answer.json()["name"] == name
        edits = answer.json()["columns"]["ids"]
        assert len(edits) == columns["articles"]["edits"][number]


@pytest.mark.parametrize(
    "path",
    [
        f"/?token={TOKEN}",
        "/api/changes?since=0",
        "/api/search?q=office",
        "/api/people",
        "/api/disagreements",
        "/api/sources",
        "/api/sources?by=folder",
        "/api/export/changes.csv",
        "/api/export/changes.docx",
    ],
)
def test_every_question_is_answered(facing, path):
    answer = facing.client.get(path)
    assert answer.status_code == 200
    if path.startswith("/?"):
        assert answer.text.count("<script") == answer.text.count("</script>")


def test_decisions_about_a_sound_article_are_kept(facing, hostile):
    edit = facing.edits(SOUND)[0]
    facing.decide({"action": "reject", "scope": "everywhere", **edit})
    steps = itertools.count(1)
    for each in facing.review.index.rows:
        for id_ in each.ids[:2]:
            found = next(edit for edit in facing.edits(each.name) if edit["id"] == id_)
            answer = facing.client.post(
                "/api/decisions",
                json={
                    "step": f"{next(steps):031x}f",
                    "by": "Ada",
                    "decisions": [{"scope": "once", **found}],
                },
            )
            assert answer.status_code in {200, 409, 422}, answer.text[:300]
    (hostile / ".clean-news" / "decisions.jsonl").unlink()
