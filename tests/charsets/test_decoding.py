"""Lossless decoding of article bytes."""

import codecs

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clean_news.charsets import decoding
from clean_news.charsets.decoding import Decoding, NotText, Undecodable, decode, encode

SENTENCE = "The mayor said “we won’t wait” — and the café’s owner agreed to pay £5."


def round_trip(raw):
    text, record = decode(raw)
    text.encode("utf-8")  # raises for a surrogate
    assert encode(text, record) == raw
    # The log is JSON: the record read from it must restore the bytes as well.
    assert encode(text, msgspec.json.decode(msgspec.json.encode(record), type=Decoding)) == raw
    return text, record


@given(st.binary())
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00\x00")
@example(b"\xff\xfe\x00\xd8a\x00b")
@example(b"\xff\xfe\x00\x00\x00\xd8\x00\x00abc")
@example(b"\xfe\xff\x00a\x00\r\x00\n\x00")
@example(b"caf\xc3\xa9 \xe2\x80\x9cyes\xe2\x80\r\nno\x80\r\n")
@example(b"\xef\xbb\xbfIt\x92s\r")
def test_any_bytes_are_rejected_or_restored(raw):
    try:
        round_trip(raw)
    except NotText as refusal:
        assert "; " in str(refusal), "the message must name a remedy"  # noqa: PT017  # both outcomes are valid


WRITTEN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\n\r\t"))
CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1", "mac-roman", "cp1251"]


@given(WRITTEN, st.sampled_from(CODECS), st.sampled_from(["\n", "\r\n", "\r"]))
def test_text_in_any_codec_is_restored(text, codec, line_end):
    raw = text.replace("\n", line_end).encode(codec, "replace")
    round_trip(raw)


@given(st.text(st.sampled_from("abc “”’é\r\n")), st.binary(max_size=3), st.integers(0, 40))
def test_damaged_utf8_is_restored(text, damage, at):
    raw = text.encode("utf-8")
    round_trip(b"The caf\xc3\xa9 and \xe2\x80\x9cmore\xe2\x80\x9d. " + raw[:at] + damage + raw[at:])


@pytest.mark.parametrize(
    ("codec", "found", "bom"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8", True),
        ("utf-16", "utf-16-le", True),
        ("utf-16-le", "utf-16-le", False),
        ("utf-16-be", "utf-16-be", False),
        ("utf-32", "utf-32-le", True),
        ("cp1252", "cp1252", False),
        ("mac-roman", "mac-roman", False),
    ],
)
def test_the_codec_is_detected(codec, found, bom):
    text, record = round_trip(SENTENCE.encode(codec))
    assert text == SENTENCE
    assert (record.codec, record.bom) == (found, bom)
    assert record.why


@pytest.mark.parametrize(
    "text",
    [
        "It’s over.",
        "He said: “No.”",
        "naïve",
        "CAFÉ",
        "A £5 note",
        "word—word",
        "1914–18",
        "O’Malley",
        "20°C",
        "‘So’",
    ],
)
def test_one_byte_above_ascii_is_enough_for_cp1252(text):
    assert round_trip(text.encode("cp1252"))[0] == text


@pytest.mark.parametrize("text", ["It’s over.", "He said: “No.”", "naïve", "word—word", "‘So it is’", "€30 – up"])
def test_one_byte_above_ascii_is_enough_for_mac_roman(text):
    assert round_trip(text.encode("mac-roman"))[0] == text


def test_other_scripts_are_left_to_chardet():
    text = "Министерство сообщило, что переговоры не состоялись. Встреча перенесена."
    for codec in ("cp1251", "koi8-r"):
        decoded, record = round_trip(text.encode(codec))
        assert decoded == text
        assert record.why.startswith("chardet")


@pytest.mark.parametrize(
    ("raw", "text", "line_ends"),
    [
        (b"a\nb\n", "a\nb\n", "lf"),
        (b"a\r\nb\r\n", "a\nb\n", "crlf"),
        (b"a\rb\r", "a\nb\n", "cr"),
        (b"a\r\nb\n", "a\r\nb\n", "mixed"),
        (b"a\r\nb\rc\r\n", "a\r\nb\rc\r\n", "mixed"),
        (b"\xef\xbb\xbfa\r\nb", "a\nb", "crlf"),
    ],
)
def test_line_ends(raw, text, line_ends):
    decoded, record = round_trip(raw)
    assert (decoded, record.line_ends) == (text, line_ends)


def test_undecodable_bytes_are_recorded_with_their_offsets():
    raw = "“One”\r\n“Two".encode() + b"\x9d\x92 \xe2\x80\x9cThree\xe2\x80\x9d"
    text, record = round_trip(raw)
    assert text == "“One”\n“Two\ufffd\ufffd “Three”"
    assert record.undecodable == (Undecodable(10, 17, "9d"), Undecodable(11, 18, "92"))
    for bytes_ in record.undecodable:
        assert raw[bytes_.byte : bytes_.byte + 1].hex() == bytes_.hex


def test_a_byte_that_is_undefined_in_the_codec():
    text, record = round_trip(b"It\x92s \x93over\x94\x81, he said.")
    assert text == "It’s “over”\ufffd, he said."
    assert [bytes_.hex for bytes_ in record.undecodable] == ["81"]


def test_a_lone_surrogate_in_utf16_and_a_truncated_last_unit():
    raw = codecs.BOM_UTF16_LE + "abc".encode("utf-16-le") + b"\x00\xd8" + "d".encode("utf-16-le") + b"x"
    text, record = round_trip(raw)
    assert text == "abc\ufffdd\ufffd"
    assert [(bytes_.byte, bytes_.hex) for bytes_ in record.undecodable] == [(8, "00d8"), (12, "78")]


def test_the_raw_bytes_are_stored_if_encoding_does_not_restore_them(monkeypatch):
    raw = b"\x1b$B$3\x1b(B\x1b$B$s\x1b(B"  # escapes that iso2022_jp itself would not write
    monkeypatch.setattr(decoding, "detect", lambda *_: decoding.Detection("iso2022_jp", 0.5, "test"))
    text, record = decode(raw)
    assert text == "こん"
    assert record.raw_zlib
    assert encode(text, record) == raw


def test_a_codec_that_fails_falls_back_to_cp1252(monkeypatch):
    monkeypatch.setattr(decoding, "detect", lambda *_: decoding.Detection("utf-7", 0.5, "test"))
    text, record = decode(b"It\x92s +over")
    assert (text, record.codec, record.confidence) == ("It’s +over", "cp1252", 0.0)


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (b"%PDF-1.7\n...", "PDF"),
        (b"PK\x03\x04rest", "zip"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (bytes(range(256)) * 4, "control characters"),
        (b"\x00\x01\x02\x03", "NUL"),
    ],
)
def test_binary_data_is_rejected(raw, seen):
    with pytest.raises(NotText, match=seen):
        decode(raw)


def test_a_stray_control_byte_is_still_text():
    assert decode(b"Shares fell\x00 by a tenth on Monday, the exchange said.\x07")[0].startswith("Shares")


def test_encoding_a_changed_text_is_rejected():
    _, record = decode("“One” “Two".encode() + b"\x9d")
    with pytest.raises(ValueError, match="not the one that was decoded"):
        encode("something else", record)


def test_the_record_is_small():
    record = decode(b"Plain.\n")[1]
    assert msgspec.json.encode(record) == b'{"codec":"utf-8","confidence":1.0,"why":"ASCII"}'
