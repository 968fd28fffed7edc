"""JSON documents: the strings at a path are cleaned in place, and the raw file is restored byte for byte."""

import io
import json
import random
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clean_news.change_log import LogError, TextChangedError
from clean_news.formats import UnreadableError, format_of, json_document
from clean_news.formats.json_paths import PathError, parse_path
from clean_news.settings import Settings

MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."


def test_file_extensions():
    assert format_of(Path("a.json")) is json_document
    assert format_of(Path("a.txt.changes.json")) is None


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("text", '[{"text": "%s", "id": 1}, {"id": 2, "text": "Fine."}]'),
        ("text", '{"x": [1, 2.50, {"text": "â€™"}], "text" : "%s"}'),
        ("[].text", '\ufeff [\r\n{"text":"%s"} , {"text":""}\t]\n'),
        ("articles[].body", '{"articles": [{"body": "%s", "n": 1E5}], "body": "â€™"}'),
        ("articles.body", '{"articles": [{"body": "%s"}, {"body": "Fine."}]}'),
        ("$.data[*].items[*].content.full", '{"data": [{"items": [{"content": {"full": "%s"}}]}, {"items": []}]}'),
        ("paragraphs[]", '{"paragraphs": ["%s", "Fine.", "\\u00e9"]}'),
        ("['a.b'].c", '{"a.b": {"c": "%s"}, "a": {"b": {"c": "â€™"}}}'),
        ("[][]", '[["%s"], [], ["Fine."]]'),
        ("text", '{"text": "â€™", "text": "%s"}'),
        ("a", '{"a": "%s\\/\\u0041"}'),
    ],
)
def test_the_texts_at_a_path_are_cleaned_and_everything_else_is_kept(round_trip, path, template):
    trip = round_trip(template.replace("%s", MOJIBAKE), "news.json", text_field=path)
    assert trip.clean.decode() == template.replace("%s", REPAIRED).replace("\\u0041", "A")
    assert trip.faults == []
    assert any(REPAIRED in text for text in trip.texts)


def test_names_are_ids_or_paths(round_trip):
    items = [{"id": "a/7", "body": "One."}, {"id": 12345678901234567890, "body": "Two."}, {"id": None, "body": "3."}]
    trip = round_trip(json.dumps({"x": items}), "news.json", text_field="x[].body")
    assert [log.id for log in trip.logs] == ["news.json#a/7", "news.json#12345678901234567890", "news.json#x[2].body"]


def test_escapes_stay_as_the_writer_has_them(round_trip):
    for as_ascii in (True, False):
        trip = round_trip(json.dumps([{"text": MOJIBAKE + " é"}], ensure_ascii=as_ascii), "news.json")
        assert trip.clean.decode() == json.dumps([{"text": REPAIRED + " é"}], ensure_ascii=as_ascii)


def test_what_is_no_text_is_kept_and_explained(round_trip):
    items = f'[{{"text": null}}, {{"body": "x"}}, 7, {{"text": "{MOJIBAKE}"}}, {{"text": ["a"]}}]'
    trip = round_trip(items, "news.json")
    assert trip.clean.decode() == items.replace(MOJIBAKE, REPAIRED)
    assert [fault.partition(";")[0] for fault in trip.faults] == [
        "[0].text: is not a string but null",
        "[1].text: there is no key 'text'",
        "[2]: is not an object but 7",
        '[4].text: is not a string but ["a"]',
    ]


@pytest.mark.parametrize("content", ["[]", ' {"articles": []}\n', '{"articles": [{"texts": []}]}'])
def test_a_document_without_articles_is_kept(round_trip, content):
    path = "[].text" if content == "[]" else "articles[].texts[].a"
    trip = round_trip(content, "news.json", text_field=path)
    assert (trip.clean.decode(), trip.texts, trip.faults) == (content, [], [])


