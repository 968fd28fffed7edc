"""The pipeline: ordered stages over one article.

Stages only propose; here their edits are judged by the settings, given their ids, and applied.
"""

import importlib
from types import ModuleType
from typing import Any, NamedTuple, cast

import msgspec

from clean_news import edits as splicing
from clean_news.applying_decisions import Course, Turn, follow, follow_up
from clean_news.article import Article
from clean_news.change_log import StageLog, plain_number
from clean_news.decisions import Decisions
from clean_news.edits import Edit
from clean_news.protection import terms_of
from clean_news.rule_selection import apply_from, check_codes, is_off
from clean_news.settings import STAGES, Settings, SettingsError, refusal
from clean_news.stages import FOLLOWS, Proposal, Rule, Stage


class Outcome(NamedTuple):
    """What the stages made of an article.

    Attributes:
        text: the clean text.
        stages: what each stage did.
        document: the stages' facts about the document as a whole.
        metadata: what the article came with and what the stages took out of its text.
    """

    text: str
    stages: tuple[StageLog, ...]
    document: dict[str, Any]
    metadata: dict[str, str]


def check(settings: Settings) -> None:
    """See that what the settings name is there, so that a fault in them ends a run before it begins.

    The stages of this package are there and are not loaded for that.

    Raises:
        SettingsError: if a stage cannot be loaded, a rule is no stage's, or a file cannot be read or has a
            malformed line.
    """
    for name in settings.stages:
        if name not in STAGES:
            load_stage(name)
    if settings.protect_file:
        terms_of(settings)
    if settings.dictionary:
        from clean_news.stages.spin import user_dictionary

        user_dictionary.read(user_dictionary.files(settings.dictionary))
    if settings.rules_off or settings.rules_only or settings.apply_from_rules or settings.suggest_rules:
        check_codes(settings, [rule.code for rules in rules_by_stage(settings).values() for rule in rules])


class Step(NamedTuple):
    """One stage's turn: the article for the next one, the stage's log, what it proposed."""

    article: Article
    log: StageLog
    proposal: Proposal


class Pipeline:
    """The stages that the settings name, in order."""

    def __init__(self, settings: Settings) -> None:
        """Load the stages.

        Raises:
            SettingsError: if one cannot be loaded, or the settings name a rule that no stage has, or a file that
                cannot be read.
        """
        check(settings)
        self.settings = settings
        self.stages = {name: load_stage(name) for name in settings.stages}

    def run(self, article: Article, decisions: Decisions | None = None) -> Outcome:
        """Run every stage; one that fails changes nothing, and the others still have their turn.

        Args:
            article: its text decoded, its lines ending as the decoding left them.
            decisions: what a reviewer wants of the edits; None for nothing.
        """
        logs: list[StageLog] = []
        document: dict[str, Any] = {}
        course = Course(article)
        for name, stage in self.stages.items():
            try:
                step = _take_turn(name, stage, article, self.settings)
                turn = self.decided_turn(name, course, article.text, step, decisions) if decisions else None
            except Exception as error:  # noqa: BLE001  # whatever a stage does, the article is not lost
                logs.append(StageLog(name, failed=f"{type(error).__name__}: {error}"))
                continue
            article, log = step.article, step.log
            if turn:
                if FOLLOWS in vars(stage) and course.fresh:
                    article = article._replace(text=turn.course.article.text, repairs=turn.course.article.repairs)
                course, log = turn.course, msgspec.structs.replace(log, edits=turn.edits)
            logs.append(log)
            for fact, value in step.proposal.document.items():
                # Two stages may use the same word; neither fact is lost.
                document[f"{name}.{fact}" if fact in document else fact] = value
        text = course.article.text if decisions else article.text
        return Outcome(text, tuple(logs), document, article.metadata)

    def decided_turn(self, name: str, course: Course, judged: str, step: Step, decisions: Decisions) -> Turn:
        """A stage's turn in the reviewer's text.

        Args:
            name: the stage's.
            course: the reviewer's article before it.
            judged: the text that it judged.
            step: what came of that.
            decisions: the reviewer's.
        """
        stage = self.stages[name]
        turn = follow(course, judged, step.log.edits, decisions)
        if FOLLOWS in vars(stage) and course.fresh:
            anew = _take_turn(name, stage, course.article, self.settings).log.edits
            return follow_up(course, turn.edits, anew, decisions)
        return turn


