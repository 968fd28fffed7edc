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
    """The shipped resources, without what the shipped families write."""
    return standard(folder())._replace(choices=frozenset())


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


# The files of families

OF_EVERY_FILE = ("DICT001", "DICT002", "DICT003", "DICT004", "DICT008", "DICT009", "DICT010")
ONLY_OF_SUBJECTS = ("DICT006", "DICT007", "DICT011", "DICT012")


def family_file(tmp_path, text, name="own"):
    path = tmp_path / "families" / f"{name}.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("code", OF_EVERY_FILE)
def test_a_family_is_checked_for_it_too(known, tmp_path, code):
    text = (CASES / f"{code}.tsv").read_text(encoding="utf-8")
    assert set(codes_of(family_file(tmp_path, text), known)) == {code}


@pytest.mark.parametrize("code", ONLY_OF_SUBJECTS)
def test_a_family_may_write_wrong_senses(known, tmp_path, code):
    text = (CASES / f"{code}.tsv").read_text(encoding="utf-8")
    assert codes_of(family_file(tmp_path, text), known) == []


def test_every_code_is_decided_for_families():
    assert {*OF_EVERY_FILE, *ONLY_OF_SUBJECTS, "DICT005"} == set(CODES)


def test_a_family_may_write_an_inflection_but_not_the_original(known, tmp_path):
    path = family_file(tmp_path, "food\tnoun\tfoods\nonline\t-\ton-line\n")
    assert codes_of(path, known) == []
    path = family_file(tmp_path, "ferry\tnoun\tFerry\n")
    assert codes_of(path, known) == ["DICT005"]


def test_only_a_family_keeps_a_word(known, tmp_path):
    assert codes_of(family_file(tmp_path, "ferry\t-\tboat | =\nvessel\tnoun\t=\n"), known) == []
    path = tmp_path / "ships.tsv"
    path.write_text("ferry\t-\tboat | =\n", encoding="utf-8")
    assert codes_of(path, known) == ["DICT001"]


def test_families_repeat_originals_of_subjects_and_of_each_other(known, tmp_path):
    one, other = (family_file(tmp_path, "ferry\tnoun\tcraft\n", name) for name in ("one", "other"))
    assert codes_of(one, known, [CASES / "clean.tsv", other]) == []


def test_what_a_family_writes_is_a_known_choice(tmp_path):
    (tmp_path / "spin").mkdir()
    family_file(tmp_path / "spin", "digit\tnoun\tfigure | =\n")
    choices = standard(tmp_path).choices
    assert choices == {("digit", "figure"), ("digits", "figures")}


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
