"""The dictionary linter: a failing file for every code, --fix, and no findings in the shipped dictionaries."""

import re
from pathlib import Path

import pytest

from clean_news.dictionaries import folder
from clean_news.lexicography import check
from clean_news.lexicography.entry_files import read
from clean_news.lexicography.findings import REMEDIES
from clean_news.lexicography.reference_data import standard

CASES = Path(__file__).parents[1] / "cases" / "dictionary"
CODES = sorted(REMEDIES)


@pytest.fixture(scope="module")
def known():
    return standard(folder())


def codes_of(path, known, others=()):
    return [finding.code for finding in check.check([read(path)], [read(other) for other in others], known)]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_file_that_fails_for_it_alone(known, code):
    assert set(codes_of(CASES / f"{code}.tsv", known)) == {code}


def test_a_clean_file_has_no_findings(known):
    assert codes_of(CASES / "clean.tsv", known) == []


def test_the_table_lists_every_code():
    assert re.findall(r"^    (DICT\d+)  ", check.__doc__, re.MULTILINE) == CODES


def test_duplicates_are_found_across_files(known, tmp_path):
    other = tmp_path / "other.tsv"
    other.write_text("ferry\tnoun\tcraft\n", encoding="utf-8")
    assert codes_of(CASES / "clean.tsv", known, [other]) == ["DICT003"]


def test_a_known_choice_is_never_reported(known):
    chosen = known._replace(choices=frozenset({("digit", "figure")}))
    assert codes_of(CASES / "DICT012.tsv", chosen) == []


def test_first_choices_may_keep_the_word(known, tmp_path):
    path = tmp_path / "first-choices.tsv"
    path.write_text("# Choices.\nferries\tboats | =\nferry\t=\n", encoding="utf-8")
    assert codes_of(path, known) == []
    path.write_text("ferry\tboat\tvessel\n", encoding="utf-8")
    assert codes_of(path, known) == ["DICT001"]


def test_the_shipped_dictionaries_pass():
    assert [str(finding) for finding in check.check_files([], folder())] == []


def test_fix_sorts_and_removes_duplicates(tmp_path):
    path = tmp_path / "some.tsv"
    path.write_text("# Ships.\nport\tnoun\tharbor\nferry\tnoun\tboat | boat\nport\tnoun\tharbor\n", encoding="utf-8")
    assert check.fix(path)
    assert path.read_text(encoding="utf-8") == "# Ships.\nferry\tnoun\tboat\nport\tnoun\tharbor\n"
    assert not check.fix(path)


def test_fix_does_not_rewrite_a_file_with_malformed_lines(tmp_path):
    path = tmp_path / "some.tsv"
    text = "port\tnoun\tharbor\nferry noun boat\n"
    path.write_text(text, encoding="utf-8")
    assert not check.fix(path)
    assert path.read_text(encoding="utf-8") == text
