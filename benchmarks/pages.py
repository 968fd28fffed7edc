"""Compare the main text of web pages found by clean-news and by trafilatura, with its default and its other settings.

    python benchmarks/pages.py [FOLDER] [--misses NAME]

FOLDER, by default tests/gold/pages, contains pages and a file chunks.json: for each page the chunks of text that belong
to its article (wanted), and those of its furniture (unwanted). Of several white-space characters one counts. As in
trafilatura's own evaluation, precision is the share of wanted chunks among those found, recall the share of wanted
chunks that are found. trafilatura is called without comments, as clean-news calls it.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[1] / "tests" / "gold" / "pages"


class Page(NamedTuple):
    """A page and what is expected of its text.

    Attributes:
        name: the file; the first word is the layout.
        content: the bytes.
        wanted: chunks of the article.
        unwanted: chunks of the furniture.
    """

    name: str
    content: bytes
    wanted: list[str]
    unwanted: list[str]


class Counts(NamedTuple):
    """Counts of chunks and pages.

    Attributes:
        found: wanted chunks that were found.
        missing: wanted chunks that were not.
        furniture: unwanted chunks that were found.
        empty: pages without any text.
    """

    found: int = 0
    missing: int = 0
    furniture: int = 0
    empty: int = 0

    @property
    def precision(self) -> float:
        """Share of wanted chunks among those found."""
        return self.found / (self.found + self.furniture) if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the wanted chunks that were found."""
        return self.found / (self.found + self.missing) if self.found else 0.0

    @property
    def f_score(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.found / (2 * self.found + self.missing + self.furniture) if self.found else 0.0


def read(folder: Path) -> list[Page]:
    """Read the pages of a folder."""
    chunks = json.loads((folder / "chunks.json").read_text(encoding="utf-8"))
    return [Page(name, (folder / name).read_bytes(), each["wanted"], each["unwanted"]) for name, each in chunks.items()]


def misses(page: Page, text: str) -> tuple[list[str], list[str]]:
    """Return the wanted chunks that a text does not contain, and the unwanted ones that it contains."""
    words = " ".join(text.split())
    return [chunk for chunk in page.wanted if chunk not in words], [chunk for chunk in page.unwanted if chunk in words]


def count(pages: list[Page], texts: list[str]) -> Counts:
    """Count the chunks in the texts of pages."""
    total = Counts()
    for page, text in zip(pages, texts, strict=True):
        missing, furniture = misses(page, text)
        one = Counts(len(page.wanted) - len(missing), len(missing), len(furniture), not text.strip())
        total = Counts(*(first + second for first, second in zip(total, one, strict=True)))
    return total


def main_text_of(page: bytes) -> str:
    """Return the main text that clean-news extracts; empty if there is none."""
    from clean_news.formats.main_text import main_text
    from clean_news.formats.pages.guard import NoMainTextError

    try:
        return main_text(page).text
    except NoMainTextError:
        return ""


def extractors() -> dict[str, Callable[[bytes], str]]:
    """Return the ways of extracting the text of a page, by name."""
    import trafilatura

    from clean_news import Cleaner

    cleaner = Cleaner()

    def by_trafilatura(*, recall: bool = False, precision: bool = False) -> Callable[[bytes], str]:
        def extract(page: bytes) -> str:
            found = trafilatura.extract(page, include_comments=False, favor_recall=recall, favor_precision=precision)
            return found or ""

        return extract

    return {
        "clean-news: extraction": main_text_of,
        "clean-news: extraction and all stages": lambda page: cleaner.clean(main_text_of(page)).text,
        "trafilatura": by_trafilatura(),
        "trafilatura, favor_recall": by_trafilatura(recall=True),
        "trafilatura, favor_precision": by_trafilatura(precision=True),
    }


def rows(pages: list[Page], shown: Callable[[str], None] = print, of: str = "") -> Iterator[str]:
    """Yield the lines of the table.

    Args:
        pages: the pages.
        shown: called with a line for each chunk that ``of`` misses or should have left out.
        of: the extractor whose misses are shown.
    """
    yield "| | precision | recall | F | empty | s |"
    yield "|---|---|---|---|---|---|"
    for name, extract in extractors().items():
        began = time.process_time()
        texts = [extract(page.content) for page in pages]
        seconds = time.process_time() - began
        found = count(pages, texts)
        yield (
            f"| {name} | {found.precision:.3f} | {found.recall:.3f} | {found.f_score:.3f} | {found.empty} "
            f"| {seconds:.1f} |"
        )
        for page, text in zip(pages, texts, strict=True) if name == of else ():
            missing, furniture = misses(page, text)
            for kind, chunks in (("missing", missing), ("furniture", furniture)):
                for chunk in chunks:
                    shown(f"{page.name}: {kind}: {chunk}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--misses", metavar="NAME", default="", help="also list what this row misses or leaves")
    options = parser.parse_args()
    for row in rows(read(options.folder), of=options.misses):
        print(row)


if __name__ == "__main__":
    main()
