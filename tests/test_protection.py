"""Protection: terms from settings and files, and text marked with “[sic]”, are not changed."""

import timeit
from functools import partial
from pathlib import Path

import pytest

from clean_news.article import Article, Repair
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.change_log import revert
from clean_news.cleaner import Cleaner
from clean_news.edits import replace
from clean_news.language.tokens import sentences
from clean_news.pipeline import Pipeline
from clean_news.protection import leaving_fixed, overlaps_any, protected_spans, protected_token_indices
from clean_news.provenance import settings_sha256
from clean_news.settings import Settings, SettingsError, from_mapping
from clean_news.stages import agreement, ocr, spin

RAW = Path(__file__).parents[1] / "raw"
SPUN = (RAW / "02-spun-foreign-ministry.txt").read_text(encoding="utf-8")
SCAN = (
    "Tho steamer Warrigal, which was to leavo for Sydney at noon yesterday, was detained at tbe wharf by a firc in "
    "thc hold. Tlie captain said that ho had seen smoke coming from tho hatch shortly boforo ten o'clock, aud that "
    "tho crew wero at once put to tho pumps. No lives wero lost, but tho damage to tho cargo is said to bo heavy. "
)


def protected(text, *terms):
    return [text[start:end] for start, end in protected_spans(text, Settings(protect=terms))]


def after(stage, text, **settings):
    """The text with every edit of a stage applied whose confidence is at least 0.5."""
    proposal = stage.propose(Article(text), Settings(min_words=1, **settings))
    for edit in sorted(proposal.edits, key=lambda edit: -edit.start):
        if edit.confidence >= 0.5:
            text = text[: edit.start] + edit.after + text[edit.end :]
    return text


@pytest.mark.parametrize(
    ("text", "terms", "found"),
    [
        ("The FERRY left, the ferry-man's ferry's bell too.", ["Ferry"], ["FERRY", "ferry", "ferry"]),
        ("Wall Road and Wall\nRoad, not Wall Lane.", ["wall road"], ["Wall Road", "Wall\nRoad"]),
        ("He met O’Neill’s aide.", ["o'neill"], ["O’Neill"]),
        ("New York Stock Exchange", ["New York", "york stock", "new york stock"], ["New York Stock"]),
        ("Ferryman", ["ferry"], []),
        ("Nothing", ["", " ", "_"], []),
    ],
)
def test_terms_are_found_in_whatever_case(text, terms, found):
    assert protected(text, *terms) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("They was [sic] late.", ["was [sic]"]),
        ("They recieve (SIC) and seperate [sic!] it.", ["recieve (SIC)", "seperate [sic!]"]),
        ("He wrote “we was robbed” [sic] and left.", ["“we was robbed” [sic]"]),
        ('One "a b" and "we was robbed." [sic] too.', ['"we was robbed." [sic]']),
        ("He wrote ‘we wasn’t there,’ [sic] he said.", ["‘we wasn’t there,’ [sic]"]),
        ("“We was robbed [sic],” he said.", ["robbed [sic]"]),
        ("Wrong, [sic] right.", ["Wrong, [sic]"]),
        ("The dogs' [sic] dinner.", ["dogs' [sic]"]),
        ("[sic] He left.", ["[sic]"]),
        ("A line\nended” [sic] here.", ["ended” [sic]"]),
        ("The [sick] and (sickly) man; sic transit.", []),
    ],
)
def test_text_marked_with_sic_is_found(text, found):
    assert protected(text) == found


def test_indices_of_protected_tokens():
    text = "The old ferry left. The ferry is new."
    spans = protected_spans(text, Settings(protect=("old ferry", "new")))
    assert protected_token_indices(sentences(text), spans) == [{1, 2}, {3}]
    assert protected_token_indices(sentences(text), []) == [set(), set()]
    assert not overlaps_any((0, 4), spans)


def test_spin_does_not_change_terms_even_inside_a_longer_repair():
    assert "foreign ministry" in after(spin, SPUN)
    assert "overseas ministry said" in after(spin, SPUN, protect=("OVERSEAS",))
    assert "our bodies" not in after(spin, SPUN)
    assert "12 other our bodies" in after(spin, SPUN, protect=("bodies",))


def test_ocr_does_not_change_terms_even_inside_a_longer_repair():
    cleaned = after(ocr, SCAN + "The com mittee met.", protect=("tlie CAPTAIN", "firc", "mittee"))
    assert "Tlie captain said that he" in cleaned
    assert "a firc in the hold" in cleaned
    assert " mittee met" in cleaned
    assert "committee" in after(ocr, SCAN + "The com mittee met.")


def test_agreement_does_not_change_terms():
    text = "He read a obvious book."
    article = Article(text, repairs=(Repair(10, 17, "0123456789ab", "SPIN001"),))
    assert [edit.after for edit in agreement.propose(article, Settings()).edits] == ["an"]
    assert agreement.propose(article, Settings(protect=("a obvious",))).edits == []


