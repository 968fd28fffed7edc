"""No compiled pattern of the package takes quadratic time, whatever the text: see ``pattern_attacks``."""

import time

import pytest
from pattern_attacks import attacks, patterns, text_of

PATTERNS = patterns()
# Matched only where the previous match ended, not searched for: what it has looked at is never looked at again.
NOT_SEARCHED = {"formats.json_scanning.ELEMENTS", "formats.delimited_records.QUOTED_CELL 1"}
SHORT = 2_000  # characters; at this length a quadratic pattern takes at least twice HARMLESS, a linear one a tenth
HARMLESS = 0.0008  # seconds
# Longer than the bounded repetitions of the patterns (at most 4,000), which take a constant time for each character.
LONG = 12_000
MOST_GROWTH = 8  # for four times the length: 4 in linear time, 16 in quadratic
TRIES = 3


@pytest.mark.parametrize("name", sorted(PATTERNS.keys() - NOT_SEARCHED))
def test_time_grows_with_the_length(name):
    pattern = PATTERNS[name]
    for attack in sorted(attacks(pattern)):
        if seconds(pattern, attack, SHORT, HARMLESS) > HARMLESS:
            once = seconds(pattern, attack, LONG)
            longer = seconds(pattern, attack, 4 * LONG, MOST_GROWTH * once)
            assert longer <= MOST_GROWTH * once, f"{once:.4f} s, then {longer:.4f} s for {attack}"


def test_patterns_are_found_where_they_hide():
    assert "stages.layout.dehyphenation.BROKEN" in PATTERNS
    assert any(name.startswith("charsets.likelihood") for name in PATTERNS), "in a tuple"
    assert any(name.startswith("stages.boilerplate.stray_markup._tag_pattern") for name in PATTERNS), "in a function"
    assert len(PATTERNS) > 150


def seconds(pattern, attack, size, enough=0.0):
    """The processor time of a search: the least of several tries, until it is short enough."""
    text = text_of(pattern, attack, size)
    found = []
    while len(found) < TRIES:
        began = time.process_time()
        for _ in pattern.finditer(text):
            pass
        found.append(time.process_time() - began)
        if found[-1] <= enough:
            break
    return min(found)
