"""Channel weights: how often each original was seen as each form, counted or expected.

Articles whose originals are known are counted. In other spun articles the decoder says how likely each reading is; the
sum of these probabilities is the expected count, with which the next round decodes: expectation maximisation, the
dictionary's order of forms and the first choices being the prior. A form that is no commoner in the spun articles than
in news proves nothing, so that expected counts are lowered by the share that news would have had anyway.

Measured at a confidence of .65 on seven articles: without weights F0.5 is .885; with the counts of seven other, aligned
ones .894; with expected counts of those, their originals held back, .885. Expected counts are for hundreds of articles.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from clean_news.language import vocabulary
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import TOKEN
from clean_news.lexicography.observing import Observed, together
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import KEPT, read_choices, read_counts, read_entries
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.lexicon_building import invert
from clean_news.stages.spin.lexicon_sources import files

ROUNDS = 3
LEAST = 0.5  # expected counts below it are left out
EXPECTED = 0.25  # what an expected sighting counts against one that was seen
HEADER = (
    "# How often each original was seen as each form in spun articles; = is the word itself. Counted where the",
    '# original is known, expected where it is not. Made by "clean-news dictionary weigh"; see CONTRIBUTING.md.',
    "# Columns: original, form, count.",
)


def weigh(texts: Sequence[str], seen: Observed, dictionaries: Path, model: LanguageModel) -> Observed:
    """The counts from what was seen and what is expected of spun texts whose originals are not known.

    Raises:
        EntryError: if a dictionary line is malformed.
    """
    counts = seen
    for _ in range(ROUNDS if texts else 0):
        words = _lexicon_with(counts, dictionaries)
        expected = together(*(_expected_counts(text, words, model) for text in texts))
        counts = together(seen, {pair: EXPECTED * count for pair, count in _surplus(expected, texts).items()})
    return counts


def _lexicon_with(counts: Observed, dictionaries: Path) -> Lexicon:
    """The lexicon of the dictionaries with these counts in place of its own."""
    inflections, choices, _, *spin = files(dictionaries)
    return invert(
        [entry for path in spin for entry in read_entries(path)],
        inflection.read(inflections) if inflections.exists() else {},
        read_choices(choices) if choices.exists() else {},
        _by_original(counts),
    )


def _by_original(counts: Observed) -> dict[str, dict[str, float]]:
    """The counts of each original."""
    found: dict[str, dict[str, float]] = {}
    for (original, form), count in counts.items():
        found.setdefault(original, {})[form] = count
    return found


def _expected_counts(text: str, lexicon: Lexicon, model: LanguageModel) -> Observed:
    """How often each original is expected to stand behind each form, or to have been kept, in a spun text."""
    from clean_news.language.tokens import sentences
    from clean_news.stages.spin import document
    from clean_news.stages.spin.forms import PAIR_SHIFT, SpunForms
    from clean_news.stages.spin.readings import parts_of, readings_of

    found = sentences(text)
    if not found:
        return {}
    forms = SpunForms(lexicon, model)
    readings = readings_of(found, parts_of(text, found), forms)
    words = sum(form[0].isalpha() for sentence in found for form in sentence.forms)
    decoded = document.decode([len(sentence.forms) for sentence in found], readings, words, model)
    keys = forms.numbers.things
    counts: Observed = defaultdict(float)
    for number, pair, text_number, swappable, probability in zip(
        readings.original, readings.pair, readings.text, readings.swappable, decoded.posterior, strict=True
    ):
        if swappable:
            counts[keys[int(number)], KEPT if text_number < 0 else keys[int(pair) >> PAIR_SHIFT]] += float(probability)
    return dict(counts)


def _surplus(expected: Observed, texts: Iterable[str]) -> Observed:
    """The expected counts, each lowered by the share of its form that news of this length would have had anyway."""
    tokens = Counter(token.lower() for text in texts for token in TOKEN.findall(text))
    total = sum(tokens.values())
    lowered: Observed = {}
    for (original, form), count in expected.items():
        share = 1.0 if form == KEPT or " " in form else spun_share(form, tokens[form], total)
        if count * share >= LEAST:
            lowered[original, form] = count * share
    return lowered


def spun_share(form: str, times: int, total: int) -> float:
    """The share of a form's sightings that news of as many words would not have had: 0 to 1."""
    usual = total * math.exp(vocabulary.standard().commonness(form))
    return max(0.0, 1 - usual / max(times, 1))


def read_weights(path: Path) -> Observed:
    """The counts of a file of weights."""
    return {(original, form): count for original, forms in read_counts(path).items() for form, count in forms.items()}


def weights_text(counts: Observed, header: Sequence[str] = HEADER) -> str:
    """The counts as the text of a file, sorted."""
    rows = sorted(counts.items(), key=lambda row: (row[0][0].lower(), row[0]))
    lines = [*header, *(f"{original}\t{form}\t{round(count, 2):g}" for (original, form), count in rows)]
    return "\n".join(lines) + "\n"
