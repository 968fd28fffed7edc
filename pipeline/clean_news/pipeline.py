"""Run the stages over one article, in order, and log what each of them did.

An article passes through these steps; the setting ``stages`` may select or reorder the stages:

1. decode: bytes become text with unified line ends (:mod:`clean_news.charsets.decoding`, called by
   :mod:`clean_news.cleaner` before the pipeline runs)
2. ``encoding``: repair mojibake, HTML entities, escape sequences and lost bytes
3. ``characters``: repair characters that are invisible, of the wrong script or of the wrong width
4. ``layout``: rejoin hyphenated words, hard-wrapped lines and broken sentences; remove page furniture
5. ``boilerplate``: remove date stamps, picture credits, share and subscribe lines
6. ``ocr``: correct misread words in scanned documents
7. ``source``: take the words that a spinner replaced from the document's original, if it is among the sources
8. ``spin``: restore the words that a spinner replaced by synonyms, in spun documents
9. ``agreement``: adapt articles (a, an) and sentence capitals to the repairs of earlier stages
10. edits by hand: what people wrote in place of other words (:mod:`clean_news.hand_edits`)
11. log: the edits of all stages become the change log (:mod:`clean_news.change_log`)

A stage only proposes edits. The pipeline sets their states by confidence and settings, assigns ids, applies them, and
passes the new text to the next stage. If there are decisions of a reviewer, it also applies them; see
:mod:`clean_news.applying_decisions`.
"""

import importlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple, cast

import msgspec

from clean_news import edits as splicing
from clean_news import hand_edits
from clean_news.applying_decisions import ReviewedArticle, ReviewedStage, add_dependent_edits, carry_over
from clean_news.article import Article, ScannedWord
from clean_news.change_log import StageLog, encode_numpy_scalar
from clean_news.decisions import HAND, Decisions
from clean_news.edits import Edit
from clean_news.protection import leaving_fixed, load_terms
from clean_news.rule_selection import apply_from, check_codes, is_off
from clean_news.settings import NO_SECOND_OPINION, STAGES, Settings, SettingsError, UnknownNameError, stages_in_effect
from clean_news.stages import FOLLOWS, Proposal, Rule, Stage
from clean_news.stages.stage_lookup import missing_names

HAND_RULE = Rule(
    HAND,
    "words that a person wrote in place of others, in a review or in the clean file (clean-news adopt)",
    before="The ferry left at noon.",
    after="The ferry left at 12.15.",
    keeps=("The ferry left at one.",),
    source="decisions of people; each is found again by the text around it",
)


class PipelineResult(NamedTuple):
    """The result of all stages for one article.

    Attributes:
        text: the clean text.
        stages: log of each stage, in order.
        document: facts about the whole document that the stages reported.
        metadata: metadata of the article, and values that the stages extracted from its text.
    """

    text: str
    stages: tuple[StageLog, ...]
    document: dict[str, Any]
    metadata: dict[str, str]


def check_settings(settings: Settings) -> None:
    """Check that the stages, rules and files that the settings name exist, before a run begins.

    Stages of this package are not loaded for this.

    Raises:
        SettingsError: if a stage cannot be loaded, no stage has a rule that is named, or a file cannot be read or has
            a malformed line.
    """
    check_names(settings)
    if settings.protect_file:
        load_terms(settings)
    if settings.dictionary:
        from clean_news.stages.spin import lexicon_sources, user_dictionary

        user_files = user_dictionary.files(settings.dictionary)
        user_dictionary.read(user_files)
        if not lexicon_sources.lexicon_path(user_files).exists():  # what has been compiled has no malformed line
            user_dictionary.check(user_files)
    if settings.second_opinion != NO_SECOND_OPINION:
        from clean_news.stages import opinion_model

        opinion_model.standard(settings)  # converted before workers need it


def check_names(settings: Settings) -> None:
    """Check that the stages and rules that the settings name exist.

    Raises:
        UnknownNameError: if one does not.
        SettingsError: if a stage cannot be loaded.
    """
    for name in settings.stages:
        if name not in STAGES:
            load_stage(name)
    if settings.rules_off or settings.rules_only or settings.apply_from_rules or settings.suggest_rules:
        rules = rules_by_stage(settings)
        check_codes(settings, [rule.code for name in rules if name != hand_edits.STAGE for rule in rules[name]])


class _StageRun(NamedTuple):
    """The result of one stage.

    Attributes:
        article: the article for the next stage.
        log: log of the stage.
        proposal: what the stage returned.
    """

    article: Article
    log: StageLog
    proposal: Proposal


