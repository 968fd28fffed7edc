"""Articles whose names differ only in what the file system of CLEAN may ignore."""

import errno
import unicodedata
from pathlib import Path

import pytest

from clean_news.batch import names_apart
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings import Settings

TEXT = "The ferry\u200b left at noon, said the harbour board of the town.\n"
OPTIONS = RunOptions(Settings(stages=("characters",)))
COMPOSED, DECOMPOSED = "café.txt", unicodedata.normalize("NFD", "café.txt")


@pytest.fixture
def ignoring(monkeypatch):
    """Makes the file system that is asked one that ignores some of what differs in names."""

    def ignore(fold):
        def lexists(path):
            return fold(Path(path).name) in {fold(each.name) for each in Path(path).parent.iterdir()}

        monkeypatch.setattr(names_apart, "os", type("FakeOs", (), {"path": type("Path", (), {"lexists": lexists})}))

    return ignore


def raw_with(folder, *names):
    for number, name in enumerate(names):
        (folder / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "raw" / name).write_text(f"{number} {TEXT}", encoding="utf-8")
    return folder / "raw"


def names_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.txt"))


@pytest.mark.parametrize(
    ("fold", "kept", "other"),
    [
        (str.casefold, "A.txt", "a.txt"),
        (str.casefold, "News/b.txt", "news/b.txt"),
        (lambda name: unicodedata.normalize("NFC", name), DECOMPOSED, COMPOSED),
    ],
)
def test_of_two_articles_with_the_same_name_there_one_is_named_and_the_others_are_cleaned(
    tmp_path, ignoring, fold, kept, other
):
    ignoring(fold)
    raw = raw_with(tmp_path, kept, other, "z.txt")
    for _ in range(2):  # a rerun says it again, and replaces nothing
        summary = run(raw, tmp_path / "clean", OPTIONS)
        (failure,) = summary.failures
        assert failure.file == str(raw / other)
        assert f"takes for {tmp_path}/clean/{kept}; rename one of the two raw files" in failure.message
        assert names_in(tmp_path / "clean") == sorted([kept, "z.txt"])
        assert (tmp_path / "clean" / kept).read_text(encoding="utf-8").startswith("0 ")


def test_where_case_counts_both_are_cleaned_and_nothing_else_stays(tmp_path, ignoring):
    ignoring(str)
    raw = raw_with(tmp_path, "A.txt", "a.txt")
    assert run(raw, tmp_path / "clean", OPTIONS).failures == []
    assert names_in(tmp_path / "clean") == ["A.txt", "a.txt"]
    assert [path for path in (tmp_path / "clean").iterdir() if ".tmp" in path.name] == []


def test_several_raws_meet_in_one_folder(tmp_path, ignoring):
    ignoring(str.casefold)
    one, other = raw_with(tmp_path / "1", "A.txt"), raw_with(tmp_path / "2", "a.txt")
    summary = run([one, other], tmp_path / "clean", OPTIONS)
    assert [failure.file for failure in summary.failures] == [str(other / "a.txt")]


def test_the_file_system_itself_is_asked(tmp_path):
    (tmp_path / "X").touch()
    is_ignored = (tmp_path / "x").exists()
    raw = raw_with(tmp_path, "A.txt")
    (raw / "a.txt").write_text("a " + TEXT, encoding="utf-8")
    summary = run(raw, tmp_path / "clean", OPTIONS)
    assert len(summary.failures) == (len(list(raw.iterdir())) - 1 if is_ignored else 0)


@pytest.mark.parametrize("name", ["con.txt", "at 12:30.txt"])
def test_a_name_that_the_file_system_of_clean_does_not_allow_is_named_with_what_to_do(tmp_path, monkeypatch, name):
    """As on Windows and its disks: devices and some characters."""
    real = Path.replace

    def replace(path, target):
        if Path(target).name == name:
            raise OSError(errno.EINVAL, "The volume label syntax is incorrect", str(target))
        return real(path, target)

    raw = raw_with(tmp_path, name, "z.txt")
    monkeypatch.setattr(Path, "replace", replace)
    (failure,) = run(raw, tmp_path / "clean", OPTIONS).failures
    assert failure.file == str(raw / name)
    assert "is incorrect" in failure.message
    assert "rename the raw file" in failure.message
    assert names_in(tmp_path / "clean") == ["z.txt"]
    assert not (tmp_path / "clean" / f"{name}.changes.json").exists()
