"""Synonym spinning undone: the dictionary proposes, the language model decides, the document gates.

Nothing is changed in a document that was not spun as a whole: one synonym too many is an author's choice.
"""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from clean_news.edits import Edit, replace
from clean_news.stages import Proposal, Rule

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.language.tokens import Sentence
    from clean_news.settings import Settings
    from clean_news.stages.spin.document import Decoded, Floats
    from clean_news.stages.spin.readings import Readings

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
NEAR = 30  # code points on either side of an edit that its evidence shows


def propose(article: "Article", settings: "Settings") -> Proposal:
    """The words and phrases to put back, if the document as a whole was spun."""
    from clean_news.language import english
    from clean_news.language.tokens import sentences
    from clean_news.protection import guarded_places, guarded_spans
    from clean_news.stages.spin import document, forms, lexicon_building, screening, user_dictionary
    from clean_news.stages.spin.readings import parts_of, readings_of

    if settings.document == "genuine":
        return Proposal([], held_off="declared genuine by the setting document")
    reason = english.skip_reason(article.text, settings.min_words, settings.max_words)
    if reason:
        return Proposal([], held_off=reason)
    own = user_dictionary.files(settings.dictionary)
    words = lexicon_building.standard(own)
    if settings.document == "auto":
        suspicion = screening.suspicion(article.text, words.telltales)
        if suspicion < screening.worth_decoding(article.text):
            facts = {"spun": 0.0, "suspicion": round(suspicion, 4)}
            return Proposal([], facts, held_off=f"judged genuine by its words (suspicion {suspicion:.3f})")
    found = sentences(article.text)
    count = sum(form[0].isalpha() for sentence in found for form in sentence.forms)
    guarded = guarded_places(found, guarded_spans(article.text, settings))
    spun_forms = forms.standard(own)
    readings = readings_of(found, parts_of(article.text, found), spun_forms, guarded)
    if settings.quotes != "auto":
        readings = _by_quotes_setting(readings, settings.quotes)
    decoded = document.decode([len(sentence.forms) for sentence in found], readings, count, spun_forms.model)
    spun = 1.0 if settings.document == "spun" else decoded.spun
    facts = _facts_of(decoded, spun)
    if spun < SPUN_FROM:
        return Proposal([], facts, held_off=f"judged genuine (probability of spinning {spun:.3f})")
    changes = _changes_of(found, readings, decoded.posterior, spun_forms.phrases.texts.things)
    rejections = user_dictionary.read(own).rejections
    if rejections:
        changes = {
            (number, start, end): user_dictionary.less_rejected(
                " ".join(found[number].forms[start:end]), afters, rejections
            )
            for (number, start, end), afters in changes.items()
        }
    return Proposal(chosen(article.text, found, changes, settings.suggest_from, spun), facts)


def _facts_of(decoded: "Decoded", spun: float) -> dict[str, Any]:
    """What the log says of the document as a whole."""
    rates = {part: round(rate, 3) for part, rate in decoded.rates.items()}
    return {
        "spun": round(spun, 4),
        "swapped_share": round(decoded.share, 4),
        "gain": round(decoded.gain, 4),
        "swap_rates": rates,
    }


def _by_quotes_setting(readings: "Readings", quotes: str) -> "Readings":
    """The readings with quotations left alone (``keep``) or treated as the rest (``repair``)."""
    import numpy as np

    from clean_news.stages.spin.readings import BODY, QUOTATION, without

    quoted = readings.part == QUOTATION
    if quotes == "repair":
        return readings._replace(part=np.where(quoted, BODY, readings.part))
    return without(readings, quoted & (readings.text >= 0))


Place = tuple[int, int, int]  # sentence, first token, token behind the last


def _changes_of(
    found: "list[Sentence]", readings: "Readings", posterior: "Floats", texts: list[str]
) -> dict[Place, dict[str, float]]:
    """What the readings would change: by place the texts that may stand there, with their probabilities.

    Readings that come to the same change count together; their sum is calibrated.
    """
    from clean_news.stages.spin import calibration

    likely = ((readings.text >= 0) & (posterior > 0.01)).nonzero()[0]
    edges = readings.edges
    rows = zip(
        edges.sentence[likely].tolist(),
        edges.start[likely].tolist(),
        edges.end[likely].tolist(),
        readings.text[likely].tolist(),
        posterior[likely].tolist(),
        strict=True,
    )
    calibrated = calibration.standard().of
    changes: dict[Place, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for sentence, start, end, text, probability in rows:
        for place, after in pieces(found[sentence].forms, (sentence, start, end), texts[text].split(" ")):
            changes[place][after] += probability
    return {
        place: {after: calibrated(probability) for after, probability in afters.items()}
        for place, afters in changes.items()
    }


def chosen(
    text: str,
    found: "list[Sentence]",
    changes: dict[Place, dict[str, float]],
    suggest_from: float,
    spun: float,
) -> list[Edit]:
    """The likeliest change at each place, as edits.

    Args:
        text: the article.
        found: its sentences.
        changes: see :func:`_changes_of`.
        suggest_from: changes of lower probability are left out.
        spun: probability that the document was spun, by which every change's probability is lowered.
    """
    from clean_news.language import choice

    curly = "’" in text
    calibrated = {
        (found[number].spans[start][0], found[number].spans[end - 1][1]): afters
        for (number, start, end), afters in changes.items()
    }
    lowered = {place: {after: odds * spun for after, odds in afters.items()} for place, afters in calibrated.items()}
    edits = [
        replace(
            text,
            *place,
            after.replace("'", "’") if curly else after,
            "SPIN001",
            round(min(probability, 1.0), 4),
            candidates=choice.candidates(calibrated[place]),
            near=text[max(0, place[0] - NEAR) : place[1] + NEAR],
        )
        for place, after, probability in choice.likeliest_changes(lowered, suggest_from)
    ]
    return _with_repetitions(edits)


def _with_repetitions(edits: list[Edit]) -> list[Edit]:
    """The edits; where the document has the same one several times, its evidence says how often."""
    count = Counter((edit.before.lower(), edit.after.lower()) for edit in edits)
    found = []
    for edit in edits:
        times = count[edit.before.lower(), edit.after.lower()]
        if times > 1:
            edit = msgspec.structs.replace(edit, evidence={**edit.evidence, "times_in_document": times})  # noqa: PLW2901
        found.append(edit)
    return found


def pieces(forms: list[str], place: Place, words: list[str]) -> list[tuple[Place, str]]:
    """What putting ``words`` at a place changes, without the words that stay as they are.

    As many words as there are tokens are changed one by one: that ``final yr`` may have been ``last year`` speaks
    for ``final`` → ``last`` by itself, too, and the same repair must not be counted in two ways.
    """
    sentence, start, end = place
    if len(words) != end - start:
        from clean_news.language.choice import trimmed

        front, behind = trimmed(words, forms[start:end])
        return [((sentence, start + front, end - behind), " ".join(words[front : len(words) - behind]))]
    return [
        ((sentence, at, at + 1), word) for at, word in zip(range(start, end), words, strict=True) if word != forms[at]
    ]