def _take_turn(name: str, stage: Stage, article: Article, settings: Settings) -> Step:
    """Let a stage propose, judge its edits, and apply those that count.

    Raises:
        Exception: whatever the stage raises.
        edits.Overlap, edits.Mismatch: if its edits do not fit the text or each other.
        TypeError: if an edit, a fact or the metadata cannot be written to a log.
    """
    proposal = stage.propose(article, settings)
    found = sorted(proposal.edits, key=lambda edit: edit.span)
    judged = [verdict(edit, settings) for edit in splicing.identify(article.text, found)]
    applied_before = frozenset(repair.id for repair in article.repairs)
    kept = splicing.standing([edit for edit in judged if edit is not None], applied_before)
    text = splicing.apply(article.text, kept)
    log = StageLog(name, tuple(kept), proposal.held_off)
    _check_loggable(text, log, proposal)
    carried = Article(
        text,
        article.id,
        article.source,
        {**article.metadata, **proposal.metadata},
        splicing.repairs_after(article.repairs, kept),
    )
    return Step(carried, log, proposal)


def verdict(edit: Edit, settings: Settings) -> Edit | None:
    """The edit in its state by the settings; None where it is not even worth a suggestion."""
    if edit.confidence < settings.suggest_from or is_off(edit.rule, settings):
        return None
    own = apply_from(edit.rule, settings)
    if own is not None:  # it counts for what the stage itself only suggests, too
        return msgspec.structs.replace(edit, state="applied" if edit.confidence >= own else "suggested")
    if edit.state == "applied" and edit.confidence < settings.apply_from:
        return msgspec.structs.replace(edit, state="suggested")
    return edit


def _check_loggable(text: str, log: StageLog, proposal: Proposal) -> None:
    """Let a stage whose work cannot be written down fail here, where it costs nothing but its own edits.

    Raises:
        UnicodeEncodeError: if the text has surrogates.
        NotImplementedError, msgspec.ValidationError: if a value is not JSON.
    """
    text.encode()
    encoded = msgspec.json.encode((log, proposal.document, proposal.metadata), enc_hook=plain_number)
    msgspec.json.decode(encoded, type=tuple[StageLog, dict[str, Any], dict[str, str]])


def load_stage(name: str) -> Stage:
    """The stage of a name.

    Args:
        name: a module of the ``stages`` folder, or the dotted path of another module.

    Raises:
        SettingsError: if there is no such module, or it is not a stage.
    """
    path = name if "." in name else f"clean_news.stages.{name}"
    try:
        module = importlib.import_module(path)
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and f"{path}.".startswith(f"{error.name}."):
            raise SettingsError(refusal("settings", "stages", name)) from error
        raise SettingsError(f"the stage {name} cannot be imported: {error}; install what is missing") from error
    lacking = [part for part in ("RULES", "propose") if not hasattr(module, part)]
    if lacking:
        raise SettingsError(
            f"{refusal('settings', 'stages', name)}; the module {module.__name__} is no stage, "
            f"it has no {' and no '.join(lacking)}"
        )
    return _as_stage(module)


def _as_stage(module: ModuleType) -> Stage:
    """The module, known to be a stage."""
    return cast("Stage", module)


def rules_by_stage(settings: Settings) -> dict[str, tuple[Rule, ...]]:
    """The rules of this package's stages and of those that the settings name.

    Raises:
        SettingsError: if a stage cannot be loaded.
    """
    return {name: load_stage(name).RULES for name in dict.fromkeys((*STAGES, *settings.stages))}
