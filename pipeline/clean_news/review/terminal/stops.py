"""In which order the edits are gone through.

A stop is what is decided on at once: one edit, or edits of a rule that are beyond doubt, folded into one. A chapter
has the stops of one article. Chapters with something undecided come first; those of folded edits come after those
that a person's time should go to.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from clean_news.review.edit_filter import Choice
from clean_news.review.terminal.articles import Entry, Place, Reviewed

Order = Literal["place", "doubt"]

ROUTINE = frozenset({"layout", "characters"})  # stages whose edits, where they are certain, are folded


class Stop(NamedTuple):
    """What is decided on at once: edits of one article, in most cases one."""

    entries: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        """Its first edit."""
        return self.entries[0]

    @property
    def folded(self) -> bool:
        """Whether it is more than one edit."""
        return len(self.entries) > 1


class Chapter(NamedTuple):
    """Edits of one article.

    Attributes:
        article: the article's number.
        entries: the edits that are shown.
        routine: whether they are beyond doubt.
    """

    article: int
    entries: tuple[Entry, ...]
    routine: bool


class Cursor(NamedTuple):
    """A stop, by the number of its chapter and its own in there."""

    chapter: int
    stop: int


class Stops:
    """The stops, chapter by chapter; those of a chapter are put in order when it is first looked at.

    Attributes:
        chapters: in order.
        places: the places of all edits in them.
    """

    def __init__(self, articles: Sequence[Reviewed], shown: Choice, order: Order, undecided: Collection[Place]) -> None:
        """Gather the edits that are shown.

        Args:
            articles: by number.
            shown: which of their edits are.
            order: of the edits of an article.
            undecided: the places of those that nobody has decided on; they count now, not later.
        """
        self.articles, self.order = articles, order
        self.chapters = _chapters_of(articles, shown, undecided)
        self.places = frozenset(entry.place for chapter in self.chapters for entry in chapter.entries)
        self.known: dict[int, list[Stop]] = {}

    def __getitem__(self, cursor: Cursor) -> Stop:
        """The stop at a cursor."""
        return self.of_chapter(cursor.chapter)[cursor.stop]

    def of_chapter(self, number: int) -> list[Stop]:
        """The stops of a chapter, in order."""
        if number not in self.known:
            chapter = self.chapters[number]
            entries = in_order(chapter.entries, self.articles[chapter.article], self.order)
            self.known[number] = _folded(entries) if chapter.routine else [Stop((entry,)) for entry in entries]
        return self.known[number]

    def unfold(self, cursor: Cursor) -> None:
        """Make of the edits that are folded at a cursor stops of their own."""
        stops = self.of_chapter(cursor.chapter)
        stops[cursor.stop : cursor.stop + 1] = [Stop((entry,)) for entry in stops[cursor.stop].entries]

    def find(self, place: Place) -> Cursor | None:
        """The stop that an edit belongs to; None if it is not shown."""
        if place in self.places:
            for at, chapter in enumerate(self.chapters):
                if chapter.article == place[0]:
                    for number, stop in enumerate(self.of_chapter(at)):
                        if any(entry.place == place for entry in stop.entries):
                            return Cursor(at, number)
        return None

    def after(self, cursor: Cursor | None, wanted: Callable[[Entry], bool]) -> Cursor | None:
        """The next stop with a wanted edit; the first of all for None."""
        start = cursor or Cursor(0, -1)
        for at in range(start.chapter, len(self.chapters)):
            found = self.in_chapter(at, wanted)
            yet_to_come = (number for number in found if at > start.chapter or number > start.stop)
            number = next(yet_to_come, None)
            if number is not None:
                return Cursor(at, number)
        return None

    def before(self, cursor: Cursor, wanted: Callable[[Entry], bool]) -> Cursor | None:
        """The last stop before a cursor with a wanted edit."""
        for at in range(cursor.chapter, -1, -1):
            passed = [n for n in self.in_chapter(at, wanted) if at < cursor.chapter or n < cursor.stop]
            if passed:
                return Cursor(at, passed[-1])
        return None

    def in_chapter(self, number: int, wanted: Callable[[Entry], bool]) -> Iterator[int]:
        """The numbers of the stops of a chapter that have a wanted edit."""
        if any(map(wanted, self.chapters[number].entries)):  # else the chapter is not even put in order
            for at, stop in enumerate(self.of_chapter(number)):
                if any(map(wanted, stop.entries)):
                    yield at


def _chapters_of(articles: Iterable[Reviewed], shown: Choice, undecided: Collection[Place]) -> list[Chapter]:
    """The chapters, in order; see :class:`Stops`."""
    chapters: list[Chapter] = []
    for number, article in enumerate(articles):
        passing = [entry for entry in article.entries if shown.takes(entry)]
        for routine in (False, True):
            entries = tuple(entry for entry in passing if _is_routine(entry) == routine)
            if entries:
                chapters.append(Chapter(number, entries, routine))

    def rank(chapter: Chapter) -> tuple[bool, bool]:
        return not any(entry.place in undecided for entry in chapter.entries), chapter.routine

    return sorted(chapters, key=rank)


def _is_routine(entry: Entry) -> bool:
    """Whether an edit is beyond doubt and of a kind that is always the same."""
    return entry.stage in ROUTINE and entry.edit.confidence >= 1 and entry.edit.state == "applied"


def in_order(entries: Iterable[Entry], article: Reviewed, order: Order) -> list[Entry]:
    """Edits of an article by their place in the raw text, or those first that are least sure."""
    traced = article.traced.edits

    def rank(entry: Entry) -> tuple[float, tuple[int, int], int]:
        number = entry.place[1]
        return (entry.edit.confidence if order == "doubt" else 0.0), traced[number].raw_span, number

    return sorted(entries, key=rank)


def _folded(entries: Iterable[Entry]) -> list[Stop]:
    """One stop for each rule."""
    by_rule: dict[str, list[Entry]] = {}
    for entry in entries:
        by_rule.setdefault(entry.edit.rule, []).append(entry)
    return [Stop(tuple(some)) for some in by_rule.values()]
