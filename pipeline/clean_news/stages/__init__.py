"""The interface of a stage, and the records that stages exchange with the pipeline.

A stage is a module or package in this folder (or any importable module) with two names:

``RULES``
    a tuple of :class:`Rule`: what the stage repairs, with an example of each repair and of a text that must not change.
``propose(article, settings) -> Proposal``
    a pure function from an article to proposed edits; only the pipeline applies them.

A stage whose edits all depend on edits of other stages, named in ``depends_on``, also defines ``FOLLOWS`` (with any
value). The pipeline runs it again when a reviewer's decision applies an edit that it may have to follow up.

The setting ``stages`` lists the stages that run, in order; CONTRIBUTING.md says how to add one.
"""

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.edits import Edit
    from clean_news.settings import Settings


FOLLOWS = "FOLLOWS"
# How the codes of the rules begin whose repairs other stages ask for.
SPIN_RULES, OCR_RULES, SOURCE_RULES = "SPIN", "OCR", "SRC"


class Rule(NamedTuple):
    """One kind of repair that a stage makes.

    Attributes:
        code: prefix of the stage and three digits, e.g. ``"CHAR002"``; never reused for another rule.
        summary: one line saying what is repaired and how, for ``clean-news explain`` and the reports.
        before: example of a text that the rule repairs.
        after: ``before`` after the repair.
        keeps: similar texts that must not change.
        source: where the rule or its figures come from.
    """

    code: str
    summary: str
    before: str
    after: str
    keeps: tuple[str, ...]
    source: str = ""


class Proposal(NamedTuple):
    """What a stage proposes for one article.

    Attributes:
        edits: the proposed edits, in any order, without overlaps.
        document: facts about the whole document, for the log, e.g. ``{"spun": 0.99}``.
        metadata: values extracted from the text, e.g. ``{"date": "2022-03-22"}``.
        held_off: reason why the stage skipped the article, for the log; None if it did not.
    """

    edits: "list[Edit]"
    document: dict[str, Any] = {}  # noqa: RUF012  # never changed
    metadata: dict[str, str] = {}  # noqa: RUF012  # never changed
    held_off: str | None = None


class Stage(Protocol):
    """The names that a stage module defines."""

    RULES: tuple[Rule, ...]

    def propose(self, article: "Article", settings: "Settings") -> Proposal:
        """Propose the stage's edits for the article."""
        ...
