"""The article that travels through the stages."""

from typing import NamedTuple


class Repair(NamedTuple):
    """Where an earlier stage's applied edit stands in the present text.

    Attributes:
        start: first code point, in the present text.
        end: code point behind it.
        id: the edit's id, for ``depends_on``.
        rule: the edit's rule code.
    """

    start: int
    end: int
    id: str
    rule: str


class Article(NamedTuple):
    r"""One news article.

    Attributes:
        text: the article as the stages before left it; lines end in ``\n``.
        id: its name within the run, e.g. the path relative to ``raw/``.
        source: where it came from, for people: a path or an address.
        metadata: what was taken out of the text: ``date``, ``image``, …
        repairs: what earlier stages changed, by position in ``text``.
    """

    text: str
    id: str = ""
    source: str = ""
    metadata: dict[str, str] = {}  # noqa: RUF012  # never changed: a stage's metadata makes a new one
    repairs: tuple[Repair, ...] = ()
