"""Resolve the settings that select rules by code or by prefix of a code.

``rules-off`` and ``rules-only`` switch rules off and on; ``apply-from-rules`` and ``suggest-rules`` set the confidence
from which the edits of a rule are applied. The longest matching prefix wins, as in ruff: with ``rules-off = ["OCR"]``
and ``rules-only = ["OCR001", "SPIN"]``, OCR001 and SPIN001 are on.
"""

import math
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from clean_news.settings import Settings, UnknownNameError

NEVER = math.inf  # threshold of a rule whose edits are only suggested


def is_off(rule: str, settings: Settings) -> bool:
    """Whether a rule is switched off.

    >>> is_off("OCR003", Settings(rules_off=("OCR",))), is_off("OCR003", Settings(rules_only=("SPIN",)))
    (True, True)
    """
    if not settings.rules_off and not settings.rules_only:
        return False
    off, only = _longest_prefix(rule, settings.rules_off), _longest_prefix(rule, settings.rules_only)
    if settings.rules_only and not only:
        return True
    return bool(off) and len(off) >= len(only)


def apply_from(rule: str, settings: Settings) -> float | None:
    """Return the threshold that replaces ``apply-from`` for a rule; None if it has none.

    >>> apply_from("OCR003", Settings(apply_from_rules=(("OCR", 0.5), ("OCR003", 0.9))))
    0.9
    """
    if not settings.apply_from_rules and not settings.suggest_rules:
        return None
    thresholds = dict(settings.apply_from_rules)
    applied, suggested = _longest_prefix(rule, thresholds), _longest_prefix(rule, settings.suggest_rules)
    if suggested and len(suggested) >= len(applied):
        return NEVER
    return thresholds[applied] if applied else None


def _longest_prefix(rule: str, prefixes: Iterable[str]) -> str:
    """Return the longest of the prefixes that a rule code begins with; empty if there is none."""
    return max((each for each in prefixes if rule.startswith(each)), key=len, default="")


def check_codes(settings: Settings, codes: Collection[str]) -> None:
    """Check that all codes in the settings are rule codes or prefixes of rule codes.

    Args:
        settings: the settings.
        codes: codes of all rules.

    Raises:
        UnknownNameError: for the first one that is not; the message suggests a similar code.
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
                raise UnknownNameError(key, code, _suggestion(code, codes))


def _suggestion(code: str, codes: Collection[str]) -> str:
    """Suggest a similar code for one that no rule has.

    >>> _suggestion("spin", ["SPIN001", "OCR001"]), _suggestion("xyzzy", ["SPIN001", "OCR001"])
    ('; did you mean SPIN?', '')
    """
    prefixes = sorted({known.rstrip("0123456789") for known in codes})
    near = get_close_matches(code.upper(), [*prefixes, *codes], n=1)
    return f"; did you mean {near[0]}?" if near else ""
