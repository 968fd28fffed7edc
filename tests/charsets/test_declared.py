"""Declared charsets: used if the bytes support them, overruled otherwise."""

import pytest

from clean_news import Cleaner
from clean_news.charsets.declared import codec_of, declared_charset
from clean_news.charsets.decoding import decode, encode
from clean_news.charsets.detection import detect
from clean_news.settings import Settings

CZECH = "The mayor of Plzeň, Jiří Kučera, said it’s over."


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("latin-1", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("windows-1250", "cp1250"),
        ("iso-8859-9", "cp1254"),
        ("GB2312", "gb18030"),
        ("Shift_JIS", "cp932"),
        ("euc-kr", "cp949"),
        ("Big5", "big5hkscs"),
        ("x-gbk", "gb18030"),
        ("ISO-8859-8-I", "iso8859-8"),
        ("windows-874", "cp874"),
        ("x-mac-ukrainian", "mac-cyrillic"),
        ("csisolatin2", "iso8859-2"),
        ("x-user-defined", None),
        ("hz-gb-2312", None),
        ("macintosh", "mac-roman"),
        ("utf8", "utf-8"),
        ("UTF-16", "utf-16-le"),
        ("'koi8-r'", "koi8-r"),
        ("klingon", None),
        ("utf-7", None),
        ("rot13", None),
        ("hex", None),
        ("", None),
        ("a\0b", None),
    ],
)
def test_labels_are_resolved_as_on_the_web(label, codec):
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b'<!DOCTYPE html><html><head><meta charset="windows-1250">', "windows-1250"),
        (b"<html><META http-equiv=Content-Type content='text/html; charset=koi8-r'>", "koi8-r"),
        (b'<?xml version="1.0" encoding="ISO-8859-2"?><a/>', "ISO-8859-2"),
        (b'\n <html><meta name="x"><meta charset=utf-16>', "utf-8"),
        (b'<html><!-- <meta charset="cp1251"> --><meta charset="cp1250">', "cp1250"),
        (b"<html><body>no declaration</body>", None),
        (b'The page said <meta charset="windows-1250">.', None),
        (b"<html>" + b" " * 1024 + b'<meta charset="cp1250">', None),
    ],
)
def test_declarations_in_html_and_xml(body, label):
    assert declared_charset(body) == label


@pytest.mark.parametrize("codec", ["cp1250", "cp852", "iso8859-2"])
def test_a_correct_declaration_is_used(codec):
    text = CZECH.replace("’", "'")
    decoded, record = decode(text.encode(codec), codec)
    assert (decoded, record.codec) == (text, codec)
    assert record.why.startswith(f"declared as {codec}")


def test_a_declaration_decides_between_equally_plausible_codecs():
    raw = "Mr Győri paid.".encode("cp1250")
    assert decode(raw)[0] == "Mr Gyõri paid."
    assert decode(raw, "windows-1250")[0] == "Mr Győri paid."


@pytest.mark.parametrize("codec", ["cp932", "gb18030", "euc-jp", "big5hkscs", "cp1255", "cp1256", "cp874"])
def test_declarations_of_other_scripts_are_used(codec):
    words = {"cp1255": "שלום", "cp1256": "مرحبا", "cp874": "สวัสดี", "cp932": "東京の", "euc-jp": "東京の"}
    text = f"The sign read {words.get(codec, '中国人民')}, he said."
    assert decode(text.encode(codec), codec)[0] == text


@pytest.mark.parametrize(
    ("text", "codec", "declared", "why"),
    [
        (CZECH, "utf-8", "iso-8859-1", "valid UTF-8"),
        (CZECH, "cp1250", "utf-8", "is no character in it"),
        ("It’s the café’s “menu”.", "cp1252", "macintosh", "likelier in cp1252"),
        ("It’s the café’s “menu”.", "mac-roman", "windows-1252", "likelier in mac-roman"),
        ("It’s the café’s “menu”.", "cp1252", "gb18030", "overruled"),
        ("It’s the café’s “menu”.", "cp1252", "klingon", "there is no such charset"),
        ("It’s the café’s “menu”.", "cp1252", "utf-16", "another width"),
        ("It’s the café’s “menu”.", "utf-16-le", "utf-8", "another width"),
    ],
)
def test_a_wrong_declaration_is_overruled(text, codec, declared, why):
    raw = text.encode(codec)
    decoded, record = decode(raw, declared)
    assert decoded == text
    assert f"declared as {declared}" in record.why
    assert "overruled" in record.why
    assert why in record.why
    assert encode(decoded, record) == raw


def test_a_byte_order_mark_outweighs_a_declaration():
    assert decode(CZECH.encode("utf-8-sig"), "cp1250")[0] == CZECH
    assert decode(CZECH.encode("utf-16"), "cp1250")[0] == CZECH


def test_the_declaration_of_the_caller_precedes_that_in_the_text():
    raw = '<html><meta charset="windows-1250">Mr Győri paid.'.encode("cp1250")
    assert decode(raw)[1].why.startswith("declared as windows-1250 in the text")
    assert "Győri" in decode(raw)[0]
    assert "Győri" in decode(raw, "utf-8")[0], "a wrong declaration of the caller falls back to the one in the text"
    assert detect(raw, "iso8859-1").codec == "cp1252"


def test_the_setting_and_the_argument_of_a_cleaner():
    raw = "Mr Győri paid.".encode("cp1250")
    assert Cleaner(Settings(stages=(), charset="windows-1250")).clean(raw).text == "Mr Győri paid."
    cleaned = Cleaner(Settings(stages=(), charset="utf-8")).clean(raw, charset="windows-1250")
    assert cleaned.text == "Mr Győri paid."
    assert cleaned.log.decoding.why.startswith("declared as windows-1250")
