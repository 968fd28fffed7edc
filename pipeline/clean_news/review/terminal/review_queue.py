"""Order the edits for review.

An item is what one decision covers: a single edit, or the certain edits of a rule folded into one item. A group holds
items of one article. Groups with undecided edits come first, and groups of folded edits after the others.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from clean_news.review.edit_filter import EditFilter
from clean_news.review.terminal.articles import EditKey, ReviewedArticle, ReviewedEdit

EditOrder = Literal["place", "doubt"]

ROUTINE_STAGES = frozenset({"layout", "characters"})  # stages whose certain edits are folded


class ReviewItem(NamedTuple):
    """The edits that one decision covers: edits of one article, usually one."""

    edits: tuple[ReviewedEdit, ...]

    @property
    def first(self) -> ReviewedEdit:
        """Its first edit."""
        return self.edits[0]

    @property
    def folded(self) -> bool:
        """Whether it is more than one edit."""
        return len(self.edits) > 1


class ItemGroup(NamedTuple):
    """Edits of one article.

    Attributes:
        article: index of the article.
        edits: those of its edits that pass the filter.
        routine: whether they are the certain edits of :data:`ROUTINE_STAGES`.
    """

    article: int
    edits: tuple[ReviewedEdit, ...]
    routine: bool


class Cursor(NamedTuple):
    """The position of an item: index of its group, and its index in the group."""

    group: int
    item: int


class ReviewQueue:
    """The items to review, group by group; the items of a group are sorted on first access.

    Attributes:
        groups: in order.
        keys: of all edits in the groups.
    """

    def __init__(
        self,
        articles: Sequence[ReviewedArticle],
        edit_filter: EditFilter,
        order: EditOrder,
        undecided: Collection[EditKey],
    ) -> None:
        """Build the groups.

        Args:
            articles: by index.
            edit_filter: selects their edits.
            order: of the edits of an article: by position, or by ascending confidence.
            undecided: keys of the undecided edits; used for the initial order only.
        """
        self._articles, self._order = articles, order
        self.groups = _groups_of(articles, edit_filter, undecided)
        self.keys = frozenset(reviewed.key for group in self.groups for reviewed in group.edits)
        self._items: dict[int, list[ReviewItem]] = {}

    def __getitem__(self, cursor: Cursor) -> ReviewItem:
        """Return the item at a cursor."""
        return self.items_of(cursor.group)[cursor.item]

    def items_of(self, number: int) -> list[ReviewItem]:
        """Return the items of a group, in order."""
        if number not in self._items:
            group = self.groups[number]
            edits = _in_order(group.edits, self._articles[group.article], self._order)
            self._items[number] = _folded(edits) if group.routine else [ReviewItem((reviewed,)) for reviewed in edits]
        return self._items[number]

    def unfold(self, cursor: Cursor) -> None:
        """Replace the folded item at a cursor with one item per edit."""
        items = self.items_of(cursor.group)
        items[cursor.item : cursor.item + 1] = [ReviewItem((reviewed,)) for reviewed in items[cursor.item].edits]

    def find(self, key: EditKey) -> Cursor | None:
        """Return the position of the item with an edit; None if the edit does not pass the filter."""
        if key in self.keys:
            for at, group in enumerate(self.groups):
                if group.article == key[0]:
                    for number, item in enumerate(self.items_of(at)):
                        if any(reviewed.key == key for reviewed in item.edits):
                            return Cursor(at, number)
        return None

    def after(self, cursor: Cursor | None, wanted: Callable[[ReviewedEdit], bool]) -> Cursor | None:
        """Return the next item with a wanted edit; the first one of all if ``cursor`` is None."""
        start = cursor or Cursor(0, -1)
        for at in range(start.group, len(self.groups)):
            found = self.wanted_items(at, wanted)
            later = (number for number in found if at > start.group or number > start.item)
            number = next(later, None)
            if number is not None:
                return Cursor(at, number)
        return None

    def before(self, cursor: Cursor, wanted: Callable[[ReviewedEdit], bool]) -> Cursor | None:
        """Return the last item before a cursor with a wanted edit."""
        for at in range(cursor.group, -1, -1):
            passed = [n for n in self.wanted_items(at, wanted) if at < cursor.group or n < cursor.item]
            if passed:
                return Cursor(at, passed[-1])
        return None

    def wanted_items(self, number: int, wanted: Callable[[ReviewedEdit], bool]) -> Iterator[int]:
        """Yield the indices of the items of a group that have a wanted edit."""
        if any(map(wanted, self.groups[number].edits)):  # otherwise the group need not be sorted
            for at, item in enumerate(self.items_of(number)):
                if any(map(wanted, item.edits)):
                    yield at


def _groups_of(
    articles: Iterable[ReviewedArticle], edit_filter: EditFilter, undecided: Collection[EditKey]
) -> list[ItemGroup]:
    """Return the groups, in order; see the module."""
    groups: list[ItemGroup] = []
    for number, article in enumerate(articles):
        passing = [reviewed for reviewed in article.edits if edit_filter.matches(reviewed)]
        for routine in (False, True):
            edits = tuple(reviewed for reviewed in passing if _is_routine(reviewed) == routine)
            if edits:
                groups.append(ItemGroup(number, edits, routine))

    def rank(group: ItemGroup) -> tuple[bool, bool]:
        return not any(reviewed.key in undecided for reviewed in group.edits), group.routine

    return sorted(groups, key=rank)


def _is_routine(reviewed: ReviewedEdit) -> bool:
    """Return whether an edit is a certain edit of a routine stage."""
    return reviewed.stage in ROUTINE_STAGES and reviewed.edit.confidence >= 1 and reviewed.edit.state == "applied"


def _in_order(edits: Iterable[ReviewedEdit], article: ReviewedArticle, order: EditOrder) -> list[ReviewedEdit]:
    """Sort the edits of an article by position in the raw text, or by ascending confidence."""
    traced = article.trace.edits

    def rank(reviewed: ReviewedEdit) -> tuple[float, tuple[int, int], int]:
        number = reviewed.key[1]
        return (reviewed.edit.confidence if order == "doubt" else 0.0), traced[number].raw_span, number

    return sorted(edits, key=rank)


def _folded(edits: Iterable[ReviewedEdit]) -> list[ReviewItem]:
    """Return one item per rule."""
    by_rule: dict[str, list[ReviewedEdit]] = {}
    for reviewed in edits:
        by_rule.setdefault(reviewed.edit.rule, []).append(reviewed)
    return [ReviewItem(tuple(some)) for some in by_rule.values()]
