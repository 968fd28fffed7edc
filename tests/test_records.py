"""Records and batches: nothing lost, nothing raised, and each leads back; with the libraries that they are for."""

import copy
import itertools
import json
import os
import pickle
from types import MappingProxyType

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clean_news
from clean_news import ChangeLog, Cleaner, log_of, revert, revert_batch, revert_record
from clean_news.change_log import LogError
from clean_news.decisions import Decisions, decision_on
from clean_news.settings import Settings

BROKEN = "The ministry didnâ€™t reply."
WHOLE = "The ministry didn’t reply."
FAULTY = [None, 12, ["a list"], b"bytes", {"a": "dict"}, float("nan")]
NOTHING = object()


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


@pytest.fixture(scope="module")
def light():
    """Without the stages that load a language model, for what has many rounds."""
    return Cleaner(Settings(stages=("encoding", "characters", "layout")))


def test_a_record_comes_out_clean_with_its_log(cleaner):
    record = MappingProxyType({"site": "a", "id": 7, "text": BROKEN, "tags": ["x"]})  # cannot be changed
    (clean,) = cleaner.clean_records([record])
    assert list(clean) == ["site", "id", "text", "tags", "changes"]
    assert (clean["site"], clean["id"], clean["text"], clean["tags"]) == ("a", 7, WHOLE, ["x"])
    assert clean["changes"]["id"] == "7"
    assert record["text"] == BROKEN


def test_the_log_of_a_record_is_json(cleaner):
    (clean,) = cleaner.clean_records([{"id": 7, "text": BROKEN}])
    assert json.loads(json.dumps(clean)) == clean


def test_the_ways_back_from_a_record(cleaner):
    raw = {"id": 7, "text": BROKEN}
    (clean,) = cleaner.clean_records([raw])
    assert revert_record(clean) == raw
    assert revert(clean["text"], log_of(clean["changes"])) == BROKEN.encode()
    assert msgspec.convert(clean["changes"], ChangeLog) == log_of(clean["changes"])
    assert log_of(json.dumps(clean["changes"])) == log_of(clean["changes"])


def test_nothing_is_reverted_that_was_changed_since(cleaner):
    (clean,) = cleaner.clean_records([{"text": BROKEN}])
    with pytest.raises(LogError, match="was changed after"):
        revert_record({**clean, "text": "Another text."})
    with pytest.raises(LogError, match="gone"):
        revert_record({**clean, "text": None})
    with pytest.raises(LogError, match="no log in the field 'log'"):
        revert_record(clean, changes_field="log")
    with pytest.raises(LogError, match="is not a valid change log"):
        revert_record({**clean, "changes": "{"})


@pytest.mark.parametrize("value", [*FAULTY, NOTHING], ids=lambda value: "nothing" if value is NOTHING else repr(value))
def test_what_is_no_text_is_passed_on_and_the_log_says_why(cleaner, value):
    raw = {"id": "odd", "text": value, "more": 1} if value is not NOTHING else {"id": "odd", "more": 1}
    before, odd, after = cleaner.clean_records([{"text": BROKEN}, raw, {"text": BROKEN}])
    assert before["text"] == after["text"] == WHOLE
    assert {field: kept for field, kept in odd.items() if field != "changes"} == raw
    assert "the text is" in odd["changes"]["note"]
    assert "text_field" in odd["changes"]["note"]
    assert revert_record(odd) == raw


def test_a_fault_of_ours_costs_no_record(light, monkeypatch):
    cleaner = pickle.loads(pickle.dumps(light))
    good = cleaner.clean

    def failing(text, *more):
        if "bad" in text:
            raise RuntimeError("broken \ud800 inside")
        return good(text, *more)

    monkeypatch.setattr(cleaner, "clean", failing)
    bad, whole = cleaner.clean_records([{"text": "bad"}, {"text": BROKEN}])
    assert bad["text"] == "bad"
    assert "RuntimeError: broken" in bad["changes"]["note"]
    assert whole["text"] == WHOLE


def test_records_are_cleaned_when_they_are_asked_for(light):
    endless = ({"id": number, "text": BROKEN} for number in itertools.count())
    first = list(itertools.islice(light.clean_records(endless), 3))
    assert [record["id"] for record in first] == [0, 1, 2]
    assert next(endless)["id"] == 3


def test_a_record_without_an_id_is_called_by_its_number(light):
    records = light.clean_records([{"text": "One."}, {"text": "Two.", "id": 0}, {"text": "Three.", "id": "\ud800"}])
    assert [record["changes"]["id"] for record in records] == ["1", "0", "\\ud800"]


def test_the_fields_can_be_named(light):
    (clean,) = light.clean_records([{"url": "a", "body": BROKEN}], "body", "url", "log")
    assert (clean["body"], clean["log"]["id"]) == (WHOLE, "a")
    assert revert_record(clean, "body", "log") == {"url": "a", "body": BROKEN}
    of_settings = Cleaner(Settings(stages=("encoding",), text_field="body", id_field="url"))
    assert next(of_settings.clean_records([{"url": "a", "body": BROKEN}]))["changes"]["id"] == "a"


def test_the_log_can_be_left_out(light):
    assert list(light.clean_records([{"text": BROKEN}], changes_field=None)) == [{"text": WHOLE}]
    assert light.clean_batch({"text": [BROKEN]}, changes_field=None) == {"text": [WHOLE]}


def test_the_log_never_overwrites_the_text(light):
    with pytest.raises(ValueError, match="name another"):  # at once, not when the first record is asked for
        light.clean_records([], changes_field="text")
    with pytest.raises(ValueError, match="name another"):
        light.clean_batch({"text": []}, changes_field="text")


