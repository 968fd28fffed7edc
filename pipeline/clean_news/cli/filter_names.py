"""Refuses stages and rules to show that no log can have, so that a mistyped name is not taken for "no changes"."""

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from clean_news.cli.exits import stop

if TYPE_CHECKING:
    from clean_news.review.edit_filter import EditFilter


def check_names(clean: Path, edit_filter: "EditFilter") -> None:
    """End the program if a stage or rule is neither one of this package's nor in the logs of CLEAN.

    The logs are read only for such a name: they may be of a stage of the user's own.
    """
    from clean_news.pipeline import rules_by_stage
    from clean_news.printable_text import visible
    from clean_news.settings import Settings

    known = rules_by_stage(Settings())
    stages, rules = set(known), {rule.code for found in known.values() for rule in found}
    if _unknown(edit_filter, stages, rules) is None:
        return
    for stage, rule in _in_logs(clean):
        stages.add(stage)
        rules.add(rule)
    unknown = _unknown(edit_filter, stages, rules)
    if unknown is None:
        return
    option, name = unknown
    if option == "--stage":
        near = get_close_matches(name.lower(), stages, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(stages))}"
    else:
        beginnings = {code.rstrip("0123456789") for code in rules}
        near = get_close_matches(name, sorted(beginnings | rules), n=1)
        hint = f"did you mean {near[0]}?" if near else "clean-news explain lists them"
    stop(f"{option} {visible(name)}: there is no such {option.removeprefix('--')}; {visible(hint)}")


def _unknown(edit_filter: "EditFilter", stages: set[str], rules: set[str]) -> tuple[str, str] | None:
    """Return the first option with a name that is not known, and the name."""
    for stage in edit_filter.stages:
        if stage not in stages:
            return "--stage", stage
    for code in edit_filter.rules:
        if not any(rule.startswith(code) for rule in rules):
            return "--rule", code
    return None


def _in_logs(clean: Path) -> set[tuple[str, str]]:
    """Return the stages in the logs of CLEAN, each with the rules of its edits; what cannot be read is left out."""
    from clean_news.batch.clean_articles import clean_articles
    from clean_news.files.discovery import InputError

    found: set[tuple[str, str]] = set()
    try:
        for article in clean_articles(clean, (), lambda _: None):
            for stage in article.log.stages:
                found.update((stage.name, edit.rule) for edit in stage.edits)
    except InputError as error:
        stop(str(error))
    return found
