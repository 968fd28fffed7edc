"""Synonym spinning undone: the dictionary proposes, the language model decides, the document gates.

Nothing is changed in a document that was not spun as a whole: one synonym too many is an author's choice.
"""

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from clean_news.edits import Edit, replace
from clean_news.stages import Proposal, Rule

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.channel.document import Decoded
    from clean_news.channel.spun_readings import Reading
    from clean_news.channel.tokens import Sentence
    from clean_news.settings import Settings

RULES = (
    Rule(
        "SPIN001",
        "a synonym that a spinner put in, where the article said something else",
        before="The overseas ministry mentioned on Monday that the embassy would shut its doorways subsequent month.",
        after="The foreign ministry said on Monday that the embassy would shut its doors next month.",
        keeps=(
            "Her name was mentioned in a letter from a cousin who lives overseas.",
            "The price of a barrel of oil fell to $61 on Monday.",
        ),
        source="noisy channel over dictionaries/spin and the news language model (docs/how-it-works.md)",
    ),
)
SPUN_FROM = 0.5  # a document of this probability is taken as spun
ALTERNATIVES = 4  # candidates named in an edit's evidence


def propose(article: "Article", settings: "Settings") -> Proposal:
    """The words and phrases to put back, if the document as a whole was spun."""
    from clean_news.channel import document, language, language_model, lexicon, screening
    from clean_news.channel.spun_readings import quotations, readings_of
    from clean_news.channel.tokens import sentences

    if settings.document == "genuine":
        return Proposal([], held_off="declared genuine by the setting document")
    reason = language.held_off(article.text, settings)
    if reason:
        return Proposal([], held_off=reason)
    words = lexicon.standard()
    if settings.document == "auto":
        suspicion = screening.suspicion(article.text, words.telltales)
        if suspicion < screening.worth_decoding(article.text):
            facts = {"spun": 0.0, "suspicion": round(suspicion, 4)}
            return Proposal([], facts, held_off=f"judged genuine by its words (suspicion {suspicion:.3f})")
    model = language_model.standard()
    found = sentences(article.text)
    count = sum(form[0].isalpha() for sentence in found for form in sentence.forms)
    protected = {tuple(lexicon.key_of(phrase.lower()).split(" ")) for phrase in settings.protect}
    readings = [
        reading
        for number, sentence in enumerate(found)
        for reading in readings_of(number, sentence, words, model, protected)
    ]
    quoted = quotations(article.text)
    parts = [part_of(reading, found, quoted) for reading in readings]
    if settings.quotes != "auto":
        readings, parts = by_quotes_setting(readings, parts, settings.quotes)
    decoded = document.decode([len(sentence.forms) for sentence in found], readings, parts, count, model)
    spun = 1.0 if settings.document == "spun" else decoded.spun
    facts = facts_of(decoded, spun)
    if spun < SPUN_FROM:
        return Proposal([], facts, held_off=f"judged genuine (probability of spinning {spun:.3f})")
    edits = chosen(article.text, found, readings, decoded.posterior.tolist(), settings.suggest_from, spun)
    return Proposal(edits, facts)


def facts_of(decoded: "Decoded", spun: float) -> dict[str, Any]:
    """What the log says of the document as a whole."""
    rates = {part: round(rate, 3) for part, rate in decoded.rates.items()}
    return {
        "spun": round(spun, 4),
        "swapped_share": round(decoded.share, 4),
        "gain": round(decoded.gain, 4),
        "swap_rates": rates,
    }


def by_quotes_setting(readings: "list[Reading]", parts: list[str], quotes: str) -> "tuple[list[Reading], list[str]]":
    """The readings and their parts with quotations left alone (``keep``) or treated as the rest (``repair``)."""
    if quotes == "repair":
        return readings, ["body" if part == "quotation" else part for part in parts]
    left = [
        (reading, part)
        for reading, part in zip(readings, parts, strict=True)
        if part != "quotation" or reading.text is None
    ]
    return [reading for reading, _ in left], [part for _, part in left]


def part_of(reading: "Reading", found: "list[Sentence]", quoted: list[tuple[int, int]]) -> str:
    """The part of the document that a reading stands in."""
    sentence = found[reading.sentence]
    start = sentence.spans[reading.edge.start][0]
    place = bisect_right(quoted, (start, 1 << 60)) - 1
    if place >= 0 and start < quoted[place][1]:
        return "quotation"
    form = sentence.forms[reading.edge.start]
    if form[0].isupper() and reading.edge.start != sentence.first_word and not sentence.titled:
        return "capital"
    return "body"


Place = tuple[int, int, int]  # sentence, first token, token behind the last


def chosen(
    text: str,
    found: "list[Sentence]",
    readings: "list[Reading]",
    posterior: list[float],
    suggest_from: float,
    spun: float,
) -> list[Edit]:
    """The likeliest change at each place, as edits; readings that come to the same change count together.

    Args:
        text: the article.
        found: its sentences.
        readings: all readings.
        posterior: their probabilities, which are calibrated here.
        suggest_from: changes of lower probability are left out.
        spun: probability that the document was spun, by which every change's probability is lowered.
    """
    from clean_news.channel import calibration

    calibrated = calibration.standard().of
    by_place: dict[Place, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for reading, probability in zip(readings, posterior, strict=True):
        if reading.text is not None and probability > 0.001:
            for place, after in changes_of(found[reading.sentence].forms, reading):
                by_place[place][after] += probability
    by_place = {
        place: {after: calibrated(probability) * spun for after, probability in afters.items()}
        for place, afters in by_place.items()
    }
    ranked = sorted(
        ((probability, place, after) for place, afters in by_place.items() for after, probability in afters.items()),
        key=lambda change: (-change[0], change[1]),
    )
    taken: set[tuple[int, int]] = set()
    curly = "’" in text
    edits = []
    for probability, place, after in ranked:
        if probability < suggest_from:
            break
        number, start, end = place
        if taken & {(number, token) for token in range(start, end)}:
            continue
        taken |= {(number, token) for token in range(start, end)}
        spans = found[number].spans
        edits.append(
            replace(
                text,
                spans[start][0],
                spans[end - 1][1],
                after.replace("'", "’") if curly else after,
                "SPIN001",
                round(min(probability, 1.0), 4),
                candidates=candidates(by_place[place]),
            )
        )
    return edits


def candidates(afters: dict[str, float]) -> dict[str, float]:
    """The likeliest originals of a place, each with the probability that an editor would accept it."""
    best = sorted(afters.items(), key=lambda item: -item[1])[:ALTERNATIVES]
    return {after: round(probability, 4) for after, probability in best}


def changes_of(forms: list[str], reading: "Reading") -> list[tuple[Place, str]]:
    """What a reading changes: places and texts, without the words that stay as they are.

    A reading of as many words as the form has falls into pieces at every word that stays: that ``mentioned it
    will`` may have been ``said it would`` speaks for ``mentioned`` → ``said`` by itself, too.
    """
    from clean_news.channel.lexicon import trimmed

    start, end = reading.edge.start, reading.edge.end
    words = (reading.text or "").split(" ")
    if len(words) != end - start:
        front, behind = trimmed(words, forms[start:end])
        return [((reading.sentence, start + front, end - behind), " ".join(words[front : len(words) - behind]))]
    changes = []
    begin = 0
    for at in range(len(words) + 1):
        if at == len(words) or words[at] == forms[start + at]:
            if begin < at:
                changes.append(((reading.sentence, start + begin, start + at), " ".join(words[begin:at])))
            begin = at + 1
    return changes