def test_what_stood_in_the_field_of_the_changes_comes_back(light):
    raw = {"text": BROKEN, "changes": ["of an editor"]}
    (once,) = light.clean_records([raw])
    (twice,) = light.clean_records([once])
    assert revert_record(twice) == once
    assert revert_record(once) == raw
    batch = light.clean_batch(light.clean_batch({"text": [BROKEN, None]}))
    assert revert_batch(revert_batch(batch)) == {"text": [BROKEN, None]}


def test_what_cannot_be_kept_of_the_field_of_the_changes_leaves_the_text_alone(light):
    (clean,) = light.clean_records([{"text": BROKEN, "changes": object()}])
    assert clean["text"] == BROKEN
    assert "name another changes_field" in clean["changes"]["note"]


VALUES = st.one_of(st.text(st.characters(codec=None)), st.none(), st.integers(), st.binary(max_size=5))


@given(values=st.lists(VALUES, max_size=4))
@settings(deadline=None, max_examples=60)
def test_any_records_and_columns_lead_back(light, values):
    raw = [{"id": number, "text": value} for number, value in enumerate(values)]
    unchanged = copy.deepcopy(raw)
    clean = list(light.clean_records(raw))
    assert raw == unchanged
    assert [revert_record(record) for record in clean] == raw
    columns = {"text": values, "id": list(range(len(values)))}
    batch = light.clean_batch(columns)
    assert batch["text"] == [record["text"] for record in clean]
    assert all(type(changes) is str for changes in batch["changes"])
    assert revert_batch(batch) == columns


def test_a_batch_keeps_its_columns_as_they_are(light):
    texts, sites = [BROKEN, 5], object()
    batch = light.clean_batch({"site": sites, "text": texts})
    assert batch["site"] is sites
    assert texts == [BROKEN, 5]
    assert batch["text"] == [WHOLE, 5]
    assert [log_of(changes).id for changes in batch["changes"]] == ["", ""]


def test_a_batch_without_texts_is_a_mistake(light):
    with pytest.raises(ValueError, match="no column 'text', only body"):
        light.clean_batch({"body": [BROKEN]})
    with pytest.raises(ValueError, match="differ in length"):
        light.clean_batch({"text": [BROKEN], "id": [1, 2]})


def test_a_cleaner_can_be_sent_to_other_processes(light):
    first = light.clean(BROKEN, "a")
    edit = first.log.stages[0].edits[0]
    refused = Decisions([decision_on(edit, "a", "reject", "everywhere")])
    sent = pickle.loads(pickle.dumps(Cleaner(light.settings, refused)))
    assert sent.settings == light.settings
    assert sent.clean(BROKEN, "a").text == Cleaner(light.settings, refused).clean(BROKEN, "a").text == BROKEN


def test_the_names_are_public():
    for name in ("log_of", "revert_batch", "revert_record"):
        assert name in clean_news.__all__
        assert callable(getattr(clean_news, name))


def test_numpy_columns(light):
    np = pytest.importorskip("numpy")
    for kind in (object, str):
        columns = {"text": np.array([BROKEN, WHOLE], dtype=kind), "id": np.array([1, 2]), "vector": np.eye(2)}
        batch = light.clean_batch(columns)
        assert batch["text"] == [WHOLE, WHOLE]
        assert log_of(batch["changes"][0]).id == "1"
        assert batch["vector"] is columns["vector"]
        assert revert_batch(batch)["text"] == [BROKEN, WHOLE]


def test_a_data_frame(light):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"text": [BROKEN, None], "site": ["a", "b"]}, index=[5, 9])
    clean = frame.assign(**light.clean_batch(frame))
    assert clean.text[5] == WHOLE
    assert pd.isna(clean.text[9])
    assert list(clean.site) == ["a", "b"]
    assert frame.text[5] == BROKEN
    assert revert_batch(clean)["text"][0] == BROKEN


def test_arrow_columns(light):
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"text": [BROKEN, None], "site": ["a", "b"]})
    batch = light.clean_batch(dict(zip(table.column_names, table.columns, strict=True)))
    assert pa.table(batch).select(["text", "site"]).to_pydict() == {"text": [WHOLE, None], "site": ["a", "b"]}


@pytest.mark.parametrize("processes", [1, 2])
def test_hugging_face_datasets(light, processes, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    raw = [{"id": str(number), "text": BROKEN if number % 2 else None} for number in range(6)]
    data = datasets.Dataset.from_list(raw)
    clean = data.map(
        light.clean_batch,
        batched=True,
        batch_size=2,
        num_proc=processes if processes > 1 else None,
        cache_file_name=str(tmp_path / "cleaned.arrow"),
    )
    assert list(clean["text"]) == [WHOLE if number % 2 else None for number in range(6)]
    assert [log_of(changes).id for changes in clean["changes"]] == [str(number) for number in range(6)]
    back = clean.map(
        revert_batch, batched=True, remove_columns=["changes"], cache_file_name=str(tmp_path / "reverted.arrow")
    )
    assert list(back) == raw


@pytest.mark.full
def test_ray(light):
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=1, include_dashboard=False, runtime_env={"env_vars": {"PYTHONPATH": os.environ["PYTHONPATH"]}})
    try:
        raw = [{"id": str(number), "text": BROKEN} for number in range(6)]
        rows = ray.data.from_items(raw).map_batches(light.clean_batch, batch_size=3).take_all()
    finally:
        ray.shutdown()
    assert [row["text"] for row in rows] == [WHOLE] * 6
    assert sorted((revert_record(row) for row in rows), key=lambda row: row["id"]) == raw
