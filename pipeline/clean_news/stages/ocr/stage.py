"""Scanning errors undone: symspellpy proposes, the language model decides, the document gates.

Nothing is changed in a text that was never scanned: an unknown word there is a name, a new word or a joke.
"""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from clean_news.edits import Edit, replace
from clean_news.rule_selection import is_off
from clean_news.stages import Proposal, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clean_news.article import Article
    from clean_news.language.choice import TextSpan
    from clean_news.language.tokens import Sentence
    from clean_news.settings import Settings
    from clean_news.stages.ocr.readings import Reading

SOURCE = "noisy channel over dictionaries/ocr and the news language model (docs/how-it-works.md)"
RULES = (
    Rule(
        "OCR001",
        "a misread word in a scanned text, where the context and the shape of the letters tell what it was",
        before="Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on board by tbe pilot.",
        after="The steamer was to leave the wharf at noon, and the mail was put on board by the pilot.",
        keeps=(
            "The gaoler was paid by instalments to-day, and would shew the waggon to Bro. Millett and Cpl. Sharpe.",
            "The didgeridoo and the chakalaka were a hit at the braai, he said on Monday.",
        ),
        source=SOURCE,
    ),
    Rule(
        "OCR002",
        "two words that a scanner ran together",
        before="The members ofthe council met at the hall inthe evening to hear the report.",
        after="The members of the council met at the hall in the evening to hear the report.",
        keeps=("The undermentioned goods were put on board in the forenoon by the storekeeper.",),
        source=SOURCE,
    ),
    Rule(
        "OCR003",
        "one word that a scanner tore in two",
        before="The council met at the hall to hear the re port of the com mittee on the bridge.",
        after="The council met at the hall to hear the report of the committee on the bridge.",
        keeps=("It may be that he was at home for ever so long.",),
        source=SOURCE,
    ),
    Rule(
        "OCR004",
        "a speck of dirt that was read as a sign or a letter beside a word",
        before="The farmer sold his mangelwurzels ' at the yards and went .home with the squatter.",
        after="The farmer sold his mangelwurzels at the yards and went home with the squatter.",
        keeps=("He said it was 'the best of times' and left. It was not.",),
        source=SOURCE,
    ),
)
SCANNED_FROM = 0.5  # a document of this probability is taken as scanned
SCALE = 0.7  # of the model's log probabilities against the channel's costs; 0.5 to 1 differ little on ocr-train
CONTEXT_CHARS = 30  # code points of context on either side in an edit's evidence
LEAST = 0.001  # readings of lower probability are not worth a look

LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")  # a scan's lines end anywhere in a sentence


def propose(article: "Article", settings: "Settings") -> Proposal:
    """The misread words of an article that was scanned.

    The document fact ``scanned`` is the probability that it was, ``unknown_share`` what this rests on.
    """
    from clean_news.language import english
    from clean_news.protection import protected_spans
    from clean_news.stages.ocr import scan_gate

    reason = english.skip_reason(article.text, settings.min_words, settings.max_words)
    if reason:
        return Proposal([], held_off=reason)
    share = scan_gate.unknown_share(article.text)
    scanned = scan_gate.scanned(share)
    facts = {"scanned": round(scanned, 4), "unknown_share": round(share, 4)}
    if scanned < SCANNED_FROM:
        return Proposal([], facts, held_off=f"judged never scanned (probability of scanning {scanned:.3f})")
    changes = _changes_of(article.text, protected_spans(article.text, settings), scan_gate.rarity(share))
    edits = chosen(article.text, changes, settings.suggest_from)
    return Proposal([edit for edit in edits if not is_off(edit.rule, settings)], facts)


def _changes_of(text: str, guarded: "Sequence[TextSpan]", rarity: float) -> "dict[TextSpan, dict[str, float]]":
    """For each place that may have been misread what it may have been, with its posterior probability.

    Args:
        text: the article.
        guarded: stretches that were read correctly, in order and apart.
        rarity: what every misreading costs on top, in nats.
    """
    import numpy as np

    from clean_news.language import lattice
    from clean_news.language.tokens import sentences
    from clean_news.protection import protected_token_indices
    from clean_news.stages.ocr.readings import page_of, readings_of

    found = sentences(LINE_BREAK.sub(" ", text))
    page = page_of(text, found)
    by_sentence = readings_of(found, page, protected_token_indices(found, guarded))
    readings = [reading for own in by_sentence for reading in own]
    edges = lattice.edge_arrays(by_sentence)
    built = lattice.build([len(sentence.forms) for sentence in found], edges)
    scores = np.array([-reading.cost - rarity * (reading.text is not None) for reading in readings])
    _, posterior = lattice.decode(built, page.model, scores, SCALE)
    return _by_place(found, readings, posterior.edges.tolist())


def _by_place(
    found: "list[Sentence]", readings: "list[Reading]", posterior: list[float]
) -> "dict[TextSpan, dict[str, float]]":
    """The probabilities of what may stand at each place; readings that come to the same text count together."""
    changes: dict[TextSpan, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for reading, probability in zip(readings, posterior, strict=True):
        if reading.text is not None and probability > LEAST:
            spans = found[reading.sentence].spans
            place = (spans[reading.start][0], spans[reading.end - 1][1])
            changes[place][reading.text] += probability
    return {place: _without_doubt_of_case(texts) for place, texts in changes.items()}


def _without_doubt_of_case(texts: dict[str, float]) -> dict[str, float]:
    """Texts with their probabilities; of those that differ in capitals only the likeliest, with that of all.

    Otherwise a word whose letters are certain would stay misread where its capital is in doubt.

    >>> _without_doubt_of_case({"they": 0.5, "They": 0.25, "then": 0.125})
    {'they': 0.75, 'then': 0.125}
    """
    together: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        together[text.lower()].append(text)
    return {max(same, key=texts.__getitem__): sum(map(texts.__getitem__, same)) for same in together.values()}


def chosen(text: str, changes: "dict[TextSpan, dict[str, float]]", suggest_from: float) -> list[Edit]:
    """The likeliest change at each place, as edits, none overlapping another.

    Args:
        text: the article.
        changes: see :func:`_by_place`.
        suggest_from: changes of lower probability are left out.
    """
    from clean_news.language import choice

    edits = [
        replace(
            text,
            *place,
            after,
            _rule_of(text[slice(*place)], after),
            round(min(probability, 1.0), 4),
            candidates=choice.top_candidates(changes[place]),
            context=text[max(0, place[0] - CONTEXT_CHARS) : place[1] + CONTEXT_CHARS],
        )
        for place, after, probability in choice.likeliest_changes(changes, suggest_from)
    ]
    return sorted(edits, key=lambda edit: edit.span)


def _rule_of(before: str, after: str) -> str:
    """The code of the rule that a change belongs to."""
    if " " in after:
        return "OCR002"
    rest = before.removesuffix(after) if before.endswith(after) else before.removeprefix(after)
    if rest != before and not rest.isalpha():
        return "OCR004"
    return "OCR003" if any(map(str.isspace, before)) else "OCR001"
