"""Runs over a store in memory: the same bytes as a local run, also after a run that was broken off at any upload."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.batch.run import run as local_run
from clean_news.batch.run_options import RunOptions
from clean_news.files.discovery import InputError
from clean_news.settings import Settings
from clean_news.stores.batches import in_batches
from clean_news.stores.fetching import NOTHING, Article
from clean_news.stores.raw_objects import RawObject
from clean_news.stores.store_run import run

RAW, CLEAN = "digests://crawl/raw", "digests://crawl/clean"
FAST = {"stages": ("encoding", "characters"), "jobs": 1}
TEXTS = {
    "a/one.txt": "The caf\u00c3\u00a9 across the street stayed open.\n",
    "a/two.txt": "The council met on Monday.\n",
    "b.jsonl": '{"text": "It cost 2&nbsp;pounds."}\n{"text": "It was free."}\n',
    "c.txt": "She said \u00e2\u20ac\u0153no\u00e2\u20ac\u009d.\n",
}


class Broken(BaseException):
    """The process is gone: nothing after this is done."""


@pytest.fixture
def filled(digests):
    for name, text in TEXTS.items():
        digests.pipe_file(f"/crawl/raw/{name}", text.encode())
    return digests


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What a local run writes, by name; sources are those of the store."""
    folder = tmp_path_factory.mktemp("local")
    for name, text in TEXTS.items():
        place = folder / "raw" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    local_run(folder / "raw", folder / "clean", RunOptions(Settings(**FAST)))
    found = (path for path in (folder / "clean").rglob("*") if path.is_file() and ".clean-news" not in path.parts)
    own = str(folder / "raw").encode()
    return {
        path.relative_to(folder / "clean").as_posix(): path.read_bytes().replace(own, RAW.encode()) for path in found
    }


def job(raw=RAW, clean=CLEAN, force=False, is_written=True, decisions=(), **settings):
    return run(raw, clean, RunOptions(Settings(**{**FAST, **settings}), force, decisions), is_written)


def contents(store, folder="/crawl/clean"):
    """What is in a folder, by name, without the project folder."""
    places = [place for place in store.store if place.startswith(f"{folder}/") and "/.clean-news/" not in place]
    return {place.removeprefix(f"{folder}/"): store.store[place].getvalue() for place in places}


def test_the_bytes_of_a_local_run(filled, expected):
    before = contents(filled, "/crawl/raw")
    assert job().cleaned == len(TEXTS)
    assert contents(filled) == expected
    assert contents(filled, "/crawl/raw") == before


def test_a_rerun_reads_no_article(filled):
    job()
    filled.requests.clear()
    summary = job()
    assert (summary.cleaned, summary.unchanged) == (0, len(TEXTS))
    assert filled.requests.count("GET") == 1  # the manifest
    assert filled.requests.count("PUT") == 2  # the summary
    assert contents(filled)


def test_only_what_changed_is_cleaned_again(filled):
    job()
    filled.pipe_file("/crawl/raw/c.txt", b"Another text.\n")
    summary = job()
    assert (summary.cleaned, summary.unchanged) == (1, len(TEXTS) - 1)
    assert contents(filled)["c.txt"] == b"Another text.\n"


@pytest.mark.usefixtures("filled")
def test_other_settings_clean_everything_again():
    job()
    assert job(stages=("encoding",)).cleaned == len(TEXTS)
    assert job(stages=("encoding",)).unchanged == len(TEXTS)


def test_without_the_manifest_the_logs_decide(filled, expected):
    job()
    filled.rm("/crawl/clean/.clean-news", recursive=True)
    summary = job()
    assert (summary.cleaned, summary.unchanged) == (0, len(TEXTS))
    filled.requests.clear()
    assert job().unchanged == len(TEXTS)
    assert filled.requests.count("GET") == 1  # there is a manifest again
    assert contents(filled) == expected


def test_a_damaged_manifest_is_not_used(filled, expected):
    job()
    for place in [each for each in filled.store if "/manifest/" in each]:
        filled.pipe_file(place, filled.store[place].getvalue()[:-9])
    assert job().unchanged == len(TEXTS)
    assert contents(filled) == expected


@pytest.mark.parametrize("replaces", [False, True])
@pytest.mark.parametrize("uploads", range(1, 2 * len(TEXTS) + 1))
def test_broken_off_at_any_upload(filled, expected, uploads, replaces):
    if replaces:  # there are pairs already
        job(stages=("characters",))
    break_off(filled, uploads)
    with pytest.raises(Broken):
        job()
    break_off(filled, None)
    summary = job()
    assert summary.failures == []
    assert contents(filled) == expected


