"""A part of a package that is XML or XHTML, as a format: what a reader sees of it is one article, repaired in place."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from clean_news import change_log
from clean_news.change_log import ChangeLog, TextChangedError
from clean_news.formats import CleanRow, Row, UnreadableError
from clean_news.formats.composed_edits import Replacement, composed
from clean_news.formats.markup_views import CDATA, View, spliced
from clean_news.formats.page_xml.xml_bytes import FORBIDDEN, Document, NotXmlError, parse
from clean_news.formats.row_logs import kept_instead, was_kept
from clean_news.formats.size_limit import read_whole
from clean_news.printable_text import visible
from clean_news.settings import Settings

CLEAN_MEGABYTES = 4096  # the clean part may be longer than the raw one
UNWRITABLE = (
    "the clean text cannot be written between the tags of the raw one; report this, or clean the text as .html or .txt"
)


class PartFormat:
    """The format of a part; see :class:`clean_news.formats.Format`.

    Attributes:
        view_of: returns the view of a parsed document; raises UnreadableError.
        in_markup: completes replacements in the source with those that markup needs; may raise ValueError.
    """

    LOG_SUFFIX = ".changes.json"
    MANY = False

    def __init__(
        self,
        view_of: Callable[[Document], View],
        in_markup: Callable[[str, View, Sequence[Replacement]], list[Replacement]],
    ) -> None:
        self.view_of, self.in_markup = view_of, in_markup

    def read(self, raw: Path, settings: Settings) -> Iterator[Row]:
        """Yield the text of the part as the only row; one without text is no article."""
        document = _parsed(read_whole(raw, settings.max_megabytes))
        view = self.view_of(document)
        if view.text.strip():
            yield Row(view.text, raw_record=document, fixed=view.fixed)
        else:
            yield Row(None)

    def write(self, rows: Iterable[CleanRow], raw: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
        """Write the part with its clean text, and its change log."""
        for row in rows:
            content = None if was_kept(row) else self._written(row)
            clean.write(raw.read_bytes() if content is None else content)
            logs.write(kept_instead(row, UNWRITABLE) if content is None and not was_kept(row) else row.log)

    def _written(self, row: CleanRow) -> bytes | None:
        """Return the part with its clean text; None if that is not possible."""
        document: Document = row.row.raw_record
        source = document.content.decode()
        view = self.view_of(document)
        if row.text == view.text:
            return document.mark + source.encode(document.codec)
        if FORBIDDEN.search(row.text):
            return None
        replacements = composed(len(view.text), change_log.read(row.log, row.row.name).stages)
        try:
            narrowed = view.in_source([_narrowed(view.text, each) for each in replacements])
            content = spliced(source, self.in_markup(source, view, narrowed)).encode(
                document.codec, "xmlcharrefreplace"
            )
            clean = document.mark + content
            is_as_wanted = self.view_of(_parsed(clean)).text == row.text
        except ValueError:
            return None
        return clean if is_as_wanted else None

    def read_clean(self, clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog]]:
        """Yield the clean text and its change log."""
        log = change_log.read(logs.read_bytes(), str(logs))
        try:
            text = self.view_of(_parsed(read_whole(clean, CLEAN_MEGABYTES))).text
        except UnreadableError as error:
            raise TextChangedError(
                f"{visible(str(clean))}: was changed after clean-news wrote it ({error}); undo the change, "
                "or clean the raw file again with --force"
            ) from error
        yield text, log

    def restore(self, clean: Path, logs: Path, target: IO[bytes]) -> None:
        """Not possible: the log of the package has the raw part.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(f"{clean}, {logs}: the package restores {target}")


def _parsed(content: bytes) -> Document:
    """Parse a part.

    Raises:
        UnreadableError: if it is not well-formed, declares entities, or has CDATA sections.
    """
    try:
        document = parse(content)
    except NotXmlError as error:
        raise UnreadableError(str(error)) from error
    if CDATA.encode() in document.content:
        raise UnreadableError("contains a CDATA section; open the file in its program and save it again")
    return document


def _narrowed(text: str, replacement: Replacement) -> Replacement:
    """Return a replacement without what it leaves as it is at its ends, which may have a style of its own.

    >>> _narrowed("The overseas ministry.", Replacement(4, 21, "overseas bureau"))
    Replacement(start=13, end=21, after='bureau')
    """
    start, end, after = replacement
    common = 0
    while start < end and after[common : common + 1] == text[start]:
        start, common = start + 1, common + 1
    after = after[common:]
    while start < end and after and after[-1] == text[end - 1]:
        end, after = end - 1, after[:-1]
    return Replacement(start, end, after)
