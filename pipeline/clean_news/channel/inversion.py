"""The dictionaries turned round: for each form that a spinner writes the originals it may stand for, and how likely.

The lines of ``dictionaries/spin/*.tsv`` go the spinner's way. Here they are inflected, weighed by what the spinner is
known to choose and by what was counted in spun articles, and turned round.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from clean_news.channel import inflection
from clean_news.channel.spin_files import KEPT, Entry
from clean_news.channel.tokens import key_of

RANK_POWER = 1.0  # the k-th form of an entry is taken as 1/k times as likely as the first
CHOICE_WEIGHT = 10.0  # of the form that the spinner is known to choose first; of the second, half of it
READINESS = {0: 1.3, 1: -1.0, 2: 0.4}  # by the place of "=" among the choices; 0: it is not there
ONLY_KEPT = -2.5  # where "=" is the only choice
UNLISTED = 2.5  # weight of the forms that an entry lacks, the likeliest form having 1
USUAL_RATE = 0.3  # swap rate from which the readiness to swap is counted
# How many sightings the dictionary's word on a form, and on the readiness to swap, is worth against what was counted in
# spun articles. Chosen by leaving out one of seven articles at a time: at a confidence of .65 F0.5 .911, without counts
# .908; with the first choices that are known from the seven taken out .864 and .846. 1, 3 and 5 differ by .007 at most.
FORM_SIGHTINGS = 2.0
READINESS_SIGHTINGS = 2.0


class Inverted(NamedTuple):
    """What the dictionaries say of each spun form.

    Attributes:
        pairs: for each spun form, by its key, its originals, each behind minus the log probability that the spinner,
            when it swaps this original, writes this form; likeliest first.
        originals: the originals, by their keys.
        readiness: for each original, by its key, how much readier than usual the spinner swaps it, in log odds.
        longest: for the first token of each spun form, the number of tokens of the longest form it begins.
    """

    pairs: dict[str, list[tuple[float, str]]]
    originals: dict[str, str]
    readiness: dict[str, float]
    longest: dict[str, int]


def weigh_choices(weights: dict[str, dict[str, float]], choices: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Put the spinner's known choices into the weights of the forms; returns the readiness to swap each original.

    Args:
        weights: for each original the weights of its forms, by their keys; changed.
        choices: see :func:`read_choices`.
    """
    readiness = {}
    for original, chosen in choices.items():
        swaps = [form for form in chosen if form != KEPT]
        for rank, form in enumerate(swaps, 1):
            weights[original][key_of(form)] = CHOICE_WEIGHT / rank
        place = chosen.index(KEPT) + 1 if KEPT in chosen else 0
        readiness[original] = READINESS[min(place, 2)] if swaps else ONLY_KEPT
    return readiness


def probabilities(weights: Mapping[str, float], seen: Mapping[str, float]) -> dict[str, float]:
    """Probability of each form of an original, when the spinner swaps it, from its weights and its counts.

    >>> probabilities({"firm": 1.0, "corporate": 0.5}, {"corporate": 3.0, "=": 5.0})["corporate"] > 0.5
    True
    """
    total = sum(weights.values()) + UNLISTED
    evidence = sum(count for form, count in seen.items() if form != KEPT)
    return {
        form: (FORM_SIGHTINGS * weights.get(form, 0.0) / total + seen.get(form, 0.0)) / (FORM_SIGHTINGS + evidence)
        for form in dict.fromkeys((*weights, *seen))
        if form != KEPT
    }


def readiness_after(readiness: float, seen: Mapping[str, float]) -> float:
    """The readiness to swap an original, in log odds, after what was counted of it; see :class:`Original`.

    >>> readiness_after(0.0, {}), readiness_after(0.0, {"=": 6.0}) < -1
    (0.0, True)
    """
    if not seen:
        return readiness
    usual = math.log(USUAL_RATE / (1 - USUAL_RATE))
    before = 1 / (1 + math.exp(-usual - readiness))
    swapped = sum(seen.values()) - seen.get(KEPT, 0.0)
    after = (swapped + READINESS_SIGHTINGS * before) / (sum(seen.values()) + READINESS_SIGHTINGS)
    return round(math.log(after / (1 - after)) - usual, 2)


def inverted(
    entries: list[Entry],
    table: inflection.Inflections,
    choices: Mapping[str, Sequence[str]] = MappingProxyType({}),
    counts: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
) -> Inverted:
    """What these entries say of each spun form.

    Args:
        entries: of all dictionaries.
        table: the inflections.
        choices: what the spinner is known to choose; see :func:`read_choices`.
        counts: what was seen in spun articles; see :func:`read_counts`.

    >>> found = inverted([Entry("announce", "verb", ("introduce", "unveil"))], {})
    >>> [original for _, original in found.pairs["introduced"]]
    ['announced']
    """
    weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for entry in entries:
        meant = inflection.inflect(entry.original, entry.kind, table)
        for rank, form in enumerate(entry.forms, 1):
            written = inflection.inflect(form, entry.kind, table)
            for original, spun in set(zip(meant, written, strict=True)):
                if original and spun and original != spun:
                    key = key_of(spun)
                    weights[original][key] = max(weights[original][key], rank**-RANK_POWER)
    chosen = weigh_choices(weights, choices)
    pairs: dict[str, list[tuple[float, str]]] = defaultdict(list)
    longest: dict[str, int] = defaultdict(int)
    readiness = {}
    originals = {key_of(original): original for original in (*counts, *weights)}
    counted = {key_of(original): seen for original, seen in counts.items()}
    for original_key, original in originals.items():
        seen = {key_of(form): count for form, count in counted.get(original_key, {}).items()}
        readiness[original_key] = readiness_after(chosen.get(original, 0.0), seen)
        for key, probability in probabilities(weights.get(original, {}), seen).items():
            pairs[key].append((-math.log(probability), original))
            tokens = key.split(" ")
            longest[tokens[0]] = max(longest[tokens[0]], len(tokens))
    return Inverted({key: sorted(found) for key, found in pairs.items()}, originals, readiness, dict(longest))