@given(st.lists(st.integers(1, 9), max_size=4))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_broken_off_again_and_again_under_different_settings(filled, expected, breaks):
    for place in [each for each in filled.store if each.startswith("/crawl/clean/")]:
        del filled.store[place]
    for number, uploads in enumerate(breaks):
        break_off(filled, uploads)
        with contextlib.suppress(Broken):
            job(stages=(("characters",), ("encoding",))[number % 2])
    break_off(filled, None)
    assert job().failures == []
    assert contents(filled) == expected


def break_off(store, number):
    """Let a number of uploads succeed, the manifest's included, and none after them; None lets all succeed."""
    done = []

    def upload(_path, data):
        done.append(1)
        if len(done) > number:
            raise Broken
        return data

    type(store).before_upload = None if number is None else staticmethod(upload)


def test_half_of_an_upload_is_sent_again(filled, expected):
    cut = []

    def upload(path, data):
        if path.endswith(("one.txt", "c.txt.changes.json")) and path not in cut:
            cut.append(path)
            return data[: len(data) // 2]
        return data

    type(filled).before_upload = staticmethod(upload)
    summary = job()
    assert len(cut) == 2
    assert summary.failures == []
    assert contents(filled) == expected


def test_an_upload_that_never_arrives_whole_is_a_failure(filled):
    type(filled).before_upload = staticmethod(lambda path, data: data[:-1] if path.endswith("two.txt") else data)
    assert "did not arrive as it was sent" in str(job().failures[-1])


def test_errors_of_the_store_are_tried_again(filled, expected):
    failed = []

    def upload(path, data):
        if failed.count(path) < 2:
            failed.append(path)
            raise OSError(5, "We encountered an internal error")
        return data

    type(filled).before_upload = staticmethod(upload)
    assert job().failures == []
    assert contents(filled) == expected


def test_one_object_that_cannot_be_uploaded_costs_only_itself(filled, expected):
    def upload(path, data):
        if path.endswith("two.txt"):
            raise PermissionError(13, "AccessDenied for key AKIAABCDEFGHIJKLMNOP")
        return data

    type(filled).before_upload = staticmethod(upload)
    summary = job()
    assert [str(each) for each in summary.failures] == [
        f"{CLEAN}/a/two.txt: access is denied ([Errno 13] AccessDenied for key ***); give this machine access by "
        "environment variables, a profile or a role, then run the same command again"
    ]
    assert contents(filled) == {name: data for name, data in expected.items() if not name.startswith("a/two.txt")}


def test_a_clean_object_that_was_changed_is_kept(filled):
    job()
    filled.pipe_file("/crawl/clean/c.txt", b"By hand.\n")
    filled.pipe_file("/crawl/raw/c.txt", b"Another text.\n")
    summary = job()
    assert "/crawl/clean/c.txt" in str(summary.failures[0])
    assert "tmp" not in str(summary.failures[0])
    assert contents(filled)["c.txt"] == b"By hand.\n"
    assert job(force=True).failures == []
    assert contents(filled)["c.txt"] == b"Another text.\n"


def test_an_object_of_others_is_never_overwritten(filled):
    filled.pipe_file("/crawl/clean/c.txt", b"Of others.\n")
    for force in (False, True):
        assert "is there already and has no log" in str(job(force=force).failures[0])
        assert contents(filled)["c.txt"] == b"Of others.\n"


def test_decisions_and_protected_terms_of_clean(filled):
    filled.pipe_file("/crawl/clean/.clean-news/protected.txt", "caf\u00c3\u00a9\n".encode())
    summary = job()
    with_terms = contents(filled)
    filled.rm("/crawl/clean/.clean-news/protected.txt")
    assert summary.failures == []
    assert job().cleaned == len(TEXTS)
    assert b'"settings_sha256"' in with_terms["c.txt.changes.json"]
    assert contents(filled)["c.txt.changes.json"] != with_terms["c.txt.changes.json"]


def test_nothing_is_written_in_a_dry_run(filled):
    summary = job(is_written=False)
    assert summary.articles == 5
    assert contents(filled) == {}
    assert "PUT" not in filled.requests


@pytest.mark.parametrize("clean_is_remote", [True, False])
def test_one_of_both_may_be_a_folder(filled, expected, tmp_path, clean_is_remote):
    folder = tmp_path / ("raw" if clean_is_remote else "clean")
    for name, text in TEXTS.items() if clean_is_remote else ():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    places = (str(folder), CLEAN) if clean_is_remote else (RAW, str(folder))
    assert job(*places).cleaned == len(TEXTS)
    filled.requests.clear()
    assert job(*places).unchanged == len(TEXTS)
    assert filled.requests.count("GET") == int(clean_is_remote)
    if clean_is_remote:
        found = {name: data.replace(str(folder).encode(), RAW.encode()) for name, data in contents(filled).items()}
    else:
        files = (path for path in folder.rglob("*") if path.is_file() and ".clean-news" not in path.parts)
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    assert found == expected


def test_names_that_no_file_can_have(filled):
    for name in ("a//x.txt", "../x.txt", "notes.bin", ".hidden.txt"):
        filled.pipe_file(f"/crawl/raw/{name}", b"text")
    summary = job()
    assert [each.file for each in summary.failures] == [f"{RAW}/../", f"{RAW}/a//"]
    assert all("no file can have this name" in each.message for each in summary.failures)
    assert summary.cleaned == len(TEXTS)
    assert summary.passed_over == ["notes.bin"]


def test_names_that_differ_in_case_are_not_copied_side_by_side(filled):
    filled.pipe_file("/crawl/raw/C.txt", b"In capitals.\n")
    articles = [Article(RawObject(name, 9, None), NOTHING, (), frozenset()) for name in ("C.txt", "a.txt", "c.txt")]
    assert [[each.raw.name for each in batch] for batch in in_batches(articles)] == [["C.txt", "a.txt"], ["c.txt"]]
    job()
    assert contents(filled)["C.txt"] == b"In capitals.\n"
    assert contents(filled)["c.txt"] != b"In capitals.\n"


def test_raw_may_be_one_object(filled, expected):
    filled.requests.clear()
    summary = job(f"{RAW}/c.txt")
    assert summary.cleaned == 1
    assert contents(filled) == {name: data for name, data in expected.items() if name.startswith("c.txt")}
    assert filled.requests.count("GET") == 1
    assert job(f"{RAW}/c.txt").unchanged == 1
    assert job().cleaned == len(TEXTS) - 1


def test_per_path_settings_apply_below_raw(filled):
    from clean_news.settings import PathSettings

    table = PathSettings("/elsewhere", "a/**", (("stages", ("characters",)),))
    job(per_path=(table,))
    assert contents(filled)["a/one.txt"] == TEXTS["a/one.txt"].encode()
    assert contents(filled)["c.txt"] != TEXTS["c.txt"].encode()


def test_many_parts_are_joined(filled, monkeypatch, expected):
    monkeypatch.setattr("clean_news.stores.batches.MAX_OBJECTS", 1)
    monkeypatch.setattr("clean_news.stores.passes.MAX_PARTS", 2)
    job()
    assert len([each for each in filled.store if "/manifest/" in each]) == 1
    assert job().unchanged == len(TEXTS)
    assert contents(filled) == expected


@pytest.mark.parametrize(
    ("raw", "clean", "message"),
    [
        ("digests://me:secret@crawl/raw", CLEAN, "must not contain credentials"),
        ("digests://crawl/raw?X-Amz-Signature=secret", CLEAN, "must not contain credentials"),
        (RAW, RAW, "RAW and CLEAN are the same"),
        (RAW, f"{RAW}/clean", "CLEAN is inside RAW"),
        (f"{CLEAN}/raw", CLEAN, "RAW is inside CLEAN"),
        ("digests://crawl/nothing", CLEAN, "there is no object below this name"),
        ("nosuch://crawl/raw", CLEAN, "name a URL that fsspec knows"),
    ],
)
def test_wrong_places(filled, raw, clean, message):
    with pytest.raises(InputError, match=message) as caught:
        job(raw, clean)
    assert "secret" not in str(caught.value)
    assert contents(filled) == {}


def test_a_store_out_of_reach_stops_the_run(filled, monkeypatch):
    for number in range(20):
        filled.pipe_file(f"/crawl/raw/{number}.txt", b"text")

    def fail(*_args, **_named):
        raise TimeoutError("no answer, signed with X-Amz-Signature=abcdef")

    monkeypatch.setattr(type(filled), "get_file", fail)
    with pytest.raises(InputError, match="out of reach") as caught:
        job()
    assert "abcdef" not in str(caught.value)


@pytest.mark.usefixtures("filled")
def test_nothing_is_left_on_this_machine(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    abandoned = tmp_path / "clean-news-store-999999999-x"
    abandoned.mkdir()
    job()
    assert list(Path(tmp_path).iterdir()) == []