@pytest.mark.parametrize(
    ("content", "path", "message"),
    [
        (b'{"a": 1} {"a": 2}', "a", "more than one JSON value.*jsonl"),
        (b'{"articles": [{"body": "A long text."}], "x": "b"}', "text",
         r"at 'text' \(text: there is no key 'text'\) \(most text is at articles\[\].body, x\); .*--text-field"),
        (b"[1, 2", "text", r"is not JSON \(.*line 1"),
        (b"", "text", "is not JSON"),
        (b'"text"', "text", "is not an object"),
        (b'{"text": "\xff"}', "text", "not UTF-8 .byte 0xff at 11"),
        ('{"text": "a"}'.encode("utf-16"), "text", "not UTF-8"),
        (b'{"text": "a"}', "a[", "is not a path.*articles"),
        (b"[" * 100_000, "text", "nested deeper"),
        (b"[" * 2_000_000, "text", "nested deeper"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "text", "nested deeper"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_be_read(tmp_path, content, path, message):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(UnreadableError, match=message):
        list(json_document.read(tmp_path / "a.json", Settings(text_field=path)))


def test_bounds(tmp_path):
    raw = tmp_path / "a.json"
    raw.write_bytes(b"[" + b'"",' * 210_000 + b'""]')
    with pytest.raises(UnreadableError, match="more than 200,000 texts"):
        list(json_document.read(raw, Settings(text_field="[]")))
    raw.write_bytes(b" " * (1 << 20) + b"[]")
    with pytest.raises(UnreadableError, match="larger than 1 MB"):
        list(json_document.read(raw, Settings(max_megabytes=1)))


@pytest.mark.parametrize(
    "unit", ['{"text":"a"},', '[],{"text":"a"},', '{"x":[[[]]],"text":"a"},', '"a",', '{"a":"\\\\"},']
)
def test_time_grows_with_the_length(tmp_path, seconds_of, unit):
    raw, seconds = tmp_path / "a.json", []
    for times in (1_000, 4_000):
        raw.write_text("[" + unit * times + '{"text": "b"}]')
        assert sum(row.article == "b" for row in json_document.read(raw, Settings())) == 1
        seconds.append(seconds_of(lambda: list(json_document.read(raw, Settings()))))
    assert seconds[1] < 8 * seconds[0] + 0.05


@pytest.mark.parametrize("path", ["", ".a", "a..b", "a[0]", "a[b]", "['a'", "a]", "a.", "$..a"])
def test_a_malformed_path(path):
    if path in {"", "a."}:
        assert parse_path(path.rstrip(".") or "a") == ("a",)
        return
    with pytest.raises(PathError, match="is not a path"):
        parse_path(path)


def test_files_by_json_writers(tmp_path, repairing, cleaned_file):
    rng = random.Random(19)
    texts = [MOJIBAKE, "Fine.", "", 'He said "cafÃ©" / left.\n\nA line.', "A\u2028B â€™", "\U0001f600 â€œx", "\ud83d"]
    for number in range(36):
        articles = [
            {"id": n, "body": rng.choice(texts), "tags": [rng.choice(texts)], "n": [1.10, None, {"body": "â€™"}]}
            for n in range(5)
        ]
        data = {"articles": articles, "body": "â€™"}
        options = {"indent": rng.choice([None, 0, 1, "\t"]), "ensure_ascii": rng.choice([True, False])}
        raw = tmp_path / f"{number}.json"
        if number % 3:
            content = json.dumps(data, **options).encode("utf-8", "surrogatepass").replace(b"\xed\xa0\xbd", b"")
        else:
            plain = json.loads(json.dumps(data).replace('\\ud83d"', '"'))
            content = msgspec.json.encode(plain)
        if number % 4 == 0:
            content = content.replace(b"/", b"\\/")
        raw.write_bytes(content)
        trip = cleaned_file(raw, tmp_path / "clean", repairing_at(repairing, "articles[].body"))
        after = json.loads(trip.clean)
        before = json.loads(content)
        assert [row.row.article for row in trip.rows] == [each["body"] for each in before["articles"]]
        assert [each.pop("body") for each in after["articles"]] == trip.texts
        for each in before["articles"]:
            del each["body"]
        assert after == before


def repairing_at(cleaner, path):
    return type(cleaner)(msgspec.structs.replace(cleaner.settings, text_field=path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just("x â€™ y"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "id", "c.d"]), inner),
    max_leaves=12,
)


@hypothesis_settings(max_examples=60, deadline=None)
@given(JSON, st.sampled_from(["a", "a[].b", "[].a", "b.a", "['c.d'][]", "[]"]), st.booleans())
def test_any_document_is_restored(repairing, cleaned_file, value, path, as_ascii):
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "a.json")
        raw.write_bytes(json.dumps(value, ensure_ascii=as_ascii).encode())
        try:
            trip = cleaned_file(raw, Path(folder, "clean"), repairing_at(repairing, path))
        except UnreadableError as error:
            assert "has no text at" in str(error)  # noqa: PT017  # both are right
            return
        json.loads(trip.clean)


def test_a_clean_file_or_a_log_that_was_changed(round_trip):
    trip = round_trip(json.dumps([{"text": MOJIBAKE}, {"text": MOJIBAKE}], ensure_ascii=False), "news.json")
    clean, logs = trip.path.read_bytes(), trip.log_path.read_bytes()

    def restored():
        json_document.restore(trip.path, trip.log_path, io.BytesIO())

    trip.path.write_bytes(clean.replace(REPAIRED.encode(), b"By hand.", 1))
    assert [text for text, _ in json_document.read_clean(trip.path, trip.log_path)] == ["By hand.", REPAIRED]
    with pytest.raises(TextChangedError):
        restored()
    trip.path.write_bytes(clean.replace(b'"text"', b'"body"', 1))
    assert isinstance(next(json_document.read_clean(trip.path, trip.log_path))[1], TextChangedError)
    trip.path.write_bytes(clean[:-1])
    with pytest.raises(TextChangedError, match="is not JSON"):
        restored()
    trip.path.write_bytes(clean.replace(b"]", b", {}]"))
    with pytest.raises(LogError, match="belong together"):
        restored()
    trip.path.write_bytes(clean)
    for before, after in ((b'"literal":"utf-8"', b'"literal":"x y"'), (b'"field":"text"', b'"field":"a["'),
                          (b'"field":"text"', b'"field":7')):  # fmt: skip
        trip.log_path.write_bytes(logs.replace(before, after))
        with pytest.raises(LogError):
            restored()
