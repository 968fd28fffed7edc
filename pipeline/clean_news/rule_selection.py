"""Which rules count, and how sure each must be: the settings that name rules, by code or by the beginning of one.

``rules-off`` and ``rules-only`` say which rules propose anything, ``apply-from-rules`` and ``suggest-rules`` from
which confidence on their edits are applied. Of several that fit a rule the longest counts, as in ruff: with
``rules-off = ["OCR"]`` and ``rules-only = ["OCR001", "SPIN"]`` there are OCR001 and SPIN001.
"""

import math
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from clean_news.settings import Settings, SettingsError, refusal

NEVER = math.inf  # threshold of a rule whose edits are only ever suggested


def is_off(rule: str, settings: Settings) -> bool:
    """Whether a rule proposes nothing.

    >>> is_off("OCR003", Settings(rules_off=("OCR",))), is_off("OCR003", Settings(rules_only=("SPIN",)))
    (True, True)
    """
    if not settings.rules_off and not settings.rules_only:
        return False
    off, only = longest(rule, settings.rules_off), longest(rule, settings.rules_only)
    if settings.rules_only and not only:
        return True
    return bool(off) and len(off) >= len(only)


def apply_from(rule: str, settings: Settings) -> float | None:
    """The confidence of its own from which on a rule's edits are applied; None where it has none.

    >>> apply_from("OCR003", Settings(apply_from_rules=(("OCR", 0.5), ("OCR003", 0.9))))
    0.9
    """
    if not settings.apply_from_rules and not settings.suggest_rules:
        return None
    own = dict(settings.apply_from_rules)
    applied, suggested = longest(rule, own), longest(rule, settings.suggest_rules)
    if suggested and len(suggested) >= len(applied):
        return NEVER
    return own[applied] if applied else None


def longest(rule: str, beginnings: Iterable[str]) -> str:
    """The longest of these that a rule's code begins with; empty if none is."""
    return max((each for each in beginnings if rule.startswith(each)), key=len, default="")


def check_codes(settings: Settings, codes: Collection[str]) -> None:
    """See that all codes in the settings are those of rules, or beginnings of them.

    Args:
        settings: the settings.
        codes: of all rules.

    Raises:
        SettingsError: if one is not; the message names the nearest one that is.
    """
    named = {
        "rules-off": settings.rules_off,
        "rules-only": settings.rules_only,
        "apply-from-rules": [code for code, _ in settings.apply_from_rules],
        "suggest-rules": settings.suggest_rules,
    }
    for key, given in named.items():
        for code in given:
            if not code or not any(known.startswith(code) for known in codes):
                raise SettingsError(refusal("settings", key, code) + hint(code, codes))


def hint(code: str, codes: Collection[str]) -> str:
    """What somebody may have meant by a code that no rule has.

    >>> hint("spin", ["SPIN001", "OCR001"]), hint("xyzzy", ["SPIN001", "OCR001"])
    ('; did you mean SPIN?', '')
    """
    beginnings = sorted({known.rstrip("0123456789") for known in codes})
    near = get_close_matches(code.upper(), [*beginnings, *codes], n=1)
    return f"; did you mean {near[0]}?" if near else ""
