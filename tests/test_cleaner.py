"""What Python users see first: the package's names, and the ways to give a Cleaner its settings."""

import pytest

import clean_news
from clean_news import Cleaner
from clean_news.settings import Settings, SettingsError


def test_the_package_shows_its_public_names():
    assert dir(clean_news) == sorted(clean_news.__all__)
    assert {"Cleaner", "clean", "revert"} <= set(dir(clean_news))
    for name in clean_news.__all__:
        assert getattr(clean_news, name)
    with pytest.raises(AttributeError, match="no attribute 'scrub'"):
        clean_news.scrub  # noqa: B018


@pytest.mark.parametrize(
    "made",
    [
        lambda: Cleaner(level="bold", text_field="body"),
        lambda: Cleaner({"level": "bold", "text-field": "body"}),
        lambda: Cleaner({"level": "safe", "text_field": "body"}, level="bold"),
        lambda: Cleaner(Settings(level="bold", text_field="body")),
    ],
    ids=["keywords", "mapping", "both", "Settings"],
)
def test_settings_can_be_given_in_every_form(made):
    assert made().settings == Settings(level="bold", text_field="body")
    assert made().settings.apply_from == 0.5


@pytest.mark.parametrize(
    ("made", "error", "message"),
    [
        (lambda: Cleaner(levle="bold"), SettingsError, "there is no setting levle .* did you mean level?"),
        (lambda: Cleaner(level="bald"), SettingsError, "level = 'bald' is not allowed; allowed: safe, normal or bold"),
        (lambda: Cleaner("bold"), TypeError, r"settings cannot be str; write Cleaner\(level='bold'\)"),
        (lambda: Cleaner(Settings(), level="bold"), TypeError, "given twice"),
    ],
)
def test_wrong_settings_are_refused_with_what_to_write(made, error, message):
    with pytest.raises(error, match=message):
        made()


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda cleaner: cleaner.clean(None), "an article is bytes or str, not NoneType"),
        (lambda cleaner: list(cleaner.clean_records([1])), "record 1 is of type int; pass dicts"),
        (lambda cleaner: list(cleaner.clean_records({"text": "a"})), r"pass \[record\]"),
        (lambda cleaner: cleaner.clean_batch(["a"]), "columns are of type list; pass a dict of columns"),
        (lambda _: Cleaner(decisions="decisions.jsonl"), "decisions must be a Decisions object"),
    ],
)
def test_wrong_types_are_refused_with_what_to_pass(use, message):
    with pytest.raises(TypeError, match=message):
        use(Cleaner(stages=["characters"]))
