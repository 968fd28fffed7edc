"""Extracts the text of a PDF from stdin, as JSON to stdout: the program that the module ``pdf_files`` runs.

PDFium, which Chrome uses, finds the characters and the lines (pypdfium2). What it does not give, paragraphs, comes from
the places of the lines: their distances, indents and sizes. A process of its own, whose memory and time are limited,
bears what a hostile file does. It imports nothing of clean-news, so that it starts in a moment.
"""

import json
import statistics
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

MAX_PAGES = 20_000
MAX_CHARS = 20_000_000
MEMORY_BYTES = 4 << 30
SECONDS = 120  # of processor time
HYPHEN = 0x02  # what PDFium has in place of a hyphen and the line end after it
LINE_FEED, CARRIAGE_RETURN = 0x0A, 0x0D
LINE_ENDS = frozenset({HYPHEN, LINE_FEED, CARRIAGE_RETURN})
# In pages of LibreOffice and ReportLab, lines of a paragraph are equally far apart, and paragraphs at least 1.5 times.
MIN_GAP = 1.3  # of the usual distance between lines: a new paragraph
MIN_INDENT, MAX_INDENT = 0.6, 6.0  # of the height of a line: the first line of a paragraph
SAME_EDGE = 0.3  # of the height of a line: two lines begin at the same place
MIN_SIZE_RATIO = 1.15  # of the heights of two lines: the larger is a heading


class PageLine(NamedTuple):
    """A line of a page, in points; y grows upwards.

    Attributes:
        text: its text.
        left: where it begins.
        bottom: the bottom of its characters, as the font has them.
        height: their height.
    """

    text: str
    left: float
    bottom: float
    height: float


def main() -> None:
    """Read a PDF from stdin, and write its texts, or what prevents that."""
    _limit()
    try:
        import pypdfium2
        import pypdfium2.raw as pdfium
    except ImportError as error:
        answer: dict[str, Any] = {"error": "missing", "detail": str(error)}
    else:
        answer = _answer(pypdfium2, pdfium, sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _limit() -> None:
    """Limit memory and processor time, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for which, limit in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, SECONDS)):
        hard = resource.getrlimit(which)[1]
        resource.setrlimit(which, (limit if hard < 0 else min(limit, hard), hard))


def _answer(pypdfium2: Any, pdfium: Any, content: bytes) -> dict[str, Any]:  # noqa: ANN401  # modules
    """Return the texts of the pages, or the kind of error."""
    try:
        document = pypdfium2.PdfDocument(content)
        pages = len(document)
        if pages > MAX_PAGES:
            return {"error": "pages", "detail": str(pages)}
        texts, chars, unmapped = [], 0, 0
        for number in range(pages):
            page = document[number]
            text_page = page.get_textpage()
            lines, errors = _lines_of(pdfium, text_page)
            text = page_text(lines)
            chars, unmapped = chars + len(text), unmapped + errors
            texts.append(text)
            text_page.close()
            page.close()
            if chars > MAX_CHARS:
                return {"error": "chars", "detail": str(number + 1)}
    except pypdfium2.PdfiumError as error:
        return {"error": "password" if "password" in str(error).lower() else "broken", "detail": str(error)}
    return {"texts": texts, "unmapped": unmapped}


def _lines_of(pdfium: Any, text_page: Any) -> tuple[list[PageLine], int]:  # noqa: ANN401  # a module and its object
    """Return the lines of a page, and the number of characters of which the font does not say what they are."""
    import ctypes

    lines: list[PageLine] = []
    units: list[int] = []
    first = unmapped = 0
    count = text_page.count_chars()
    box = pdfium.FS_RECTF()
    for at in range(count + 1):
        unit = pdfium.FPDFText_GetUnicode(text_page, at) if at < count else LINE_FEED
        if unit not in LINE_ENDS:
            first = first if units else at
            units.append(unit)
            unmapped += pdfium.FPDFText_HasUnicodeMapError(text_page, at) == 1
            continue
        if unit == HYPHEN:
            first = first if units else at
            units.append(ord("-"))
        if units:
            pdfium.FPDFText_GetLooseCharBox(text_page, first, ctypes.byref(box))
            text = _decoded(units).strip()
            if text:
                lines.append(PageLine(text, box.left, box.bottom, max(box.top - box.bottom, 0.1)))
            units = []
    return lines, unmapped


def _decoded(units: list[int]) -> str:
    """Return the text of code units of UTF-16, or code points; what is no character becomes U+FFFD.

    >>> _decoded([0x41, 0xD835, 0xDC65, 0xDC65, 0x1D465])
    'A𝑥\ufffd𝑥'
    """
    text = "".join(chr(unit) if 0 < unit <= sys.maxunicode else "\ufffd" for unit in units)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def page_text(lines: list[PageLine]) -> str:
    r"""Return the text of a page: a line each, and a blank line before each paragraph that its place shows.

    >>> page_text([PageLine("One", 9, 90, 9), PageLine("two.", 9, 79, 9), PageLine("Three.", 9, 55, 9)])
    'One\ntwo.\n\nThree.'
    """
    ordered = with_edges_at_ends(lines)
    distances = [
        one.bottom - other.bottom for one, other in pairwise(ordered) if 0 < one.bottom - other.bottom < 3 * one.height
    ]
    usual = statistics.median_low(distances) if distances else 0.0
    return "".join(_with_breaks(ordered, usual))


def with_edges_at_ends(lines: list[PageLine]) -> list[PageLine]:
    """Return the lines with running heads first and feet last, as programs write both before the text, or after it."""
    rest = list(lines)
    heads: list[PageLine] = []
    feet: list[PageLine] = []
    for _ in range(min(4, len(lines) - 1)):
        bottoms = [line.bottom for line in rest[1:]]
        if rest[0].bottom < min(bottoms) - 1.5 * rest[0].height:
            feet.insert(0, rest.pop(0))
        elif len(rest) > 1 and rest[-1].bottom > max(line.bottom for line in rest[:-1]) + 1.5 * rest[-1].height:
            heads.append(rest.pop())
        elif rest[0].bottom > max(bottoms) + 2.5 * rest[0].height:  # a head that may be followed by a foot
            heads.append(rest.pop(0))
        if len(rest) < 2:
            break
    return heads + rest + feet


def _with_breaks(lines: list[PageLine], usual: float) -> Iterator[str]:
    """Yield the texts of the lines with what is between them."""
    for at, line in enumerate(lines):
        if at:
            yield "\n\n" if _is_new_paragraph(lines, at, usual) else "\n"
        yield line.text


def _is_new_paragraph(lines: list[PageLine], at: int, usual: float) -> bool:
    """Whether the place or the size of a line shows that a paragraph begins with it."""
    before, line = lines[at - 1], lines[at]
    heights = sorted((before.height, line.height))
    if heights[1] > MIN_SIZE_RATIO * heights[0]:
        return True
    distance = before.bottom - line.bottom
    if distance <= 0:  # the next column
        return False
    if distance > MIN_GAP * usual:
        return True
    after = lines[at + 1] if at + 1 < len(lines) else before
    indent = line.left - before.left
    return (
        MIN_INDENT * line.height < indent < MAX_INDENT * line.height
        and abs(after.left - before.left) < SAME_EDGE * line.height
    )


if __name__ == "__main__":
    main()
