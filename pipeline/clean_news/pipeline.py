"""The pipeline: ordered stages over one article.

Stages only propose; here their edits are judged by the settings, given their ids, and applied.
"""

import importlib
from collections.abc import Iterable
from types import ModuleType
from typing import Any, NamedTuple, cast

import msgspec

from clean_news import edits as splicing
from clean_news.article import Article, Repair
from clean_news.change_log import StageLog, plain_number
from clean_news.edits import Edit
from clean_news.settings import STAGES, Settings, SettingsError, refusal
from clean_news.stages import Proposal, Rule, Stage


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
            SettingsError: if one cannot be loaded, or ``rules-off`` names a rule that no stage has.
        """
        self.settings = settings
        self.stages = {name: load_stage(name) for name in settings.stages}
        if settings.rules_off:
            codes = {rule.code for rules in rules_by_stage(settings).values() for rule in rules}
            for code in settings.rules_off:
                if code not in codes:
                    raise SettingsError(refusal("settings", "rules-off", code))

    def run(self, article: Article) -> Outcome:
        """Run every stage; one that fails changes nothing, and the others still have their turn.

        Args:
            article: its text decoded, its lines ending as the decoding left them.
        """
        logs: list[StageLog] = []
        document: dict[str, Any] = {}
        for name, stage in self.stages.items():
            try:
                step = take_turn(name, stage, article, self.settings)
            except Exception as error:  # noqa: BLE001  # whatever a stage does, the article is not lost
                logs.append(StageLog(name, failed=f"{type(error).__name__}: {error}"))
                continue
            article = step.article
            logs.append(step.log)
            for fact, value in step.proposal.document.items():
                # Two stages may use the same word; neither fact is lost.
                document[f"{name}.{fact}" if fact in document else fact] = value
        return Outcome(article.text, tuple(logs), document, article.metadata)


def take_turn(name: str, stage: Stage, article: Article, settings: Settings) -> Step:
    """Let a stage propose, judge its edits, and apply those that count.

    Raises:
        Exception: whatever the stage raises.
        edits.Overlap, edits.Mismatch: if its edits do not fit the text or each other.
        TypeError: if an edit, a fact or the metadata cannot be written to a log.
    """
    proposal = stage.propose(article, settings)
    found = sorted(proposal.edits, key=lambda edit: edit.span)
    judged = [verdict(edit, settings) for edit in splicing.identify(article.text, found)]
    kept = standing([edit for edit in judged if edit is not None], frozenset(repair.id for repair in article.repairs))
    text = splicing.apply(article.text, kept)
    log = StageLog(name, tuple(kept), proposal.held_off)
    check_loggable(text, log, proposal)
    carried = Article(
        text,
        article.id,
        article.source,
        {**article.metadata, **proposal.metadata},
        repairs_after(article.repairs, kept),
    )
    return Step(carried, log, proposal)


def verdict(edit: Edit, settings: Settings) -> Edit | None:
    """The edit in its state by the settings; None where it is not even worth a suggestion."""
    if edit.rule in settings.rules_off or edit.confidence < settings.suggest_from:
        return None
    if edit.state == "applied" and edit.confidence < settings.apply_from:
        return msgspec.structs.replace(edit, state="suggested")
    return edit


def standing(found: list[Edit], applied_before: frozenset[str]) -> list[Edit]:
    """The edits, and those whose basis is not applied only suggested.

    Args:
        found: edits of one stage, with their ids.
        applied_before: ids of the edits that the stages before applied.
    """
    applied = applied_before | {edit.id for edit in found if edit.state == "applied"}
    fallen = {
        edit.id
        for edit in found
        if edit.state == "applied" and edit.depends_on is not None and edit.depends_on not in applied
    }
    if not fallen:
        return found
    # What fell may have been the basis of another.
    return standing(
        [msgspec.structs.replace(edit, state="suggested") if edit.id in fallen else edit for edit in found],
        applied_before,
    )


def repairs_after(repairs: Iterable[Repair], applied: list[Edit]) -> tuple[Repair, ...]:
    """The repairs of the stages before, where they stand now, and those of the stage that just ran."""
    before = list(repairs)
    spans = splicing.moved([(repair.start, repair.end) for repair in before], applied)
    carried = [Repair(*span, repair.id, repair.rule) for span, repair in zip(spans, before, strict=True)]
    ordered = splicing.in_order(applied)
    fresh = [
        Repair(*span, edit.id, edit.rule) for span, edit in zip(splicing.spans_after(ordered), ordered, strict=True)
    ]
    return tuple(sorted(carried + fresh))


def check_loggable(text: str, log: StageLog, proposal: Proposal) -> None:
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
    return as_stage(module)


def as_stage(module: ModuleType) -> Stage:
    """The module, known to be a stage."""
    return cast("Stage", module)


def rules_by_stage(settings: Settings) -> dict[str, tuple[Rule, ...]]:
    """The rules of this package's stages and of those that the settings name.

    Raises:
        SettingsError: if a stage cannot be loaded.
    """
    return {name: load_stage(name).RULES for name in dict.fromkeys((*STAGES, *settings.stages))}
