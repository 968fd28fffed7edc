"""Names in scanned pages: 40 pages of our own, clean, mildly damaged and ruined, in which no name may be invented.

A file of ``tests/gold/scan-names`` has a page with what was read for what was printed where they differ, in braces. To
add one, write a page with rare names beside commoner ones, and damage it, by hand or by what
``benchmarks/scan_news.py`` draws; its file's name begins with ``clean``, ``mild`` or ``ruined``:

    ## mild-races
    {Tho|The} cup was won by {Hehburn|Hebburn}, with {Tehan|Tehan} second at {tbe|the} post.
"""

import re
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pytest

from clean_news import Cleaner
from clean_news.edits import Edit
from clean_news.language import vocabulary
from clean_news.settings import Settings

FOLDER = Path(__file__).parent / "gold" / "scan-names"
MARK = re.compile(r"\{([^{}|]+)\|([^{}]*)\}")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

# Share of the misread lower-case words of each kind of page that come out right. Raise them when the engine improves.
MIN_REPAIRED = {"clean": 0.95, "mild": 0.77, "ruined": 0.75}  # measured .978, .787, .765


class Page(NamedTuple):
    """A page.

    Attributes:
        name: the name of its file.
        pieces: pairs of what was read and what was printed, which make up the page.
    """

    name: str
    pieces: list[tuple[str, str]]

    @property
    def read(self) -> str:
        """The text as read."""
        return "".join(read for read, _ in self.pieces)

    def printed_at(self, start: int, end: int) -> str:
        """What was printed where a span of the text was read, in whole pieces and words."""
        ends = list(accumulate(len(read) for read, _ in self.pieces))
        found = ""
        for (read, printed), stop in zip(self.pieces, ends, strict=True):
            begin = stop - len(read)
            if begin < end and start < stop:
                found += printed if read != printed else read[max(start - begin, 0) : end - begin]
        return found


def page_of(path: Path) -> Page:
    """Read a file."""
    text = path.read_text(encoding="utf-8").split("\n## ", 1)[1].split("\n", 1)[1].strip()
    first, *parts = MARK.split(text)
    pieces = [(first, first)]
    for read, printed, after in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        pieces += [(read, printed), (after, after)]
    return Page(path.stem, [piece for piece in pieces if piece != ("", "")])


PAGES = [page_of(path) for path in sorted(FOLDER.glob("*.txt"))]


def ocr_edits(page: Page, settings: Settings) -> list[Edit]:
    """The edits of ocr that are applied; the earlier stages leave the pages as they are."""
    log = Cleaner(settings).clean(page.read).log
    return [edit for stage in log.stages if stage.name == "ocr" for edit in stage.edits if edit.state == "applied"]


def invented(page: Page, edits: list[Edit]) -> list[str]:
    """The capitalised words that were written where they were not printed, in whatever case.

    The ordinary word that begins a sentence is no name.
    """
    found = []
    for edit in edits:
        stood, printed = set(WORD.findall(edit.before)), WORD.findall(page.printed_at(*edit.span))
        opens = page.read[: edit.start].rstrip(' "“(')[-1:] in ".!?"
        for word in WORD.findall(edit.after):
            is_name = word[0].isupper() and not (opens and word.lower() in vocabulary.standard().model_log_probability)
            if is_name and word not in stood and word.casefold() not in map(str.casefold, printed):
                found.append(f"{page.name}: {edit.before} → {edit.after}, printed {' '.join(printed)}")
    return found


def test_there_are_forty_pages() -> None:
    kinds = Counter(page.name.split("-")[0] for page in PAGES)
    assert kinds["clean"] >= 10
    assert kinds["mild"] >= 10
    assert kinds["ruined"] >= 20
    assert all(110 <= len(page.read.split()) <= 260 for page in PAGES)


def test_what_was_printed_is_found() -> None:
    page = Page("", [("At ", "At "), ("Hebbum", "Hebburn"), (" the cup", " the cup")])
    assert page.printed_at(3, 9) == "Hebburn"
    assert page.printed_at(0, 2) == "At"
    edit = Edit("OCR001", (3, 9), "Hebbum", "Hepburn")
    assert invented(page, [edit]) == [": Hebbum → Hepburn, printed Hebburn"]


@pytest.mark.parametrize("level", ["normal", "bold"])
def test_no_name_is_invented(level: str) -> None:
    settings = Settings(stages=("ocr",), level=level)
    found = [name for page in PAGES for name in invented(page, ocr_edits(page, settings))]
    assert not found, "\n".join(found)


def test_common_words_are_repaired() -> None:
    settings = Settings(stages=("ocr",))
    right, all_of = Counter(), Counter()
    for page in PAGES:
        kind = page.name.split("-")[0]
        repaired = {edit.span: edit.after for edit in ocr_edits(page, settings)}
        at = 0
        for read, printed in page.pieces:
            words = WORD.findall(printed)
            if read != printed and len(words) == 1 and words[0].islower():
                all_of[kind] += 1
                text = read
                for (start, end), after in sorted(repaired.items(), reverse=True):
                    if at <= start and end <= at + len(read):
                        text = text[: start - at] + after + text[end - at :]
                right[kind] += WORD.findall(text) == words
            at += len(read)
    found = {kind: round(right[kind] / all_of[kind], 3) for kind in MIN_REPAIRED}
    assert all(found[kind] >= minimum for kind, minimum in MIN_REPAIRED.items()), found
