"""The articles of CLEAN as the page lists them: the columns of the report, of which single articles can be replaced.

An article has a number for as long as the server runs: new ones get the next numbers, and one that is gone keeps its
own, without edits. Each change makes a new generation, so that a page can ask for what is new since its own.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clean_news.decisions.agreement import DecidedEdit
from clean_news.review.report.columns import SHARED, Columns
from clean_news.review.serve.article_files import ReadArticle

NOT_COLUMNS = {"name", "edits"}  # of an article: kept apart
MAX_REMEMBERED_GENERATIONS = 10_000


class Row:
    """What the page knows of an article before it is opened.

    Attributes:
        name: id of the article.
        file: the clean file, relative to CLEAN.
        facts: the article's values in the columns, by name of the column.
        edits: the columns of its edits in reading order, by name; ``pair`` has numbers of pairs.
        ids: the ids of the edits.
        digest: differs from that of another version of the article.
        has_decisions: whether its log says that decisions were applied.
        generation: the generation in which it last changed.
        is_gone: whether it is not in CLEAN any more.
    """

    __slots__ = ("digest", "edits", "facts", "file", "generation", "has_decisions", "ids", "is_gone", "name")

    def __init__(self, name: str, file: str) -> None:
        """Start without edits."""
        self.name, self.file = name, file
        self.facts: dict[str, Any] = {}
        self.edits: dict[str, array[int]] = {}
        self.ids: tuple[str, ...] = ()
        self.digest = ""
        self.has_decisions = self.is_gone = False
        self.generation = 0


class Pair(NamedTuple):
    """What equal edits have in common: the number of their rule, the text before, and the text proposed."""

    rule: int
    before: str
    after: str


class ArticleIndex:
    """The columns of all articles.

    Attributes:
        rows: by number of the article.
        generation: increases with each change.
        rules: of each rule its code, the number of its stage, and what else the columns say of it.
        pairs: the number of each pair; they are numbered in this order.
    """

    def __init__(self, summaries: Mapping[str, str], apply_from: float, generation: int) -> None:
        """Start without articles.

        Args:
            summaries: summary of each rule, by code.
            apply_from: confidence from which edits are applied.
            generation: greater than that of any earlier server that pages may remember.
        """
        self._summaries, self._apply_from = summaries, apply_from
        self.rows: list[Row] = []
        self.generation = generation
        self.rules: list[list[Any]] = []
        self.pairs: dict[Pair, int] = {}
        self._stages: dict[str, int] = {}
        self._rule_numbers: dict[tuple[str, int], int] = {}
        empty = Columns(summaries, apply_from).as_json()
        self._shared: dict[str, dict[Any, int]] = {
            of: {value: at for at, value in enumerate(empty[of])} for of in SHARED.values()
        }
        self._numbers: dict[tuple[str, str], int] = {}  # of articles, by file and name
        self._in_file: dict[str, list[int]] = {}
        self._pairs_known: dict[int, int] = {generation: 0}  # by generation

    # Changing

    def replace_files(self, found: Mapping[str, Sequence[ReadArticle]]) -> list[int]:
        """Replace the articles of some files, as one new generation.

        Args:
            found: the articles of each file, which is gone if it has none.

        Returns:
            The numbers of the articles that are new, changed or gone.
        """
        generation = self.generation + 1
        changed: list[int] = []
        for file, articles in found.items():
            there = {self._replace(file, article, generation, changed) for article in articles}
            for number in self._in_file.get(file, ()):
                if number not in there and not self.rows[number].is_gone:
                    row = Row(self.rows[number].name, file)
                    row.facts = self.rows[number].facts
                    row.edits = {name: array("i") for name in self.rows[number].edits}
                    row.generation, row.is_gone = generation, True
                    self.rows[number] = row
                    changed.append(number)
        if changed:
            self.generation = generation
            self._pairs_known[generation] = len(self.pairs)
            if len(self._pairs_known) > MAX_REMEMBERED_GENERATIONS:
                del self._pairs_known[next(iter(self._pairs_known))]
        return changed

    def _replace(self, file: str, article: ReadArticle, generation: int, changed: list[int]) -> int:
        """Put in an article; return its number, which is noted if anything is different."""
        key = (file, article.name)
        number = self._numbers.get(key)
        row = self._row_of(file, article)
        row.generation = generation
        if number is None:
            number = self._numbers[key] = len(self.rows)
            self._in_file.setdefault(file, []).append(number)
            self.rows.append(row)
            changed.append(number)
        elif _differ(self.rows[number], row):
            self.rows[number] = row
            changed.append(number)
        return number

    def _row_of(self, file: str, article: ReadArticle) -> Row:
        """Make the row of an article, with the numbers that all articles have in common."""
        own = article.columns
        row = Row(article.name, file)
        stages = [self._stages.setdefault(name, len(self._stages)) for name in own["stages"]]
        rules = [self._rule_number([code, stages[stage], *others]) for code, stage, *others in own["rules"]]
        pairs = [
            self.pairs.setdefault(Pair(rules[rule], before, after), len(self.pairs))
            for rule, before, after in zip(
                own["pairs"]["rule"], own["pairs"]["before"], own["pairs"]["after"], strict=True
            )
        ]
        for name, (value,) in own["articles"].items():
            if name in SHARED:
                numbers = self._shared[SHARED[name]]
                row.facts[name] = numbers.setdefault(own[SHARED[name]][value], len(numbers))
            elif name not in NOT_COLUMNS:
                row.facts[name] = value
        row.edits = {name: array("i", values) for name, values in own["edits"].items() if name != "pair"}
        row.edits["pair"] = array("i", (pairs[pair] for pair in own["edits"]["pair"]))
        row.ids = tuple(article.ids)
        row.digest, row.has_decisions = article.digest, article.has_decisions
        return row

    def _rule_number(self, rule: list[Any]) -> int:
        """Return the number of a rule."""
        key = (rule[0], rule[1])
        if key not in self._rule_numbers:
            self._rule_numbers[key] = len(self.rules)
            self.rules.append(rule)
        return self._rule_numbers[key]

    # Reading

    @property
    def articles(self) -> Iterator[tuple[int, Row]]:
        """The articles that are there, with their numbers."""
        return ((number, row) for number, row in enumerate(self.rows) if not row.is_gone)

    def in_files(self, files: Iterable[str]) -> list[int]:
        """Return the numbers of the articles of some clean files."""
        return [number for file in files for number in self._in_file.get(file, ()) if not self.rows[number].is_gone]

    def listed_pairs(self) -> list[Pair]:
        """Return the pairs by number."""
        return list(self.pairs)

    def shared(self, name: str) -> list[Any]:
        """Return the values of a column whose articles have numbers of values, by number."""
        return list(self._shared[SHARED[name]])

    def decided_edits(self) -> Iterator[tuple[int, DecidedEdit]]:
        """Yield every edit as decisions know it, with the number of its article."""
        pairs = self.listed_pairs()
        for number, row in self.articles:
            for id_, at in zip(row.ids, row.edits["pair"], strict=True):
                rule, before, after = pairs[at]
                yield number, DecidedEdit(id_, row.name, self.rules[rule][0], before, after)

    def as_json(self) -> dict[str, Any]:
        """Return the columns of all articles as :meth:`clean_news.review.report.columns.Columns.as_json` does."""
        columns = Columns(self._summaries, self._apply_from).as_json()
        facts = [name for name in columns["articles"] if name not in NOT_COLUMNS]
        edits = {name: array("i") for name in columns["edits"]}
        for row in self.rows:
            for name, values in edits.items():
                values.extend(row.edits.get(name, ()))
        return {
            **columns,
            **self._lists(),
            "pairs": self._pairs_from(0),
            "articles": {
                "name": [row.name for row in self.rows],
                "edits": [len(row.ids) for row in self.rows],
                **{name: [row.facts[name] for row in self.rows] for name in facts},
            },
            "edits": {name: values.tolist() for name, values in edits.items()},
        }

    def ids(self) -> list[str]:
        """Return the ids of all edits, in the order of the columns."""
        return [id_ for row in self.rows for id_ in row.ids]

    def row_json(self, number: int) -> dict[str, Any]:
        """Return the columns of one article."""
        row = self.rows[number]
        return {
            "article": number,
            "gone": row.is_gone,
            "name": row.name,
            **row.facts,
            **{name: values.tolist() for name, values in row.edits.items()},
            "ids": row.ids,
        }

    def changes_since(self, generation: int) -> dict[str, Any]:
        """Return what changed since a generation; only that all must be read again if it is not known any more."""
        if generation not in self._pairs_known:
            return {"generation": self.generation, "reload": True}
        changed = [number for number, row in enumerate(self.rows) if row.generation > generation]
        return {
            "generation": self.generation,
            "reload": False,
            "articles": [self.row_json(number) for number in changed],
            **self._lists(),
            "pairs": {"from": self._pairs_known[generation], **self._pairs_from(self._pairs_known[generation])},
        }

    def _lists(self) -> dict[str, Any]:
        """Return the lists that the articles' numbers refer to; values are only ever added at their ends."""
        shared = {name: list(values) for name, values in self._shared.items()}
        return {"stages": list(self._stages), "rules": self.rules, **shared}

    def _pairs_from(self, first: int) -> dict[str, list[Any]]:
        """Return the pairs from a number on, as columns."""
        pairs = self.listed_pairs()[first:]
        return {name: [pair[at] for pair in pairs] for at, name in enumerate(Pair._fields)}


def _differ(one: Row, other: Row) -> bool:
    """Whether two rows of an article differ in what the page shows."""
    return (one.is_gone, one.digest, one.facts, one.ids, one.edits) != (
        other.is_gone, other.digest, other.facts, other.ids, other.edits,
    )  # fmt: skip
