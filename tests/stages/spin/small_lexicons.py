"""A reference implementation of the spin lexicon, for small dictionaries, one pair at a time; random dictionaries."""

import math
import random
from collections import defaultdict
from typing import NamedTuple

from clean_news.language import language_model
from clean_news.language.tokens import key_of
from clean_news.stages.spin import inflection, lexicon_weights
from clean_news.stages.spin.entries import KEPT_FORM, Entry
from clean_news.stages.spin.lexicon_inputs import Family, Sources
from clean_news.stages.spin.word_log_ratios import LOWER_CASE_WORD

KINDS = ("verb", "noun", "noun", "adj", "-")


def phrases(seed, count=20_000):
    """A function that returns random phrases of words of the model and of words that it does not know."""
    rng = random.Random(seed)
    known = [word for word in language_model.standard().words if word.isalpha() and word.islower()][:count]

    def phrase(most):
        words = (
            rng.choice(known) if rng.random() < 0.9 else f"{rng.choice(known)}{rng.choice(known)}"
            for _ in range(rng.randint(1, most))
        )
        return " ".join(words)

    return rng, phrase


def dictionary(lines, seed=7):
    """The lines of a random dictionary."""
    rng, phrase = phrases(seed)
    return "".join(
        f"{phrase(3)}\t{rng.choice(KINDS)}\t{' | '.join(phrase(2) for _ in range(rng.randint(1, 5)))}\n"
        for _ in range(lines)
    )


def random_sources(seed):
    """Random sources of three families; originals and forms come from few words, so that many pairs meet."""
    rng, phrase = phrases(seed, count=60)

    def entries(count, kept=0.0):
        found = {}
        for _ in range(count):
            forms = tuple(dict.fromkeys(phrase(2) for _ in range(rng.randint(1, 4))))
            if rng.random() < kept:
                forms = (*forms[: (place := rng.randrange(len(forms) + 1))], KEPT_FORM, *forms[place:])
            original = phrase(2)
            found[original] = Entry(original, rng.choice(KINDS), forms)
        return list(found.values())

    families = {}
    for name, kept in (("a", 0.4), ("b", 0.0), ("c", 0.0)):
        own = entries(40, kept)
        counts = {
            entry.original: {form: float(rng.randint(1, 5)) for form in (*entry.forms[:2], KEPT_FORM)}
            for entry in own[: 15 if name != "c" else 0]
        }
        families[name] = Family(own, counts)
    table = {("say", "verb"): ("says", "said", "said", "saying")}
    return Sources(entries(60), entries(20), table, families)


class Reference(NamedTuple):
    """What a lexicon has: the cost of each (form, original) and the readiness of each original, by family."""

    costs: dict[tuple[str, str], list[float]]
    readiness: dict[str, list[float]]
    log_ratios: dict[str, list[float]]


def reference(sources):
    """Compute the lexicon of sources whose originals all have different tokens."""
    counts = sources.counts()
    weights = weights_of(sources, counts)
    readiness = readiness_of(sources, counts, {original for _, original in weights} | set(counts[0]))
    costs = {}
    for (form, original), own in weights.items():
        costs[form, original] = []
        for family, of_family in enumerate(own):
            total = sum(each[family] for (_, other), each in weights.items() if other == original)
            seen = {key_of(key): count for key, count in counts[family].get(original, {}).items() if key != KEPT_FORM}
            prior = lexicon_weights.FORM_PSEUDO_COUNT * of_family / (lexicon_weights.UNLISTED_FORM_WEIGHT + total)
            share = (prior + seen.get(form, 0.0)) / (lexicon_weights.FORM_PSEUDO_COUNT + sum(seen.values()))
            costs[form, original].append(-math.log(max(share, math.exp(-lexicon_weights.MAX_COST))))
    return Reference(costs, readiness, log_ratios(costs, readiness))


def weights_of(sources, counts):
    """The weight of each (form, original), by family."""
    general = [*sources.shipped, *sources.user]
    lists = [general, *(family.entries for family in sources.families.values())]
    listed = defaultdict(lambda: [0.0 for _ in lists])
    for number, entry in [(number, entry) for number, entries in enumerate(lists) for entry in entries]:
        for rank, form in enumerate((each for each in entry.forms if each != KEPT_FORM), 1):
            inflected = (inflection.inflect(each, entry.kind, sources.table) for each in (entry.original, form))
            for original, spun in zip(*inflected, strict=True):
                if original and spun and original != spun:
                    own = listed[key_of(spun), original]
                    own[number] = max(own[number], rank**-lexicon_weights.RANK_POWER)
    for original, seen in counts[0].items():
        for form in set(seen) - {KEPT_FORM}:
            listed[key_of(form), original]  # a pair that was only counted
    return {pair: [weight(own, family) for family in range(len(lists))] for pair, own in listed.items()}


def readiness_of(sources, counts, originals):
    """The readiness of each original, by family."""
    found = {original: [0.0 for _ in counts] for original in originals}
    for number, family in enumerate(sources.families.values(), 1):
        for original, value in lexicon_weights.readiness_of_choices(family.entries, sources.table).items():
            if original in found:
                found[original][number] = value
    for number, of_family in enumerate(counts):
        for original, seen in of_family.items():
            found[original][number] = lexicon_weights.readiness_after(found[original][number], seen)
    return found


def weight(own, family):
    """The weight of a pair in a family, by its weights in the lists of all families; the general one is the first."""
    anywhere = max(own[0], lexicon_weights.OTHER_FAMILY_WEIGHT * max(own))
    return max(lexicon_weights.FAMILY_WEIGHT * own[family], anywhere) if family else anywhere


def log_ratios(costs, readiness):
    """The log ratios of the words of lower-case pairs."""
    model = language_model.standard()
    families = range(len(next(iter(readiness.values()))))
    moved = defaultdict(lambda: [0.0 for _ in families])
    for (form, original), by_family in costs.items():
        probability = math.exp(model.phrase_log_probability([model.ids_of(original)])[0])
        for family in families:
            odds = math.log(lexicon_weights.ASSUMED_SWAP_RATE / (1 - lexicon_weights.ASSUMED_SWAP_RATE))
            rate = 1 / (1 + math.exp(-odds - readiness[original][family]))
            swapped = probability * rate * math.exp(-by_family[family])
            for word in LOWER_CASE_WORD.findall(form):
                moved[word][family] += swapped
            for word in LOWER_CASE_WORD.findall(original):
                moved[word][family] -= swapped
    found = {}
    for word, by_family in moved.items():
        forms = [model.ids[form] for form in {word, word.capitalize()} if form in model.ids]
        frequency = sum(math.exp(model.unigram[form]) for form in forms) or lexicon_weights.UNKNOWN_WORD_FREQUENCY
        ratios = [math.log(max(frequency + change, frequency / 20) / frequency) for change in by_family]
        if max(map(abs, ratios)) > lexicon_weights.MIN_LOG_RATIO:
            low, high = lexicon_weights.LOG_RATIO_BOUNDS
            found[word] = [min(max(ratio, low), high) for ratio in ratios]
    return found