def test_no_stage_changes_text_marked_with_sic():
    spun = SPUN.replace("overseas ministry mentioned on Tuesday", "overseas [sic] ministry mentioned on Tuesday")
    assert "overseas [sic] ministry said" in after(spin, spun)
    assert "leavo [sic] for" in after(ocr, SCAN.replace("leavo for", "leavo [sic] for"))
    text = "He read a [sic] obvious book."
    article = Article(text, repairs=(Repair(16, 23, "0123456789ab", "SPIN001"),))
    assert agreement.propose(article, Settings()).edits == []


def test_terms_of_files_are_read_again_when_they_change(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("\ufeff# ours\nOverseas Ministry\r\n\n", encoding="utf-8")
    with_file = Settings(protect_file=(str(words),))
    assert "overseas ministry said" in after(spin, SPUN, protect_file=(str(words),))
    digest = settings_sha256(with_file)
    assert digest == settings_sha256(Settings(protect_file=(str(words),), protect=("overseas ministry",)))
    assert digest != settings_sha256(Settings())
    moved = tmp_path / "moved.txt"
    moved.write_text("overseas ministry\n", encoding="utf-8")
    assert settings_sha256(Settings(protect_file=(str(moved),))) == digest, (
        "the digest depends on the content, not on the path"
    )
    words.write_text("provide line\n", encoding="utf-8")
    assert settings_sha256(with_file) != digest
    assert "overseas ministry" not in after(spin, SPUN, protect_file=(str(words),))


def test_a_file_that_cannot_be_read_is_reported_before_the_run(tmp_path):
    with pytest.raises(SettingsError, match=r"gone\.txt: cannot be read \(No such file"):
        Pipeline(Settings(protect_file=(str(tmp_path / "gone.txt"),)))
    (tmp_path / "old.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(SettingsError, match=r"old\.txt: cannot be read .* in UTF-8"):
        Pipeline(from_mapping({"protect-file": [tmp_path / "old.txt"]}))


def test_terms_from_the_terminal_review_are_protected(tmp_path):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    (raw / "a.txt").write_text(SPUN, encoding="utf-8")
    assert run(raw, clean, RunOptions(Settings())).unchanged == 0
    assert run(raw, clean, RunOptions(Settings())).unchanged == 1
    (clean / ".clean-news" / "protected.txt").write_text("overseas ministry\n", encoding="utf-8")
    assert run(raw, clean, RunOptions(Settings())).unchanged == 0
    assert "overseas ministry said" in (clean / "a.txt").read_text(encoding="utf-8")
    assert run(raw, clean, RunOptions(Settings())).unchanged == 1


def test_ten_thousand_terms_cost_little_more_than_one():
    text = SPUN * 20
    terms = tuple(f"term{number} of many{number % 7}" for number in range(10_000))
    few, many = Settings(protect=("overseas ministry",)), Settings(protect=(*terms, "overseas ministry"))
    assert protected_spans(text, many) == protected_spans(text, few) != []
    of_few, of_many = (min(timeit.repeat(partial(protected_spans, text, each), number=1)) for each in (few, many))
    assert of_many < 3 * of_few + 0.01


@pytest.mark.parametrize(
    ("start", "end", "after", "left"),
    [
        (0, 3, "Two", [(0, 3, "Two")]),
        (4, 6, "", []),
        (0, 10, "", [(0, 4, ""), (6, 10, "")]),
        (5, 8, "", [(6, 8, "")]),
        (3, 6, "", []),
        (0, 10, "One  Two", []),
        (2, 8, "e.\n\nThr", [(7, 8, "hr")]),
        (2, 8, "e.\n\nTww", [(8, 8, "w")]),
        (4, 4, " ", [(4, 4, " ")]),
        (5, 5, " ", []),
        (6, 6, " ", [(6, 6, " ")]),
    ],
)
def test_edits_leave_fixed_spans(start, end, after, left):
    text = "One.\n\nTwo."
    [*found] = leaving_fixed(text, [replace(text, start, end, after, "LAYO001")], [(4, 6)])
    assert [(*edit.span, edit.after) for edit in found] == left
    assert all(text[slice(*edit.span)] == edit.before for edit in found)


def test_stages_leave_fixed_spans():
    text = "The minister\u200b spoke to the press\u200b.\n\n\n\nThe end."
    fixed = ((12, 13), (text.index("\n\n"), text.index("The end.")))
    cleaned = Cleaner(stages=("characters", "layout")).clean(text, fixed=fixed)
    assert cleaned.text == "The minister\u200b spoke to the press.\n\n\n\nThe end."
    assert revert(cleaned.text, cleaned.log).decode() == text
