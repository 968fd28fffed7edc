"""Write the changes as one Word document with tracked changes.

Rejecting all of them gives the raw text, accepting all the clean one.
Each article is a heading and its paragraphs. What was deleted is ``w:del``, what was inserted ``w:ins``, with the stage
or the person as author; a paragraph mark that was removed or added is tracked too. Source: ECMA-376, Office Open XML,
part 1, section 17.13.5 (revisions), and part 2 (packages). The document is written as it is made, so that memory does
not grow with CLEAN.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import IO, Literal, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log.edit_places import Trace
from clean_news.hand_edits import STAGE as HAND_STAGE
from clean_news.review.diff.word_diff import DiffPiece, diff_pieces
from clean_news.review.edit_filter import EditFilter

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "word/styles.xml": f'<w:styles xmlns:w="{WORD}"><w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
    '<w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
    '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="360" w:after="120"/>'
    '<w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style></w:styles>',
}
DOCUMENT = "word/document.xml"
OPENING = f'{DECLARATION}<w:document xmlns:w="{WORD}"><w:body>'
CLOSING = "<w:sectPr/></w:body></w:document>"
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # of the parts of the package; the earliest that a zip archive can have
NO_DATE = "1970-01-01T00:00:00Z"
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
CONTROL_PICTURES = 0x2400
MAX_AUTHOR_CHARS = 80

Change = Literal["ins", "del"]


class Tracked(NamedTuple):
    """A text that was kept, inserted or deleted.

    Attributes:
        text: the text.
        change: what was done; None if it was kept.
        attributes: of the revision: its author and date, as XML.
    """

    text: str
    change: Change | None = None
    attributes: str = ""


class Pending(io.RawIOBase):
    """A file that cannot be sought, whose content is taken away as it is written."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        """It can be written."""
        return True

    def write(self, block: bytes) -> int:  # type: ignore[override]  # zipfile writes bytes
        """Keep a block."""
        self._blocks.append(bytes(block))
        return len(block)

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        blocks, self._blocks = self._blocks, []
        return b"".join(blocks)


class WordDocument:
    """A document that is being written."""

    def __init__(self, edit_filter: EditFilter) -> None:
        """Begin the document.

        Args:
            edit_filter: selects the changes that are tracked. If it names no states, these are applied edits; others
                that are selected are part of the text, as far as they were applied.
        """
        self._filter = edit_filter if edit_filter.states else edit_filter._replace(states=("applied",))
        self._ids = count(1)
        self._pending = Pending()
        self._archive = zipfile.ZipFile(self._pending, "w", zipfile.ZIP_DEFLATED)
        for name, content in PARTS.items():
            self._archive.writestr(_entry(name), DECLARATION + content)
        self._document: IO[bytes] = self._archive.open(_entry(DOCUMENT), "w")
        self._document.write(OPENING.encode())

    def is_selected(self, trace: Trace) -> bool:
        """Whether any edit of an article is selected."""
        return any(map(self._filter.matches, trace.edits))

    def article(self, article: CleanArticle, trace: Trace) -> bytes:
        """Add an article; return the part of the file that is done by now."""
        written = _written_at(article)
        parts = (part for piece in diff_pieces(trace, self._filter) for part in _tracked(piece, written))
        heading = f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{_run(article.log.id)}</w:p>'
        self._document.write(heading.encode())
        for paragraph in self._paragraphs(parts):
            self._document.write(paragraph.encode())
        return self._pending.taken()

    def close(self) -> bytes:
        """End the document; return the rest of the file."""
        self._document.write(CLOSING.encode())
        self._document.close()
        self._archive.close()
        return self._pending.taken()

    def _paragraphs(self, parts: Iterator[Tracked]) -> Iterator[str]:
        """Yield the paragraphs of a text; a line break ends one, and its mark is tracked as the break is."""
        runs: list[str] = []
        for part in parts:
            *ended, rest = part.text.split("\n")
            for line in ended:
                runs.append(self._revision(part, line))
                mark = f"<w:pPr><w:rPr>{self._tag(part, '/')}</w:rPr></w:pPr>" if part.change else ""
                yield f"<w:p>{mark}{''.join(runs)}</w:p>"
                runs = []
            runs.append(self._revision(part, rest))
        if any(runs):
            yield f"<w:p>{''.join(runs)}</w:p>"

    def _revision(self, part: Tracked, text: str) -> str:
        """Return a text as runs, within a revision if it was changed."""
        if not text:
            return ""
        if part.change is None:
            return _run(text)
        return f"{self._tag(part)}{_run(text, is_deleted=part.change == 'del')}</w:{part.change}>"

    def _tag(self, part: Tracked, end: str = "") -> str:
        """Return the tag of a revision."""
        return f'<w:{part.change} w:id="{next(self._ids)}" {part.attributes}{end}>'


def _entry(name: str) -> zipfile.ZipInfo:
    """Return the entry of a part, without the time at which it is made: equal documents are equal files."""
    entry = zipfile.ZipInfo(name, FIRST_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _run(text: str, *, is_deleted: bool = False) -> str:
    """Return a run of text; characters that XML does not have become their pictures, or U+FFFD."""
    name = "w:delText" if is_deleted else "w:t"
    parts = (f'<{name} xml:space="preserve">{escape(_in_xml(part))}</{name}>' for part in text.split("\t"))
    return f"<w:r>{'<w:tab/>'.join(parts)}</w:r>"


def _in_xml(text: str) -> str:
    r"""Replace the characters that XML does not have.

    >>> _in_xml("a\x00b\x7f")
    'a␀b␡'
    """
    return NOT_IN_XML.sub(lambda found: _picture(ord(found[0])), text)


def _picture(code: int) -> str:
    """Return the visible character for one that XML does not have."""
    return "\u2421" if code == 0x7F else chr(CONTROL_PICTURES + code) if code < 0x20 else "\ufffd"


def _tracked(piece: DiffPiece, written: str) -> Iterator[Tracked]:
    """Yield the parts of a piece.

    Args:
        piece: the piece.
        written: when the clean file was written, for changes that nobody decided on.
    """
    if piece.kind == "kept":
        yield Tracked(piece.after)
        return
    attributes = _attributes(piece, written)
    if piece.before:
        yield Tracked(piece.before, "del", attributes)
    if piece.after:
        yield Tracked(piece.after, "ins", attributes)


def _attributes(piece: DiffPiece, written: str) -> str:
    """Return the author and the date of a change: who made its last edit, or the stage that did.

    Args:
        piece: the change.
        written: the date of changes that nobody decided on.
    """
    edit, stage, *_ = piece.edits[-1]
    by, at = edit.evidence.get("by"), edit.evidence.get("at")
    is_persons = stage == HAND_STAGE and isinstance(by, str) and by
    author = str(by) if is_persons else f"clean-news {stage}{'' if piece.kind == 'applied' else f' ({piece.kind})'}"
    date = _date(at) if isinstance(at, str) else ""
    return f"w:author={quoteattr(_in_xml(author)[:MAX_AUTHOR_CHARS])} w:date={quoteattr(date or written)}"


def _date(time: str) -> str:
    """Return a time in UTC as Word writes it; empty if it cannot be read."""
    try:
        return datetime.fromisoformat(time).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return ""


def _written_at(article: CleanArticle) -> str:
    """Return when the clean file of an article was written."""
    try:
        return datetime.fromtimestamp(int(article.path.stat().st_mtime), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OSError, ValueError, OverflowError):
        return NO_DATE
