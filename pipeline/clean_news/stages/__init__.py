"""What a stage is.

A stage is a module of this folder (or any importable module) with two names:

``RULES``
    a tuple of :class:`Rule`: what the stage can do, with an example that it repairs and one it leaves alone.
``propose(article, settings) -> Proposal``
    a pure function from an article to proposed edits. It never changes the text; the pipeline does.

A stage whose edits only follow from those of others, and name them in ``depends_on``, also has the name ``FOLLOWS``
(its value does not matter): it gets another turn where a reviewer's decision gives it something to follow.

The order of the stages, and whether one runs, is the setting ``stages``; see CONTRIBUTING.md to add one.
"""

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.edits import Edit
    from clean_news.settings import Settings


FOLLOWS = "FOLLOWS"


class Rule(NamedTuple):
    """One thing a stage can do.

    Attributes:
        code: letters of the stage and three digits, e.g. ``"CHAR002"``; never given to another rule.
        summary: one line saying what is wrong and what is done, for ``clean-news explain`` and the reports.
        before: a text that the rule repairs.
        after: ``before`` as the stage leaves it.
        keeps: texts that look alike and must stay as they are.
        source: where the rule or its figures come from.
    """

    code: str
    summary: str
    before: str
    after: str
    keeps: tuple[str, ...]
    source: str = ""


class Proposal(NamedTuple):
    """What a stage found in one article.

    Attributes:
        edits: the proposed edits, not overlapping, in any order.
        document: facts about the document as a whole for the log, e.g. ``{"spun": 0.99}``.
        metadata: what was taken out of the text and is worth keeping, e.g. ``{"date": "2022-03-22"}``.
        held_off: why the stage left the article alone, for the log; None where it worked on it.
    """

    edits: "list[Edit]"
    document: dict[str, Any] = {}  # noqa: RUF012  # never changed
    metadata: dict[str, str] = {}  # noqa: RUF012  # never changed
    held_off: str | None = None


class Stage(Protocol):
    """A module, seen as a stage."""

    RULES: tuple[Rule, ...]

    def propose(self, article: "Article", settings: "Settings") -> Proposal:
        """The stage's edits for the article."""
        ...
