"""What the weights of the spin lexicon are computed from: ranks, what a family of spinners chooses, and counts."""

import math
from collections.abc import Mapping, Sequence

from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import KEPT_FORM, Entry

RANK_POWER = 1.0  # the k-th form of an entry is assumed to be k**-RANK_POWER times as likely as the first
GENERAL = "general"  # the family of a spinner that nobody has seen: it knows the synonyms, not which is preferred
FAMILY_WEIGHT = 10.0  # of the form that a family is known to choose first; the second has half of it
OTHER_FAMILY_WEIGHT = 0.3  # of a form that only another family is known to choose first
POOLED_COUNT = 0.5  # of a count of any family in the general one
MAX_COST = 11.5  # nats: no form is impossible for any family
# Log odds of being swapped, relative to REFERENCE_SWAP_RATE, by the rank of "=" among the choices; 0: not among them.
READINESS_BY_RANK = {0: 1.3, 1: -1.0, 2: 0.4}
ONLY_KEPT_READINESS = -2.5  # the same where "=" is the only choice
UNLISTED_FORM_WEIGHT = 2.5  # total weight of the forms missing from an entry, relative to its likeliest form
REFERENCE_SWAP_RATE = 0.3  # swap rate at readiness 0
# Pseudo-counts: how many observations in spun articles the dictionary's form probability and readiness weigh. Chosen by
# leave-one-out over seven articles: F0.5 .911 at a confidence of .65, .908 without counts; .864 and .846 without the
# first choices that are known from the seven. 1, 3 and 5 differ by .007 at most.
FORM_PSEUDO_COUNT = 2.0
READINESS_PSEUDO_COUNT = 2.0
ASSUMED_SWAP_RATE = 0.35  # swap rate for which word log ratios are computed
LOG_RATIO_BOUNDS = (-1.0, 3.0)  # of one word, in nats: no word is conclusive by itself
MIN_LOG_RATIO = 0.02  # in nats: words with a smaller one, in absolute terms, are omitted
UNKNOWN_WORD_FREQUENCY = 1e-8  # assumed probability of a word that is not in the model's vocabulary


def readiness_of_choices(entries: Sequence[Entry], table: inflection.Inflections) -> dict[str, float]:
    """Return the readiness of the originals of a family, if its entries say which it keeps.

    Args:
        entries: the family's entries; only if some have the form ``=`` do the others mean that the original is always
            swapped.
        table: the inflections.

    Returns:
        The log odds that the spinner swaps each original, less those of :data:`REFERENCE_SWAP_RATE`.
    """
    if not any(KEPT_FORM in entry.forms for entry in entries):
        return {}
    readiness = {}
    for entry in entries:
        kept_rank = entry.forms.index(KEPT_FORM) + 1 if KEPT_FORM in entry.forms else 0
        only_kept = all(form == KEPT_FORM for form in entry.forms)
        for original in filter(None, inflection.inflect(entry.original, entry.kind, table)):
            readiness[original] = ONLY_KEPT_READINESS if only_kept else READINESS_BY_RANK[min(kept_rank, 2)]
    return readiness


def readiness_after(readiness: float, seen: Mapping[str, float]) -> float:
    """The readiness of an original, updated by its counts; see :func:`readiness_of_choices`.

    >>> readiness_after(0.0, {}), readiness_after(0.0, {"=": 6.0}) < -1
    (0.0, True)
    """
    if not seen:
        return readiness
    reference = math.log(REFERENCE_SWAP_RATE / (1 - REFERENCE_SWAP_RATE))
    before = 1 / (1 + math.exp(-reference - readiness))
    swapped = sum(seen.values()) - seen.get(KEPT_FORM, 0.0)
    after = (swapped + READINESS_PSEUDO_COUNT * before) / (sum(seen.values()) + READINESS_PSEUDO_COUNT)
    return round(math.log(after / (1 - after)) - reference, 2)
