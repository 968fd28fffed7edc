"""The pipeline: stages run in order, and their edits are judged, identified, applied, and passed to the next stage."""

import pytest

from clean_news.article import Article, Repair
from clean_news.pipeline import Pipeline, load_stage
from clean_news.settings import STAGES, Settings, SettingsError

TEXT = "The overseas ministry and an overseas power."


def run(*stages, text=TEXT, **settings):
    return Pipeline(Settings(stages=stages, **settings)).run(Article(text, "a.txt"))


def test_each_stage_gets_the_text_of_the_previous_one(foreign, make_stage):
    upper = make_stage("return Proposal([replace(text, 0, 11, text[:11].upper(), 'TEST002')])", "TEST002")
    outcome = run(foreign, upper)
    assert outcome.text == "THE FOREIGN ministry and an foreign power."
    assert [stage.name for stage in outcome.stages] == [foreign, upper]
    assert [edit.span for edit in outcome.stages[0].edits] == [(4, 12), (29, 37)]
    assert len({edit.id for stage in outcome.stages for edit in stage.edits}) == 3


def test_the_next_stage_gets_the_positions_of_earlier_repairs(foreign, make_stage):
    prefix = make_stage("return Proposal([replace(text, 0, 0, 'Yes: ', 'TEST002')])", "TEST002")
    seen = make_stage(
        """
        places = {repair.rule: text[repair.start:repair.end] for repair in article.repairs}
        ids = [repair.id for repair in article.repairs]
        return Proposal([], {"places": places, "ids": ids})
        """
    )
    outcome = run(foreign, prefix, seen)
    assert outcome.document["places"] == {"TEST002": "Yes: ", "TEST001": "foreign"}
    assert set(outcome.document["ids"]) == {edit.id for stage in outcome.stages for edit in stage.edits}


def test_the_confidence_decides_the_state(make_stage):
    stage = make_stage(
        """
        sure = [(0, 0.9), (1, 0.6), (2, 0.59), (3, 0.2), (4, 0.19)]
        edits = [replace(text, at, at + 1, "x", "TEST001", confidence) for at, confidence in sure]
        return Proposal([*edits, Edit("TEST001", (5, 6), text[5], "x", 0.99, "suggested")])
        """
    )
    outcome = run(stage, text="abcdef", apply_from=0.6, suggest_from=0.2)
    assert outcome.text == "xxcdef"
    assert [edit.state for edit in outcome.stages[0].edits] == [
        "applied",
        "applied",
        "suggested",
        "suggested",
        "suggested",
    ]
    assert run(stage, text="abcdef", apply_from=0.1, suggest_from=0.1).text == "xxxxxf"


def test_rules_can_be_switched_off(foreign):
    assert run(foreign, rules_off=("SPIN001",)).text != TEXT
    off = run("layout", text="The ferry left.\n\n\n\nIt was late.", rules_off=("LAY006",))
    assert off.text == "The ferry left.\n\n\n\nIt was late."


def test_a_rule_that_no_stage_has_cannot_be_switched_off(foreign):
    with pytest.raises(SettingsError, match=r"rules-off = 'LAX006' is not allowed; .*clean-news explain"):
        Pipeline(Settings(stages=(foreign,), rules_off=("LAX006",)))


def test_an_edit_is_not_applied_if_the_one_it_depends_on_is_not(make_stage):
    basis = make_stage("return Proposal([replace(text, 4, 12, 'odd', 'TEST001', settings.apply_from - 0.1)])")
    dependent = make_stage(
        """
        basis = article.repairs[0].id if article.repairs else "000000000000"
        return Proposal([Edit("TEST002", (0, 3), "The", "An", 0.99, depends_on=basis)])
        """,
        "TEST002",
    )
    outcome = run(basis, dependent)
    assert outcome.text == TEXT
    assert outcome.stages[1].edits[0].state == "suggested"
    applied = make_stage("return Proposal([replace(text, 4, 12, 'odd', 'TEST001', 0.9)])")
    assert run(applied, dependent).text == "An odd ministry and an overseas power."


def test_facts_and_metadata_of_all_stages_are_gathered(make_stage):
    first = make_stage("return Proposal([], {'spun': 0.9, 'words': 3}, {'date': '2022-03-22'}, 'too short')")
    second = make_stage("return Proposal([], {'words': 4}, {'image': article.metadata['date']})")
    outcome = run(first, second)
    assert outcome.document == {"spun": 0.9, "words": 3, f"{second}.words": 4}
    assert outcome.metadata == {"date": "2022-03-22", "image": "2022-03-22"}
    assert outcome.stages[0].held_off == "too short"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("raise KeyError('no such thing')", "KeyError: 'no such thing'"),
        (
            "return Proposal([replace(text, 0, 3, 'x', 'TEST001'), replace(text, 2, 4, 'y', 'TEST001')])",
            "Overlap: ",
        ),
        ("return Proposal([Edit('TEST001', (0, 3), 'abc', 'x')])", "Mismatch: "),
        (
            "return Proposal([replace(text, 0, 3, 'x', 'TEST001', what={1, 2} and object())])",
            "NotImplementedError: ",
        ),
        ("return Proposal([], {'spun': object()})", "NotImplementedError: object is not a JSON value"),
        ("return Proposal([], {}, {'date': 3})", "ValidationError: "),
        ("return Proposal([replace(text, 0, 3, chr(0xd800), 'TEST001')])", "UnicodeEncodeError: "),
        ("return None", "AttributeError: "),
    ],
)
def test_a_stage_that_fails_changes_nothing_and_the_others_run(foreign, make_stage, body, why):
    broken = make_stage(body)
    outcome = run(broken, foreign)
    assert outcome.text == "The foreign ministry and an foreign power."
    assert outcome.stages[0].failed.startswith(why)
    assert outcome.stages[0].edits == ()
    assert outcome.stages[1].failed is None


def test_edits_may_depend_on_repairs_made_before_the_pipeline(make_stage):
    stage = make_stage("return Proposal([Edit('TEST001', (0, 3), 'The', 'An', depends_on=article.repairs[0].id)])")
    article = Article(TEXT, repairs=(Repair(4, 12, "0123456789ab", "TEST000"),))
    assert Pipeline(Settings(stages=(stage,))).run(article).text.startswith("An overseas")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("spinn", "stages = 'spinn' is not allowed; allowed: a list of stage names (encoding, "),
        ("no_such_package.stage", "stages = 'no_such_package.stage' is not allowed"),
        ("clean_news.nothing", "stages = 'clean_news.nothing' is not allowed"),
        ("clean_news.edits", "the module clean_news.edits is not a stage: it does not define RULES and propose"),
    ],
)
def test_a_module_that_is_not_a_stage_is_refused(name, why):
    with pytest.raises(SettingsError) as error:
        load_stage(name)
    assert why in str(error.value)


def test_a_stage_with_a_missing_library_names_it(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "package_of_a_test").mkdir()
    (tmp_path / "package_of_a_test" / "stage_with_a_dependency.py").write_text(
        "from a_library_that_nobody_has import RULES, propose\n", encoding="utf-8"
    )
    with pytest.raises(SettingsError, match="cannot be imported: No module named 'a_library_that_nobody_has'; install"):
        load_stage("package_of_a_test.stage_with_a_dependency")


def test_every_stage_of_the_settings_can_be_loaded():
    for name in STAGES:
        assert load_stage(name).RULES
