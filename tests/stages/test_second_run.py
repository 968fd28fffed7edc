"""A second run of the encoding and characters stages over their own output changes nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean_news.article import Article
from clean_news.edits import apply
from clean_news.settings import Settings
from clean_news.stages import characters, encoding
from clean_news.stages.encoding.evidence import garbled

CASES = Path(__file__).parents[1] / "cases"
FILES = [path for path in sorted(CASES.rglob("*.json")) if path.parent.name != "robustness"]
CODECS = ["cp1252", "iso8859-1", "mac-roman", "cp1250", "cp850", "cp437", "cp1251"]


def cleaned(text):
    for stage in (encoding, characters):
        edits = stage.propose(Article(text), Settings()).edits
        text = apply(text, [edit for edit in edits if edit.state == "applied"])
    return text


def raw_texts(path):
    return [case["raw"] for case in json.loads(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_cases_of_all_stages(path):
    once = [cleaned(text) for text in raw_texts(path)]
    assert [cleaned(text) for text in once] == once


@pytest.mark.parametrize("codec", CODECS)
def test_the_clean_cases_garbled_in_a_codec(codec):
    for path in (CASES / "encoding").glob("genuine*.json"):
        for text in raw_texts(path):
            for layers in (1, 2):
                once = cleaned(garbled(garbled(text, codec), codec) if layers == 2 else garbled(text, codec))
                assert cleaned(once) == once, text


SENTENCE = (
    "The café’s owner didn’t pay – “ever” £5 in São Paulo, à la García (한국) 日本 Šimek Škoda ½ 5\xa0km "
    "soft\xadhyphen zero\u200bwidth नमस्ते 😀 lost\ufffd Москва NICIODATĂ™ √2\n"
)
WORDS = st.lists(st.sampled_from(SENTENCE.split(" ")), max_size=10).map(" ".join)


@given(WORDS, st.lists(st.sampled_from(CODECS), max_size=2), st.booleans())
def test_sentences_garbled_in_several_codecs(text, codecs, spaced):
    for codec in codecs:
        text = garbled(text, codec)
    once = cleaned(text.replace("\xa0", " ") if spaced else text)
    assert cleaned(once) == once
