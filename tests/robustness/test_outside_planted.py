"""What lies around a run, as a user sees it: it runs no code, leads nowhere, and its content is not shown.

Each test is a fault that somebody found from outside; all of them failed before it was mended.
"""

import os
import shutil

import pytest
from black_box import CLEANED, FAST, TEXT, clean_news, contents, has_ray, write

SECRET = "root:$6$salted$hash:19000:0:99999:7:::"
full = pytest.mark.full
STRANGER = 54321  # a user id
FOUND = {
    "clean-news.toml": "stages = [{}]\n",
    "pyproject.toml": "[tool.clean-news]\nstages = [{}]\n",
}
FOUND_HERE = "clean-news.toml"


def rare(*values):
    """Parameters that are tried in the long form of the tests only."""
    return pytest.param(*values, marks=full)


@pytest.fixture
def here(tmp_path):
    """A folder with an article, a package that leaves a file when it is imported, and a folder of somebody else."""
    planted = "from pathlib import Path\nPath(__file__).with_name('it-ran').touch()\n"
    files = {"raw/a.txt": TEXT, "outside/mine.txt": TEXT, "pkg/__init__.py": planted, "pkg/evil.py": planted}
    write(tmp_path, files)
    return tmp_path


# Settings that are found


@pytest.mark.parametrize("name", [FOUND_HERE, pytest.param("pyproject.toml", marks=full)])
@pytest.mark.parametrize("words", ["raw clean", *map(rare, ["raw --check", "- -", "explain", "cluster raw clean"])])
def test_found_settings_import_nothing(here, name, words):
    (here / name).write_text(FOUND[name].format('"pkg.evil"'))
    done = clean_news(here, *words.split())
    assert not (here / "pkg" / "it-ran").exists()
    assert done.code == 2
    assert name in done.errors


@full
def test_found_settings_in_a_folder_above_import_nothing(here):
    (here / "clean-news.toml").write_text('stages = ["pkg.evil"]\n')
    clean_news(here / "raw", "a.txt", "--check", env={"PYTHONPATH": str(here)})
    assert not (here / "pkg" / "it-ran").exists()


@full
def test_a_module_of_the_standard_library_does_not_run_in_raw(here):
    (here / "raw" / "clean-news.toml").write_text('stages = ["venv.__main__"]\n')
    clean_news(here / "raw", ".", "../clean")
    assert {path.name for path in (here / "raw").iterdir()} == {"a.txt", "clean-news.toml"}


@full
def test_a_module_is_looked_up_before_it_is_known_to_be_a_stage(here):
    (here / "mine.toml").write_text('stages = ["pkg.evil"]\n')
    done = clean_news(here, "raw", "clean", "--config", "mine.toml")
    assert not (here / "pkg" / "it-ran").exists()
    assert done.code == 2
    assert "pkg.evil" in done.errors


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("name", [FOUND_HERE, rare("pyproject.toml")])
def test_found_settings_of_another_user_are_refused(here, name):
    (here / name).write_text(FOUND[name].format('"encoding"'))
    os.chown(here / name, STRANGER, STRANGER)
    done = clean_news(here, "raw", "clean")
    assert done.code == 2
    assert name in done.errors
    assert not (here / "clean").exists()


@pytest.mark.parametrize("name", [rare(FOUND_HERE), "pyproject.toml"])
def test_a_run_says_which_settings_it_used(here, name):
    (here / name).write_text(FOUND[name].format('"encoding"'))
    done = clean_news(here, "raw", "clean")
    assert done.code == 0
    assert name in done.errors


# What messages quote


@full
def test_messages_quote_nothing_of_a_dictionary_elsewhere(here):
    (here / "outside" / "shadow").write_text(SECRET + "\n")
    write(here, {"in/a.txt": TEXT, "in/clean-news.toml": f'dictionary = ["{here}/outside/shadow"]\n'})
    done = clean_news(here / "in", "a.txt", "../clean")
    assert done.code == 2
    assert "shadow" in done.errors
    assert "salted" not in done.errors + done.out


@full
def test_messages_quote_nothing_of_settings_that_are_a_link(here):
    (here / "outside" / "secrets.toml").write_text('salted = "salted"\n')
    (here / "clean-news.toml").symlink_to("outside/secrets.toml")
    done = clean_news(here, "raw", "clean")
    assert "salted" not in done.errors
    assert done.code == 2


# Pipes and devices


