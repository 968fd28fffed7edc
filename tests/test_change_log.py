"""The change log: its format, and reverting to the raw bytes."""

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news import change_log
from clean_news.change_log import ChangeLog, LogError, StageLog, TextChangedError, revert
from clean_news.charsets.decoding import Decoding, decode
from clean_news.cleaner import Cleaner
from clean_news.edits import apply, identify, replace
from clean_news.settings import Settings


def log_of(raw: bytes, *stages) -> tuple[str, ChangeLog]:
    """A clean text and its log; each stage is a list of (start, exclusive end, after)."""
    text, decoding = decode(raw)
    logs = []
    for number, places in enumerate(stages):
        edits = identify(text, [replace(text, *place, "TEST001", 0.9) for place in sorted(places)])
        text = apply(text, edits)
        logs.append(StageLog(f"stage{number}", tuple(edits)))
    log = ChangeLog(
        id="a.txt",
        source="raw/a.txt",
        raw_sha256=change_log.sha256(raw),
        clean_sha256=change_log.sha256(text),
        version="1.2.3",
        settings_sha256="0" * 64,
        dictionaries={"spin": "1" * 64},
        decoding=decoding,
        document={"spun": 0.99},
        metadata={"date": "2022-03-22"},
        stages=tuple(logs),
    )
    return text, log


RAW = b"The overseas ministry mentioned it on Monday.\n"
STAGES = ([(4, 12, "foreign")], [(21, 30, "said"), (0, 0, "\n"), (45, 45, "!")])


def test_a_log_is_one_line_of_json_with_the_fields_of_the_schema():
    _, log = log_of(RAW, *STAGES)
    line = change_log.write(log)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert line.startswith(b'{"schema":"clean-news/changes/1","id":"a.txt","source":"raw/a.txt","raw_sha256":')
    values = msgspec.json.decode(line)
    assert list(values) == [
        "schema", "id", "source", "raw_sha256", "clean_sha256", "version", "settings_sha256",
        "dictionaries", "decoding", "document", "metadata", "stages",
    ]  # fmt: skip
    edit = values["stages"][0]["edits"][0]
    assert edit == {
        "rule": "TEST001", "span": [4, 12], "before": "overseas", "after": "foreign",
        "confidence": 0.9, "state": "applied", "id": log.stages[0].edits[0].id,
    }  # fmt: skip


def test_a_stage_without_edits_is_logged():
    _, log = log_of(RAW, [])
    assert msgspec.json.decode(change_log.write(log))["stages"] == [{"name": "stage0", "edits": []}]


def test_what_is_read_is_what_was_written():
    _, log = log_of(RAW, *STAGES)
    assert change_log.read(change_log.write(log), "log") == log


def test_a_log_may_contain_numpy_scalars():
    _, log = log_of(RAW)
    odd = msgspec.structs.replace(log, document={"spun": np.float32(0.5), "words": np.int64(3)})
    assert msgspec.json.decode(change_log.write(odd))["document"] == {"spun": 0.5, "words": 3}


@pytest.mark.parametrize(
    "raw",
    [
        RAW,
        RAW.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + RAW,
        "\ufeffThe overseas ministry mentioned it on Monday.\n".encode("utf-16-le"),
        b"The overseas ministry mentioned it at the caf\xe9 \x96 \x93twice\x94.\r\n",
        b"The overseas ministry mentioned it \xff\xfe\x00 on Monday. \xe2\x80\n",
        b"The overseas ministry mentioned it\ron Monday.\r\nAnd left.\n",
    ],
    ids=["lf", "crlf", "bom", "utf-16", "cp1252", "invalid", "mixed line ends"],
)
def test_revert_gives_the_raw_bytes_back(raw):
    text, log = log_of(raw, *STAGES)
    assert "foreign ministry said" in text
    assert revert(text, change_log.read(change_log.write(log), "log")) == raw


# No deadline: the first example that is not UTF-8 loads the charset models, which is slow on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=60), st.data())
def test_whatever_was_decoded_and_edited_can_be_reverted(raw, data):
    try:
        length = len(decode(raw)[0])
    except ValueError:
        return
    cuts = sorted(data.draw(st.lists(st.integers(0, length), max_size=8, unique=True)))
    places = [
        (start, end, data.draw(st.text("ab\n é", max_size=3)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    text, log = log_of(raw, places)
    assert revert(text, log) == raw


def test_a_clean_text_that_was_changed_since_is_refused():
    text, log = log_of(RAW, *STAGES)
    with pytest.raises(TextChangedError, match=r"clean/a\.txt: was changed after clean-news wrote it; .*--force"):
        revert(text + " ", log, "clean/a.txt")


def test_a_log_that_was_changed_since_is_refused():
    text, log = log_of(RAW, *STAGES)
    edit = msgspec.structs.replace(log.stages[0].edits[0], before="foregn")
    stages = (StageLog("stage0", (edit,)), log.stages[1])
    with pytest.raises(LogError, match="does not reproduce the raw bytes"):
        revert(text, msgspec.structs.replace(log, stages=stages))
    edit = msgspec.structs.replace(edit, after="other")
    with pytest.raises(LogError, match="expects 'other'"):
        revert(text, msgspec.structs.replace(log, stages=(StageLog("stage0", (edit,)), log.stages[1])))
    with pytest.raises(LogError, match="does not reproduce"):
        revert(text, msgspec.structs.replace(log, decoding=Decoding("utf-16-le")))


@pytest.mark.parametrize("line", [b"", b"{", b"[1]", b"\xff", b'{"schema":"clean-news/changes/1"}'])
def test_a_line_that_is_not_a_log_is_refused(line):
    with pytest.raises(LogError, match=r"a\.json: is not a valid change log .*--force"):
        change_log.read(line, "a.json")


@pytest.mark.parametrize("line", [b"{}", b'{"schema":"clean-news/changes/2"}'])
def test_a_log_of_another_schema_is_refused(line):
    with pytest.raises(LogError, match=r"a\.json: is a log of schema .*use the version that wrote it"):
        change_log.read(line, "a.json")


def test_a_text_may_be_given_instead_of_bytes(foreign):
    cleaner = Cleaner(Settings(stages=(foreign,)))
    cleaned = cleaner.clean("The overseas\r\nministry \ud800.\r\n", "a", "somewhere")
    assert cleaned.text == "The foreign\nministry \ufffd\ufffd\ufffd.\n"
    assert cleaned.log.decoding.codec == "utf-8"
    assert (cleaned.log.id, cleaned.log.source) == ("a", "somewhere")
    assert revert(cleaned.text, cleaned.log) == "The overseas\r\nministry \ud800.\r\n".encode("utf-8", "surrogatepass")


def test_an_empty_article_has_an_empty_text_and_a_note(foreign):
    cleaned = Cleaner(Settings(stages=(foreign,))).clean(b"")
    assert cleaned.text == ""
    assert cleaned.log.note == "the article is empty"
    assert revert("", cleaned.log) == b""