class Pipeline:
    """Runs the stages that the settings name.

    Attributes:
        settings: the settings.
        stages: the loaded stages by name, in order; without ``source`` if there are no sources.
    """

    def __init__(self, settings: Settings) -> None:
        """Load the stages.

        Raises:
            SettingsError: if a stage cannot be loaded, or the settings name a rule that no stage has, or a file that
                cannot be read.
        """
        check_settings(settings)
        self.settings = settings
        self.stages = {name: load_stage(name) for name in stages_in_effect(settings)}

    def run(self, article: Article, decisions: Decisions | None = None) -> PipelineResult:
        """Run every stage. A stage that fails changes nothing, and the remaining stages still run.

        Args:
            article: an article with its decoded text.
            decisions: decisions of reviewers about edits; None if there are none.
        """
        logs: list[StageLog] = []
        document: dict[str, Any] = {}
        reviewed = ReviewedArticle(article._replace(words=(), fixed=()))
        for name, stage in self.stages.items() if article.text else ():
            try:
                run = _run_stage(name, stage, article, self.settings)
                review = self._review(name, reviewed, article.text, run.log.edits, decisions) if decisions else None
            except Exception as error:  # noqa: BLE001  # no exception of a stage may lose the article
                logs.append(StageLog(name, failed=f"{type(error).__name__}: {error}"))
                continue
            article, log = run.article, run.log
            if review:
                if FOLLOWS in vars(stage) and reviewed.reviewer_edits:
                    # From here on, the stages judge the reviewed text.
                    text, repairs = review.reviewed.article.text, review.reviewed.article.repairs
                    article = article._replace(text=text, repairs=repairs, words=(), fixed=())
                reviewed, log = review.reviewed, msgspec.structs.replace(log, edits=review.edits)
            logs.append(log)
            for fact, value in run.proposal.document.items():
                # Two stages may report facts of the same name; both are kept.
                document[f"{name}.{fact}" if fact in document else fact] = value
        text = article.text
        if decisions:
            text, by_hand = _edited_by_hand(reviewed.article, decisions)
            logs += by_hand
        return PipelineResult(text, tuple(logs), document, dict(article.metadata))

    def _review(
        self, name: str, reviewed: ReviewedArticle, judged: str, edits: Sequence[Edit], decisions: Decisions
    ) -> ReviewedStage:
        """Apply the edits of a stage to the reviewed text, as the decisions demand.

        Args:
            name: name of the stage.
            reviewed: the reviewed article before the stage.
            judged: the text that the stage judged.
            edits: its edits for that text, in their states by the settings.
            decisions: the reviewers' decisions.
        """
        stage = self.stages[name]
        review = carry_over(reviewed, judged, edits, decisions)
        if FOLLOWS in vars(stage) and reviewed.reviewer_edits:
            second_run = _run_stage(name, stage, reviewed.article, self.settings).log.edits
            return add_dependent_edits(reviewed, review.edits, second_run, decisions)
        return review


def _run_stage(name: str, stage: Stage, article: Article, settings: Settings) -> _StageRun:
    """Run a stage, set the states of its edits, and apply those that are sure enough.

    Raises:
        Exception: whatever the stage raises.
        edits.Overlap, edits.Mismatch: if its edits do not match the text or overlap.
        TypeError: if an edit, a fact or the metadata cannot be written to a log.
    """
    proposal = stage.propose(article, settings)
    if not proposal.edits:
        return _without_edits(name, article, proposal)
    allowed = leaving_fixed(article.text, proposal.edits, article.fixed) if article.fixed else proposal.edits
    found = sorted(allowed, key=lambda edit: edit.span)
    identified = _with_word_ids(splicing.identify(article.text, found), article.words)
    judged = [judge(edit, settings) for edit in identified]
    applied_before = frozenset(repair.id for repair in article.repairs)
    kept = splicing.demote_dependents([edit for edit in judged if edit is not None], applied_before)
    text = splicing.apply(article.text, kept)
    log = StageLog(name, tuple(kept), proposal.held_off)
    _check_loggable(text, log, proposal)
    new_article = Article(
        text,
        article.id,
        article.source,
        {**article.metadata, **proposal.metadata},
        splicing.repairs_after(article.repairs, kept),
        _words_after(article.words, kept),
        tuple(splicing.map_spans(article.fixed, kept)) if article.fixed else (),
    )
    return _StageRun(new_article, log, proposal)


def _without_edits(name: str, article: Article, proposal: Proposal) -> _StageRun:
    """Return the result of a stage that proposes no edits, as most do.

    Raises:
        TypeError: if a fact or the metadata cannot be written to a log.
    """
    log = StageLog(name, held_off=proposal.held_off)
    _check_loggable(article.text, log, proposal)
    if proposal.metadata:
        article = article._replace(metadata={**article.metadata, **proposal.metadata})
    return _StageRun(article, log, proposal)


