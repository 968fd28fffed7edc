"""UTF-8 mixed with another codec, in a text, in a web page and in a web archive; padding; UTF-32 without a mark."""

import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.charsets.decoding import Decoding, NotText, decode, encode

SENTENCE = "“We won’t wait,” said the mayor of Málaga, José Núñez – and the café’s owner agreed to pay."


def read(raw, declared=None):
    """Decode bytes and check that they are restored, also from a record that was written as JSON."""
    text, record = decode(raw, declared)
    text.encode("utf-8")
    assert encode(text, msgspec.json.decode(msgspec.json.encode(record), type=Decoding)) == raw
    return text, record


@pytest.mark.parametrize("codec", ["cp1252", "mac-roman"])
@pytest.mark.parametrize(("in_utf8", "in_codec"), [(1, 1), (10, 1), (1, 10)])
def test_lines_in_two_codecs(codec, in_utf8, in_codec):
    line = SENTENCE + "\n"
    text, record = read(line.encode() * in_utf8 + line.encode(codec) * in_codec)
    assert text == line * (in_utf8 + in_codec)
    assert (record.codec, record.stray_codec, record.undecodable) == ("utf-8", codec, ())
    assert all(text[at] > "\x7f" for at in record.stray)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_words_of_a_line_in_two_codecs(line_end):
    words = [word.encode("cp1252" if place % 2 else "utf-8") for place, word in enumerate(SENTENCE.split(" "))]
    raw = b" ".join(words) + line_end.encode()
    assert read(raw)[0] == SENTENCE + "\n"


@pytest.mark.parametrize("stray", [b"\x91", b"\x92", b"\x93", b"\x94", b"\x96", b"\x97", b"\xa0", b"\xe9", b"\x85"])
def test_a_single_stray_byte_is_enough(stray):
    contexts = {
        b"\x91": b"He said \x91no.", b"\x92": b"It didn\x92t open.", b"\x93": b"He said: \x93No.",
        b"\x94": b"It was \x93late.\x94 He left.", b"\x96": b"Pages 10\x9620 were lost.", b"\x97": b"Nobody \x97 ever.",
        b"\xa0": b"About 5\xa0km away.", b"\xe9": b"The caf\xe9 was shut.", b"\x85": b"And then\x85 nothing.",
    }  # fmt: skip
    raw = "The café in Besançon was full. ".encode() + contexts[stray]
    text, record = read(raw)
    assert text.endswith(contexts[stray].decode("cp1252"))
    assert "café in Besançon" in text
    assert record.stray_codec == "cp1252"


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "windows-1252", "klingon"])
def test_a_declaration_of_one_of_them_is_overruled(declared):
    text, record = read("The café".encode() + b" didn\x92t open.", declared)
    assert text == "The café didn’t open."
    assert "mixed with 1 byte in cp1252" in record.why


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "gb18030", "cp932", "big5", "cp1253", "cp1256", "euc-jp"])
def test_other_codecs_are_not_taken_for_a_mixture(codec):
    samples = {
        "gb18030": "市长说，新桥将在五月开放，居民对此表示欢迎。",
        "big5": "市長說，新橋將在五月開放，居民對此表示歡迎。",
        "cp932": "市長は新しい橋が五月に開通すると述べた。", "euc-jp": "市長は新しい橋が五月に開通すると述べた。",
        "cp1253": "Ο δήμαρχος είπε ότι η νέα γέφυρα θα ανοίξει τον Μάιο.", "cp1256": "قال رئيس البلدية إن الجسر سيفتح",
    }  # fmt: skip
    text = samples.get(codec, "Мэр сообщил, что новый мост откроют в мае, и жители этому рады.")
    assert not read((text * 3).encode(codec))[1].stray_codec


def test_damage_is_not_read_in_another_codec():
    text, record = read("He said “no”, she “yes”, and it’s late. ".encode() + b"Two\xe2\x80 and \xff\xfe.")
    assert text.count("\ufffd") == 4
    assert not record.stray


@given(st.text(st.sampled_from("abc “”’éñ–\r\n")), st.binary(max_size=4), st.integers(0, 40))
def test_any_mixture_is_restored(text, damage, at):
    raw = text.encode("cp1252")
    read("The café’s “owner” didn’t pay. ".encode() + raw[:at] + damage + raw[at:])


@pytest.mark.parametrize(
    "change", [{"stray": (10**6,)}, {"stray": (0, 0)}, {"stray_codec": "rot13"}, {"stray_codec": "cp1251"}]
)
def test_a_changed_record_is_rejected(change):
    text, record = decode("The café".encode() + b" didn\x92t open; it was \xe9 .")
    with pytest.raises(ValueError, match=r"."):
        encode(text, msgspec.structs.replace(record, **change)) == b"" or pytest.fail("it was accepted")


@pytest.mark.parametrize("codec", ["utf-32-le", "utf-32-be"])
def test_utf32_without_a_mark(codec):
    text, record = read((SENTENCE * 2).encode(codec))
    assert (text, record.codec) == (SENTENCE * 2, codec)
    assert read("No.".encode(codec))[0] == "No."


def test_nul_padded_text_is_text():
    for codec in ("utf-8", "cp1252", "ascii"):
        raw = SENTENCE.encode(codec, "ignore")
        for padded in (raw + b"\0" * 4000, b"\0" * 64 + raw, raw.ljust(512, b"\0") * 3):
            assert read(padded)[0].replace("\0", "").startswith(raw.decode(codec))


@pytest.mark.parametrize(
    "raw",
    [
        b"\0" * 500,
        b"a.txt".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 248 + b"A story.",
        b"SQLite format 3\0" + b"\0" * 900,
        b"\x7fELF\x02\x01\x01" + b"\0" * 200,
        (b"\x01\x02\x03text" + b"\0" * 20) * 20,
    ],
)
def test_padded_binary_data_is_not(raw):
    with pytest.raises(NotText):
        decode(raw)


PAGE = (
    '<html><head><meta charset="utf-8"><title>Ferry</title></head><body><article><h1>The ferry</h1><p>'
    + "The café’s owner on the quay of Besançon said the ferry had been late for a week, and nobody knew why. "
    + "</p><p>@</p><p>Passengers were told to wait in the hall until the harbour master had read the letter.</p>"
    + "</article></body></html>"
)
STRAY = "The mayor didn’t reply – “no comment”, her office said, and the résumé was never sent to the paper."


def test_a_page_with_two_codecs_is_read_before_it_is_parsed():
    pytest.importorskip("trafilatura")
    from clean_news.formats.main_text import main_text

    page = PAGE.encode().replace(b"@", STRAY.encode("cp1252"))
    text = main_text(page, "utf-8").text
    assert STRAY in text
    assert "café’s owner on the quay of Besançon" in text


def test_an_archive_with_two_codecs(tmp_path):
    pytest.importorskip("trafilatura")
    warcio = pytest.importorskip("warcio")
    from warcio.statusandheaders import StatusAndHeaders

    from clean_news.formats import web_archive
    from clean_news.settings import Settings

    path = tmp_path / "pages.warc"
    with path.open("wb") as file:
        writer = warcio.warcwriter.WARCWriter(file, gzip=False)
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        page = io.BytesIO(PAGE.encode().replace(b"@", STRAY.encode("cp1252")))
        writer.write_record(
            writer.create_warc_record("http://example.org/ferry", "response", payload=page, http_headers=headers)
        )
    (row,) = [row for row in web_archive.read(path, Settings()) if row.article]
    assert STRAY in row.article
