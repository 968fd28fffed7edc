"""Asks for the second opinion that the settings name, and puts it into the evidence of edits and the facts of a log."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from clean_news.edits import Edit
from clean_news.language.change_selection import TextSpan
from clean_news.language.tokens import Sentence
from clean_news.settings import Settings
from clean_news.stages import opinion_model
from clean_news.stages.opinion_model import EVIDENCE, facts, standard
from clean_news.stages.spin import second_opinion, user_dictionary
from clean_news.stages.spin.repetitions import TokenSpan
from clean_news.stages.spin.second_opinion import Opinion

TRUST_OF_CAPITALS = 0.5  # where capitals carry no information; see :func:`second_opinion.reconsidered`


class Asked(NamedTuple):
    """A document's changes after a second opinion.

    Attributes:
        changes: the probabilities of all changes, by the tokens that they replace.
        opinions: both opinions of the changes that were unsure, by place and text.
        facts: which model was asked about how many words, for the log.
    """

    changes: dict[TokenSpan, dict[str, float]]
    opinions: dict[tuple[TextSpan, str], Opinion]
    facts: dict[str, Any]


def ask(
    text: str,
    sentences: Sequence[Sentence],
    capitals: Sequence[Sequence[bool]],
    changes: Mapping[TokenSpan, Mapping[str, float]],
    settings: Settings,
) -> Asked:
    """Weigh the unsure changes of a spun document again.

    What is capitalised where capitals carry information is mostly part of a name, of which the neural model knows less
    than the n-grams: such a change never becomes more probable. Neither does one that a reviewer rejected. What is
    capitalised elsewhere may be a name (*Mind and Scope*, two charities): its probability is the mean of both.

    Args:
        text: the document.
        sentences: its sentences.
        capitals: what :func:`readings.unreliable_capitals` gives for them.
        changes: its changes, with their probabilities by the n-grams.
        settings: the run's settings.

    Raises:
        SettingsError: if the model cannot be opened.
    """
    model = standard(settings)
    rejections = user_dictionary.read(user_dictionary.files(settings.dictionary)).rejections

    def trust(span: TokenSpan, after: str) -> float:
        number, start, end = span
        forms = sentences[number].forms[start:end]
        if rejections and user_dictionary.penalise_rejected(" ".join(forms), {after: 0.5}, rejections)[after] < 0.5:
            return 0.0
        uninformative = [
            without for form, without in zip(forms, capitals[number][start:end], strict=True) if form[0].isupper()
        ]
        return 1.0 if not uninformative else TRUST_OF_CAPITALS * all(uninformative)

    found = second_opinion.reconsidered(text, sentences, changes, trust, model)
    opinions = {
        ((sentences[number].spans[start][0], sentences[number].spans[end - 1][1]), after): opinion
        for (number, start, end), afters in found.opinions.items()
        for after, opinion in afters.items()
    }
    return Asked(found.changes, opinions, facts(text, model))


def with_opinions(edits: Sequence[Edit], asked: Asked, apply_from: float) -> list[Edit]:
    """Return edits with both opinions in the evidence of those that were unsure.

    ``differ`` is true if the n-grams alone would have decided otherwise whether the edit is applied.

    Args:
        edits: the edits.
        asked: what was asked.
        apply_from: confidence from which an edit is applied.
    """
    by_text = {(span, _plain(after)): opinion for (span, after), opinion in asked.opinions.items()}
    found = []
    for edit in edits:
        opinion = by_text.get((edit.span, _plain(edit.after)))
        if opinion is not None:
            differ = (opinion.n_grams >= apply_from) != (edit.confidence >= apply_from)
            both = opinion_model.opinions(*opinion, differ=differ)
            edit = msgspec.structs.replace(edit, evidence={**edit.evidence, EVIDENCE: both})  # noqa: PLW2901
        found.append(edit)
    return found


def _plain(after: str) -> str:
    """A replacement without the spaces and with the apostrophes of the dictionary."""
    return after.replace("’", "'").strip()
