"""Find what people changed in clean files, by making what clean-news wrote again from the raw files and the logs.

A log has the edits but not the text between them. The raw article that its digest names, decoded as the log says and
with its edits made, is the text that was written; aligned with the text as it stands, it gives the changes, as edits of
the rule ``HAND``. They are found only for display here; :mod:`clean_news.batch.adoption` makes decisions of them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from clean_news import change_log, hand_edits
from clean_news import edits as splicing
from clean_news.batch.clean_articles import CleanArticle
from clean_news.batch.word_changes import Change, word_changes
from clean_news.change_log import ChangeLog, LogError, StageLog, TextChangedError, sha256
from clean_news.charsets.declared import is_article_codec
from clean_news.charsets.decoding import Decoding, byte_order_mark, decode_as
from clean_news.charsets.detection import Detection
from clean_news.cleaner import raw_bytes
from clean_news.edits import Edit
from clean_news.formats import Format, UnreadableError, format_of
from clean_news.printable_text import printable
from clean_news.settings import Settings

ADOPT = "keep them with clean-news adopt CLEAN, or overwrite them with --force"
NO_LIMIT_MEGABYTES = 1 << 20  # a terabyte: rows that a run cleaned are not too large, whatever its limit was
FIELD = "field"  # in the carrier of JSON lines and Parquet: the field of the text
UNIT_BYTES = {"utf-16": 2, "utf-32": 4}


class HandChanged(NamedTuple):
    """An article whose clean text was changed by hand.

    Attributes:
        log: its log, as it was written.
        received: the text before the edits by hand that the log has.
        text: the text as it stands.
        kept: the edits by hand of the log that stand as they were.
        undone: those that do not.
        changes: the other changes, as replacements in ``received``.
    """

    log: ChangeLog
    received: str
    text: str
    kept: tuple[Edit, ...]
    undone: tuple[Edit, ...]
    changes: tuple[Change, ...]

    @property
    def places(self) -> int:
        """In how many places the text was changed."""
        return max(1, len(self.changes), len(self.undone))

    def as_logged(self) -> ChangeLog:
        """Return the log that the text would have if its changes were adopted."""
        found = [hand_edits.decision_at(self.received, *change, self.log.id) for change in self.changes]
        new = [
            Edit(each.rule, (change.start, change.end), each.before, each.after, id=each.id)
            for each, change in zip(found, self.changes, strict=True)
        ]
        known = {edit.id for edit in new}
        both = sorted([*new, *(edit for edit in self.kept if edit.id not in known)], key=lambda edit: edit.span)
        return with_hand_edits(self.log, self.text, StageLog(hand_edits.STAGE, tuple(both)) if both else None)


def with_hand_edits(log: ChangeLog, text: str, by_hand: StageLog | None) -> ChangeLog:
    """Return a log with other edits by hand than it has.

    Args:
        log: the log.
        text: the clean text with them.
        by_hand: the edits; None for none.
    """
    stages = tuple(stage for stage in log.stages if stage.name != hand_edits.STAGE)
    return msgspec.structs.replace(log, stages=(*stages, by_hand) if by_hand else stages, clean_sha256=sha256(text))


class RawRows:
    """The articles of the raw file of one clean file, one of which is in memory at a time.

    Attributes:
        clean: the clean file.
    """

    def __init__(self, clean: Path, raw: Path | None = None) -> None:
        """Open nothing yet.

        Args:
            clean: the clean file.
            raw: the raw file; None if it is the one that the logs name.
        """
        self.clean, self._raw = clean, raw
        form = format_of(clean)
        assert form is not None, "callers pass only files of supported types"
        self._form = form
        self._digests: set[str] | None = None  # of all articles
        self._rows: Iterator[tuple[str, bytes]] = iter(())

    def hand_changed(self, text: str, log: ChangeLog, where: str) -> HandChanged:
        """Return what was changed in an article; fastest if called for the articles of the file in order.

        Args:
            text: its text as it stands.
            log: its log.
            where: the article, in messages.

        Raises:
            TextChangedError: if that cannot be told, as the raw file is not there or was changed too.
            LogError: if the log was changed.
        """
        raw = self._raw or Path(log.source)
        is_there = False
        try:
            is_there = raw.is_file() and format_of(raw) is self._form
            article = self._article_of(raw, log) if is_there else None
        except (OSError, UnreadableError, ValueError):  # the last one: of a path with NUL
            article = None
        if article is None:
            why = "was changed too, or does not have the article any more" if is_there else "is not there"
            raise TextChangedError(
                f"{where}: was changed by hand after clean-news wrote it, and its raw file {printable(raw)} {why}, so "
                "that the places cannot be told: put the raw file back (or name RAW: clean-news adopt CLEAN --raw "
                "RAW), undo the change, or keep a copy of the text and clean the raw file again with --force"
            )
        return _compared(_written(article, log, where), text, log)

    def described(self, text: str, log: ChangeLog, where: str) -> TextChangedError:
        """Return the error that says in how many places an article was changed, or why that is not known."""
        try:
            return TextChangedError(noted(self.hand_changed(text, log, where).places, where))
        except TextChangedError as error:
            return error
        except LogError:
            return TextChangedError(f"{where}: was changed after clean-news wrote it, and so was its log; {ADOPT}")

    def _article_of(self, raw: Path, log: ChangeLog) -> bytes | None:
        """Return the article of a log; None if the raw file does not have it.

        Raises:
            OSError, UnreadableError: if the raw file cannot be read.
        """
        if self._digests is None:
            self._digests = {digest for digest, _ in self._articles(raw, log)}
        if log.raw_sha256 not in self._digests:
            return None
        for _ in range(2):  # from where the last article was found, then from the beginning
            for digest, article in self._rows:
                if digest == log.raw_sha256:
                    return article
            self._rows = self._articles(raw, log)
        return None

    def _articles(self, raw: Path, log: ChangeLog) -> Iterator[tuple[str, bytes]]:
        """Yield the articles of the raw file, with their SHA-256 in hex."""
        field = log.carrier.get(FIELD)
        # Only the user's own RAW is trusted to be as large as it likes: a log may name any file.
        settings = Settings(max_megabytes=NO_LIMIT_MEGABYTES) if self._raw else Settings()
        if isinstance(field, str):
            settings = msgspec.structs.replace(settings, text_field=field)
        for row in self._form.read(raw, settings):
            if row.article is not None:
                article = raw_bytes(row.article)
                yield sha256(article), article


def _written(raw: bytes, log: ChangeLog, where: str) -> str:
    """Return the clean text that was written for a log.

    Raises:
        LogError: if the log was changed.
    """
    try:
        text = _decoded(raw, log.decoding)
        for stage in log.stages:
            text = splicing.apply(text, stage.edits)
    except (ValueError, LookupError) as error:
        raise change_log.irreversible_log_error(where, str(error)) from error
    try:
        change_log.check(text, log, where)
    except TextChangedError as error:
        raise change_log.irreversible_log_error(where, "its edits do not make the clean text") from error
    return text


def _decoded(raw: bytes, decoding: Decoding) -> str:
    """Decode bytes as they were decoded before.

    Raises:
        ValueError: if that is not possible.
    """
    if not is_article_codec(decoding.codec) or (decoding.stray_codec and not is_article_codec(decoding.stray_codec)):
        raise ValueError(f"{decoding.codec[:40]!r} is not a charset of articles")
    mark = byte_order_mark(decoding.codec) if decoding.bom else b""
    unit = UNIT_BYTES.get(decoding.codec[:6], 1)
    cut = (len(raw) - len(mark)) % unit
    found = Detection(decoding.codec, decoding.confidence, decoding.why, mark, cut, stray_codec=decoding.stray_codec)
    return decode_as(raw, found)[0]


class _Group(NamedTuple):
    """Edits by hand and later changes that touch each other.

    Attributes:
        start: offset in the written text.
        end: exclusive end offset there.
        edits: the edits of the log.
        changes: the changes of the written text.
    """

    start: int
    end: int
    edits: tuple[Edit, ...]
    changes: tuple[Change, ...]


def _compared(written: str, text: str, log: ChangeLog) -> HandChanged:
    """Compare the text that was written with the text as it stands."""
    received = hand_edits.text_before(written, log.stages)
    logged = log.stages[-1].edits if log.stages and log.stages[-1].name == hand_edits.STAGE else ()
    kept = [edit for edit in logged if edit.state != "applied"]
    undone: list[Edit] = []
    changes: list[Change] = []
    to_received = to_text = 0  # to add to an offset in the written text
    for start, end, edits, later in _groups(logged, word_changes(written, text)):
        first, there = start + to_received, start + to_text
        to_received += sum(len(edit.before) - len(edit.after) for edit in edits)
        to_text += sum(len(each.after) - (each.end - each.start) for each in later)
        if not later:
            kept += edits
            continue
        undone += edits
        found = word_changes(received[first : end + to_received], text[there : end + to_text])
        changes += (Change(first + each.start, first + each.end, each.after) for each in found)
    return HandChanged(log, received, text, tuple(kept), tuple(undone), tuple(changes))


def _groups(logged: Sequence[Edit], later: Sequence[Change]) -> list[_Group]:
    """Group the edits by hand of a log, and the changes made since, that touch each other; in order."""
    applied = splicing.applied_in_order(logged)
    single = [_Group(*span, (edit,), ()) for edit, span in zip(applied, splicing.spans_after(logged), strict=True)]
    single += [_Group(change.start, change.end, (), (change,)) for change in later]
    groups: list[_Group] = []
    for each in sorted(single, key=lambda group: group[:2]):
        if groups and each.start <= groups[-1].end:
            last = groups.pop()
            both = last.edits + each.edits, last.changes + each.changes
            groups.append(_Group(last.start, max(last.end, each.end), *both))
        else:
            groups.append(each)
    return groups


def noted(places: int, where: str) -> str:
    """Return the message about an article or a file that was changed by hand in some places."""
    counted = "1 place" if places == 1 else f"{places:,} places"
    return f"{where}: was changed by hand, {counted}; {ADOPT}"


class ChangedRow(NamedTuple):
    """A row of a clean file whose text is not the one that its log was written for."""

    number: int
    text: str
    log: ChangeLog
    place: str


def changed_rows(form: Format, clean: Path, logs: Path) -> Iterator[ChangedRow]:
    """Yield the rows of a clean file that were changed by hand, with their numbers from 0 and as shown to people.

    Args:
        form: its format.
        clean: the clean file.
        logs: the file of its logs.

    Raises:
        OSError, LogError: if one of the files cannot be read.
    """
    for number, (text, log) in enumerate(form.read_clean(clean, logs)):
        if isinstance(log, ChangeLog) and not change_log.is_kept(log) and sha256(text) != log.clean_sha256:
            yield ChangedRow(number, text, log, CleanArticle(clean, text, log).place)


def message_about(form: Format, clean: Path, logs: Path, raw: Path) -> str:
    """Return the message about a clean file that was changed by hand, for who would write it again.

    Args:
        form: its format.
        clean: the clean file.
        logs: the file of its logs.
        raw: the raw file.
    """
    rows, places = RawRows(clean, raw), 0
    try:
        for each in changed_rows(form, clean, logs):
            places += rows.hand_changed(each.text, each.log, each.place).places
    except TextChangedError as error:
        return str(error)
    except (OSError, LogError):
        places = 0  # the logs were changed, too
    if places:
        return noted(places, f"its clean file {printable(clean)}")
    return (
        f"its clean file {printable(clean)} was changed after clean-news wrote it; keep the change with clean-news "
        "adopt CLEAN, move your version away, or overwrite it with --force"
    )


@contextmanager
def logs_of_changed(form: Format, clean: Path, logs: Path) -> Iterator[tuple[Path, int]]:
    """Write the logs that a clean file would have if its changes were adopted into a temporary file.

    Args:
        form: its format.
        clean: the clean file.
        logs: the file of its logs.

    Yields:
        The temporary file, and the number of places that were changed.

    Raises:
        OSError: if a file cannot be read or written.
        LogError: if it is not known what was changed.
    """
    places = 0
    new: dict[int, ChangeLog] = {}
    rows = RawRows(clean)
    for number, text, log, place in changed_rows(form, clean, logs):
        changed = rows.hand_changed(text, log, place)
        new[number] = changed.as_logged()
        places += changed.places
    with TemporaryDirectory() as folder:
        target = Path(folder, "logs")
        with logs.open("rb") as lines, target.open("wb") as file:
            for number, line in enumerate(lines):
                file.write(change_log.write(new[number]) if number in new else line)
        yield target, places
