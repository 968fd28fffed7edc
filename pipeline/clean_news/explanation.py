"""What a rule does, for people."""

from collections.abc import Iterator
from difflib import get_close_matches
from textwrap import indent

from clean_news.pipeline import rules_by_stage
from clean_news.settings import Settings
from clean_news.visible import visible


class UnknownRuleError(ValueError):
    """No stage has a rule of this code; the message names the nearest ones."""


def all_rules(settings: Settings) -> Iterator[str]:
    """The lines that list every rule by its stage.

    Raises:
        SettingsError: if a stage of the settings cannot be loaded.
    """
    for name, rules in rules_by_stage(settings).items():
        yield name
        for rule in rules:
            yield f"  {rule.code:9} {rule.summary}"


def explanation(code: str, settings: Settings) -> str:
    """What one rule does, with its example, what it leaves alone, and its source.

    Args:
        code: e.g. ``"SPIN001"``, in either case.
        settings: may name stages of the user's own.

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
        parts.append(shown("reported, not changed", rule.before))
    else:
        parts += [shown("before", rule.before), shown("after", rule.after)]
    parts += [shown("stays as it is", kept) for kept in rule.keeps]
    if rule.source:
        parts.append(f"source: {rule.source}")
    parts.append(f'To switch it off: rules-off = ["{rule.code}"] in clean-news.toml.')
    return "\n\n".join(parts)


def shown(title: str, text: str) -> str:
    """A text under its title, with what cannot be seen written as escapes."""
    return f"{title}:\n" + indent(visible(text, line_end="\n"), "    ", lambda _: True)
