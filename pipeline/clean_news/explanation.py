"""Explain rules to users: the list of all rules, and the description of one (``clean-news explain``)."""

from collections.abc import Iterator
from difflib import get_close_matches
from textwrap import indent

from clean_news.pipeline import rules_by_stage
from clean_news.printable_text import visible
from clean_news.settings import Settings


class UnknownRuleError(ValueError):
    """No stage has a rule with this code; the message suggests similar codes."""


def rule_list(settings: Settings) -> Iterator[str]:
    """Yield the lines of a list of all rules, grouped by stage.

    Raises:
        SettingsError: if a stage of the settings cannot be loaded.
    """
    for name, rules in rules_by_stage(settings).items():
        yield name
        for rule in rules:
            yield f"  {rule.code:9} {rule.summary}"


def explanation(code: str, settings: Settings) -> str:
    """Describe one rule: its summary, an example, texts that it does not change, and its source.

    Args:
        code: e.g. ``"SPIN001"``, in upper or lower case.
        settings: may name the user's own stages.

    Raises:
        UnknownRuleError: if there is no such rule.
        SettingsError: if a stage of the settings cannot be loaded.
    """
    found = {rule.code: (stage, rule) for stage, rules in rules_by_stage(settings).items() for rule in rules}
    if code.upper() not in found:
        near = get_close_matches(code.upper(), found, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "clean-news explain lists them all"
        raise UnknownRuleError(f"{code}: there is no such rule; {hint}")
    stage, rule = found[code.upper()]
    parts = [f"{rule.code} (stage {stage})\n{rule.summary}"]
    if rule.before == rule.after:
        parts.append(_section("reported, not changed", rule.before))
    else:
        parts += [_section("before", rule.before), _section("after", rule.after)]
    parts += [_section("not changed", kept) for kept in rule.keeps]
    if rule.source:
        parts.append(f"source: {rule.source}")
    parts.append(f'To switch it off: rules-off = ["{rule.code}"] in clean-news.toml.')
    return "\n\n".join(parts)


def _section(title: str, text: str) -> str:
    """Return an indented text below a title, with invisible characters escaped."""
    return f"{title}:\n" + indent(visible(text, line_end="\n"), "    ", lambda _: True)
