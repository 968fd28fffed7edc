"""Synonym spinning undone: the dictionary proposes, the language model decides, the document gates."""

from bisect import bisect_right
from typing import TYPE_CHECKING

from clean_news.edits import Edit, replace
from clean_news.stages import Proposal, Rule

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.channel.spun_readings import Reading
    from clean_news.channel.tokens import Sentence
    from clean_news.settings import Settings

RULES = (
    Rule(
        "SPIN001",
        "a synonym that a spinner put in, where the article said something else",
        before="",
        after="",
        keeps=(),
        source="noisy channel over dictionaries/spin and the news language model (docs/how-it-works.md)",
    ),
)


def propose(article: "Article", settings: "Settings") -> Proposal:
    """The words and phrases to put back, if the document as a whole was spun."""
    from clean_news.channel import document, language_model, lexicon
    from clean_news.channel.spun_readings import quotations, readings_of
    from clean_news.channel.tokens import sentences

    model, words = language_model.standard(), lexicon.standard()
    found = sentences(article.text)
    count = sum(form[0].isalpha() for sentence in found for form in sentence.forms)
    protected = {phrase.lower() for phrase in settings.protect}
    readings = [
        reading
        for number, sentence in enumerate(found)
        for reading in readings_of(number, sentence, words, model, protected)
    ]
    if not count:
        return Proposal([], held_off="no words")
    quoted = quotations(article.text)
    parts = [part_of(reading, found, quoted) for reading in readings]
    decoded = document.decode([len(sentence.forms) for sentence in found], readings, parts, count, model)
    facts = {"share": round(decoded.share, 4), "gain": round(decoded.gain, 4), **decoded.rates}
    edits = chosen(article.text, found, readings, decoded.posterior.tolist(), settings)
    return Proposal(edits, facts)


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


def chosen(
    text: str,
    found: "list[Sentence]",
    readings: "list[Reading]",
    posterior: list[float],
    settings: "Settings",
) -> list[Edit]:
    """The likeliest change at each place, as edits; readings that come to the same text count together."""
    merged: dict[tuple[int, int, int, str], float] = {}
    for reading, probability in zip(readings, posterior, strict=True):
        if reading.text is not None:
            key = (reading.sentence, reading.edge.start, reading.edge.end, reading.text)
            merged[key] = merged.get(key, 0.0) + probability
    taken: set[tuple[int, int]] = set()
    edits = []
    for (number, start, end, after), probability in sorted(merged.items(), key=lambda item: -item[1]):
        if probability < settings.suggest_from:
            break
        places = {(number, place) for place in range(start, end)}
        if places & taken:
            continue
        taken |= places
        spans = found[number].spans
        edits.append(
            replace(text, spans[start][0], spans[end - 1][1], after, "SPIN001", min(probability, 1.0))
        )
    return edits