@full
@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("role", ["raw", "in raw", "clean file", "log", "dictionary", "protect", "decisions", "config"])
def test_what_is_not_a_regular_file_is_refused_at_once(here, kind, role):
    write(here, {"raw/b.txt": TEXT})
    clean_news(here, "raw", "clean", *FAST)
    words, path = {
        "raw": (["x.txt", "new"], "x.txt"),
        "in raw": (["raw", "new"], "raw/x.txt"),
        "clean file": (["diff", "clean"], "clean/b.txt"),
        "log": (["diff", "clean"], "clean/b.txt.changes.json"),
    }.get(role, (["raw", "new", f"--{role}", "x.txt"], "x.txt"))
    (here / path).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(here / path)
    else:
        (here / path).symlink_to("/dev/zero")
    done = clean_news(here, *words, *(FAST if role == "in raw" else ()))
    assert done.code == 2
    assert path.rpartition("/")[2].removesuffix(".changes.json") in done.errors
    if role == "in raw":
        assert (here / "new" / "a.txt").read_text() == CLEANED
    if role in {"clean file", "log"}:
        assert "a.txt" in done.out


# Links


@pytest.mark.parametrize(("place", "target"), [rare(".clean-news", "raw"), ("s", "outside")])
def test_a_link_in_clean_is_not_written_through(here, place, target):
    write(here, {"raw/s/b.txt": TEXT, "clean/mine.rst": ""})
    (here / "clean" / place).symlink_to(here / target)
    before = contents(here / "raw", here / "outside")
    done = clean_news(here, "raw", "clean", *FAST)
    assert contents(here / "raw", here / "outside") == before
    assert done.code == 2
    assert place in done.errors
    assert (here / "clean" / "a.txt").read_text() == CLEANED


@pytest.mark.parametrize("link", [rare("link.txt"), "folder"])
def test_a_link_out_of_raw_is_read_only_if_asked(here, link):
    (here / "raw" / link).symlink_to(here / "outside" / ("mine.txt" if link == "link.txt" else ""))
    clean = here / "clean" / (link if link == "link.txt" else "folder/mine.txt")
    done = clean_news(here, "raw", "clean", *FAST)
    assert not clean.exists()
    assert "--follow-links" in done.errors
    clean_news(here, "raw", "clean", "--follow-links", *FAST)
    assert clean.read_text() == CLEANED


# Cluster


@full
def test_an_edited_shard_writes_nothing_outside_clean(here):
    """The place that it names exists in RAW's parent; its clean file would be in CLEAN's parent."""
    write(here, {"deep/outside/c.txt": TEXT, "deep/raw/a.txt": TEXT})
    words = ("cluster", "deep/raw", "clean", "--tasks", "1", "--workers", "1", *FAST)
    assert clean_news(here, *words, timeout=120).code == 0
    plan = here / "clean" / ".clean-news" / "cluster"
    (shard,) = (plan / "shards").iterdir()
    place = "../outside/c.txt"
    shard.write_text(shard.read_text().replace("a.txt", place))
    shutil.rmtree(plan / "completions")
    (here / "clean" / "a.txt").unlink()
    before = contents(here / "outside", here / "deep")
    done = clean_news(here, *words, timeout=120)
    assert contents(here / "outside", here / "deep") == before
    assert done.code == 2
    assert "00000.jsonl" in done.errors


@full
@pytest.mark.skipif(not has_ray(), reason="Ray is not installed")
def test_a_killed_ray_task_ends_the_run_with_an_error_that_names_it(here):
    (here / "own").mkdir()
    (here / "own" / "deadly.py").write_text(
        "import os, signal\nfrom clean_news.stages import Proposal, Rule\n"
        "RULES = (Rule('TEST001', 'does nothing', 'a', 'b', ()),)\n"
        "def propose(article, settings):\n"
        f"    if os.path.exists({str(here / 'armed')!r}): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return Proposal([])\n"
    )
    (here / "mine.toml").write_text('stages = ["encoding", "own.deadly"]\n')
    (here / "armed").touch()
    words = ("cluster", "raw", "clean", "--executor", "ray", "--tasks", "1", "--config", "mine.toml")
    options = {"timeout": 90, "preexec_fn": None, "env": {"RAY_ADDRESS": ""}}
    done = clean_news(here, *words, **options)
    assert done.code == 2
    assert "task 0" in done.errors
    (here / "armed").unlink()
    assert clean_news(here, *words, **options).code == 0
    assert (here / "clean" / "a.txt").read_text() == CLEANED
