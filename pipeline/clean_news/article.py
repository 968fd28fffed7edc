"""The article record that the stages pass along."""

from typing import NamedTuple


class Repair(NamedTuple):
    """Position in the current text of an edit that an earlier stage applied.

    Attributes:
        start: offset of the first code point in the current text.
        end: exclusive end offset.
        id: id of the edit, for ``depends_on``.
        rule: rule code of the edit.
    """

    start: int
    end: int
    id: str
    rule: str


class ScannedWord(NamedTuple):
    """Place of a word that a scanner read, in the current text.

    Attributes:
        start: offset of its first code point.
        end: exclusive end offset.
        id: its id in the scanner's file; empty if it has none.
        confidence: how sure the scanner was of it, 0–1; None if unknown.
    """

    start: int
    end: int
    id: str = ""
    confidence: float | None = None


class Article(NamedTuple):
    r"""One news article.

    Attributes:
        text: the text as the previous stage left it; lines end in ``\n``.
        id: name of the article within the run, e.g. its path relative to ``raw/``.
        source: origin of the article, for people: a path or a URL.
        metadata: values extracted from the text: ``date``, ``image``, …
        repairs: edits that earlier stages applied, ordered by position in ``text``.
        words: the words that a scanner read, ordered by position in ``text``; empty for other articles.
        fixed: spans of ``text`` that stand for markup or code, and that no stage changes; in order, disjoint.
    """

    text: str
    id: str = ""
    source: str = ""
    metadata: dict[str, str] = {}  # noqa: RUF012  # never mutated: new metadata go into a new dict
    repairs: tuple[Repair, ...] = ()
    words: tuple[ScannedWord, ...] = ()
    fixed: tuple[tuple[int, int], ...] = ()