def _words_after(words: tuple[ScannedWord, ...], edits: Sequence[Edit]) -> tuple[ScannedWord, ...]:
    """Return the words of a scanned article, mapped to the text after a stage."""
    if not words or not any(edit.state == "applied" for edit in edits):
        return words
    spans = splicing.map_spans([(word.start, word.end) for word in words], edits)
    return tuple(word._replace(start=start, end=end) for word, (start, end) in zip(words, spans, strict=True))


def _with_word_ids(edits: list[Edit], words: Sequence[ScannedWord]) -> list[Edit]:
    """Add the ids of the scanned words that each edit changes to its evidence.

    Args:
        edits: the edits, sorted by position.
        words: the words of the text that they are for; empty for an article that does not come from a scanner's file.
    """
    if not any(word.id for word in words):
        return edits
    starts, ends = [word.start for word in words], [word.end for word in words]
    found = []
    for edit in edits:
        within = words[bisect_right(ends, edit.start) : bisect_left(starts, edit.end)]
        ids = [word.id for word in within if word.id]
        found.append(msgspec.structs.replace(edit, evidence={**edit.evidence, "word_ids": ids}) if ids else edit)
    return found


def _edited_by_hand(article: Article, decisions: Decisions) -> tuple[str, list[StageLog]]:
    """Make the edits of people; return the text, and the log of this step if there are any.

    Args:
        article: the reviewed article after all stages.
        decisions: the reviewers' decisions.
    """
    try:
        log = hand_edits.edits_by_hand(article.text, article.id, decisions)
        text = splicing.apply(article.text, log.edits) if log else article.text
        text.encode()  # surrogates cannot be written
    except Exception as error:  # noqa: BLE001  # no decision may lose the article
        return article.text, [StageLog(hand_edits.STAGE, failed=f"{type(error).__name__}: {error}")]
    return text, [log] if log else []


def judge(edit: Edit, settings: Settings) -> Edit | None:
    """Set the state of an edit by its confidence and the settings; None if it is not even to be logged."""
    if edit.confidence < settings.suggest_from or is_off(edit.rule, settings):
        return None
    threshold = apply_from(edit.rule, settings)
    if threshold is not None:  # it also overrides the state of edits that the stage itself only suggests
        return msgspec.structs.replace(edit, state="applied" if edit.confidence >= threshold else "suggested")
    if edit.state == "applied" and edit.confidence < settings.apply_from:
        return msgspec.structs.replace(edit, state="suggested")
    return edit


def _check_loggable(text: str, log: StageLog, proposal: Proposal) -> None:
    """Check that the results of a stage can be logged; if not, only this stage fails.

    Raises:
        UnicodeEncodeError: if the text has surrogates.
        NotImplementedError, msgspec.ValidationError: if a value is not JSON.
    """
    text.encode()
    if not (log.edits or proposal.document or proposal.metadata):
        return
    encoded = msgspec.json.encode((log, proposal.document, proposal.metadata), enc_hook=encode_numpy_scalar)
    msgspec.json.decode(encoded, type=tuple[StageLog, dict[str, Any], dict[str, str]])


def load_stage(name: str) -> Stage:
    """Import a stage. A module that is not one is not imported.

    Args:
        name: name of a module in the ``stages`` folder, or the dotted path of another module.

    Raises:
        SettingsError: if there is no such module, or it is not a stage.
    """
    if "." not in name and name not in STAGES:
        raise UnknownNameError("stages", name)
    path = name if "." in name else f"clean_news.stages.{name}"
    missing = [] if name in STAGES else missing_names(path)
    if missing is None:
        raise UnknownNameError("stages", name)
    if missing:
        hint = f"; the module {path} is not a stage: it does not define {' and '.join(missing)}"
        raise UnknownNameError("stages", name, hint)
    try:
        module = importlib.import_module(path)
    except ImportError as error:
        raise SettingsError(f"the stage {name} cannot be imported: {error}; install what is missing") from error
    return _as_stage(module)


def _as_stage(module: ModuleType) -> Stage:
    """Narrow the type of a module that has been checked to be a stage."""
    return cast("Stage", module)


def rules_by_stage(settings: Settings) -> dict[str, tuple[Rule, ...]]:
    """Return the rules of this package's stages, of the stages that the settings name, and of edits by hand, by stage.

    Raises:
        SettingsError: if a stage cannot be loaded.
    """
    by_stage = {name: load_stage(name).RULES for name in dict.fromkeys((*STAGES, *settings.stages))}
    return {**by_stage, hand_edits.STAGE: (HAND_RULE,)}
