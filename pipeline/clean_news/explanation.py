"""Explain rules to users: the list of all rules, and the description of one (``clean-news explain``)."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from textwrap import indent

from clean_news.pipeline import HAND_RULE, rules_by_stage
from clean_news.printable_text import visible
from clean_news.settings import Settings
from clean_news.stages import Rule

SEPARATOR = "-" * 72


class UnknownRuleError(ValueError):
    """There is no rule or stage with this name; the message suggests similar ones."""


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
    """Describe a rule, or the rules of a stage or with a common beginning of their codes.

    Args:
        code: e.g. ``"SPIN001"``, ``"spin"`` or ``"ENC"``; codes in upper or lower case.
        settings: may name the user's own stages.

    Raises:
        UnknownRuleError: if there is no such rule or stage.
        SettingsError: if a stage of the settings cannot be loaded.
    """
    found = [(stage, rule) for stage, rules in rules_by_stage(settings).items() for rule in rules]
    wanted = [(stage, rule) for stage, rule in found if rule.code == code.upper()]
    wanted = wanted or [(stage, rule) for stage, rule in found if stage in (code, code.lower())]
    wanted = wanted or [(stage, rule) for stage, rule in found if code and rule.code.startswith(code.upper())]
    if not wanted:
        raise UnknownRuleError(f"{visible(code)}: there is no such rule or stage; {_suggestion(code, found)}")
    return f"\n\n{SEPARATOR}\n\n".join(_described(stage, rule) for stage, rule in wanted)


def _suggestion(code: str, found: Sequence[tuple[str, Rule]]) -> str:
    """Suggest stages and rules with similar names, or the list of all."""
    stages = list(dict.fromkeys(stage for stage, _ in found))
    near = [] if any(map(str.isdigit, code)) else get_close_matches(code.lower(), stages, n=1)
    near += get_close_matches(code.upper(), [rule.code for _, rule in found], n=3 - len(near))
    return f"did you mean {' or '.join(near)}?" if near else "clean-news explain lists them all"


def _described(stage: str, rule: Rule) -> str:
    """Describe one rule: its summary, an example, texts that it does not change, and its source."""
    parts = [f"{rule.code} (stage {stage})\n{rule.summary}"]
    if rule.before == rule.after:
        parts.append(_section("reported, not changed", rule.before))
    else:
        parts += [_section("before", rule.before), _section("after", rule.after)]
    parts += [_section("not changed", kept) for kept in rule.keeps]
    if rule.source:
        parts.append(f"source: {rule.source}")
    if rule is HAND_RULE:
        parts.append("To undo one: reject it, in clean-news review or in the report.")
    else:
        parts.append(f'To switch it off: rules-off = ["{rule.code}"] in clean-news.toml.')
    return "\n\n".join(parts)


def _section(title: str, text: str) -> str:
    """Return an indented text below a title, with invisible characters escaped."""
    return f"{title}:\n" + indent(visible(text, line_end="\n"), "    ", lambda _: True)
