"""Leaves out of an article's log what the setting ``log-detail`` does not ask for.

What reverting, diffs, decisions and reruns need stays at every level. ``standard`` leaves out what the texts, the other
edits and the metadata say again, and ``minimal`` also the candidates that were not chosen. :func:`evidence_shown` is
what the report, the review and ``explain`` show at every level.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from clean_news.change_log.log import FULL, ChangeLog, StageLog
from clean_news.edits import Edit, proposed_text

MINIMAL = "minimal"
OWN = "own/"  # begins the names of user dictionaries
ALL_DICTIONARIES = "all"  # name of the one digest that stands for those of all dictionaries
CANDIDATES = "candidates"  # key in evidence
# Keys in evidence that say again what the text, the other edits, the metadata or the confidence say.
SAID_ELSEWHERE = frozenset(("context", "times_in_document", "kept", "posterior", "width"))
TAKEN_OUT = SAID_ELSEWHERE | {CANDIDATES}  # of which ``standard`` puts some candidates back
MIN_CANDIDATE_PROBABILITY = 0.1  # of a candidate that was not chosen and that ``standard`` keeps
DIGEST_DIGITS = 32  # in hex, of the digest of all dictionaries: it detects changes, it does not resist attacks


def reduced(log: ChangeLog, detail: str) -> ChangeLog:
    """Return a log with the detail that was asked for.

    Args:
        log: the log, with everything.
        detail: the setting ``log-detail``: ``full``, ``standard`` or ``minimal``.
    """
    if detail == FULL:
        return log
    stages = (_reduced_stage(stage, detail) for stage in log.stages if stage.edits or stage.held_off or stage.failed)
    return msgspec.structs.replace(log, stages=tuple(stages), detail=detail)


def _reduced_stage(stage: StageLog, detail: str) -> StageLog:
    """Return the result of a stage with less evidence."""
    if not any(edit.evidence for edit in stage.edits):
        return stage
    return msgspec.structs.replace(stage, edits=tuple(_reduced_edit(edit, detail) for edit in stage.edits))


def _reduced_edit(edit: Edit, detail: str) -> Edit:
    """Return an edit with less evidence."""
    if not edit.evidence:
        return edit
    evidence = {name: value for name, value in edit.evidence.items() if name not in TAKEN_OUT}
    if detail != MINIMAL:
        kept = _candidates_kept(edit)
        if kept:
            evidence[CANDIDATES] = kept
    return msgspec.structs.replace(edit, evidence=evidence)


def _candidates_kept(edit: Edit) -> dict[str, float]:
    """Return the candidates that are not negligible; none if there is only the proposed one, or no probabilities.

    The proposed one is among them only if its probability is not the edit's confidence.
    """
    candidates = edit.evidence.get(CANDIDATES)
    if not isinstance(candidates, dict):
        return {}
    proposed = proposed_text(edit)
    others = {
        text: probability
        for text, probability in candidates.items()
        if text != proposed and isinstance(probability, float | int) and probability >= MIN_CANDIDATE_PROBABILITY
    }
    if not others or candidates.get(proposed) in (None, _confidence_shown(edit)):
        return others
    return {proposed: candidates[proposed], **others}


def _confidence_shown(edit: Edit) -> float:
    """Return the confidence, rounded like the probabilities of candidates."""
    return round(edit.confidence, 4)


def evidence_shown(edit: Edit) -> dict[str, Any]:
    """Return the evidence of an edit for people, with the proposed text among its candidates.

    Reduced logs leave it out where its probability is the edit's confidence.
    """
    candidates = edit.evidence.get(CANDIDATES)
    proposed = proposed_text(edit)
    if not isinstance(candidates, dict) or not candidates or proposed in candidates:
        return edit.evidence
    return {**edit.evidence, CANDIDATES: {proposed: _confidence_shown(edit), **candidates}}


def reduced_digests(dictionaries: Mapping[str, str], detail: str) -> dict[str, str]:
    """Return the digests of dictionaries, or one that stands for all shipped ones; a user's own stay named.

    Args:
        dictionaries: SHA-256 of each dictionary, in hex, by name.
        detail: the setting ``log-detail``.
    """
    if detail == FULL:
        return dict(dictionaries)
    own = {name: digest for name, digest in dictionaries.items() if name.startswith(OWN)}
    lines = "".join(f"{name}\t{digest}\n" for name, digest in sorted(dictionaries.items()) if name not in own)
    digest = hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()
    return {ALL_DICTIONARIES: digest[:DIGEST_DIGITS], **own}
