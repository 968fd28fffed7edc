"""What a batch needs on this machine: raw objects, and of CLEAN only what is not known from listings."""

from pathlib import Path
from typing import NamedTuple

from clean_news.batch.tally import Report
from clean_news.failures import Failure, failure_from_os_error
from clean_news.files.discovery import Task
from clean_news.formats import clean_name
from clean_news.printable_text import printable
from clean_news.stores.clean_places import Clean, FoundPair
from clean_news.stores.manifest import Content, Entry, content_of, is_half
from clean_news.stores.raw_objects import Raw, RawObject
from clean_news.stores.transfers import StoreError

GONE = "was removed while the run was going on; run the same command again"
NOTHING = FoundPair(None, None, "")


class Article(NamedTuple):
    """A raw object and what is known about it.

    Attributes:
        raw: the raw object.
        found: what is in CLEAN for it.
        entries: what the manifest says of this version of it.
        pairs: what runs said to put into CLEAN for it; see :meth:`clean_news.stores.manifest.Known.pairs`.
    """

    raw: RawObject
    found: FoundPair
    entries: tuple[Entry, ...]
    pairs: frozenset[tuple[str, str]]


class Fetched(NamedTuple):
    """An article that is ready to be cleaned.

    Attributes:
        article: the article.
        task: the file to clean.
        before: the clean file and the log that were in CLEAN, as far as they were copied.
        aside: where they are, if they are no pair that a run made; None if they are in the place of the clean file.
    """

    article: Article
    task: Task
    before: tuple[Content | None, Content | None] = (None, None)
    aside: Path | None = None


class NotFetched(NamedTuple):
    """An article that need not be cleaned, or cannot.

    Attributes:
        report: what to report.
        is_outage: whether the store did not answer.
    """

    report: Report
    is_outage: bool = False


def entry_by_listing(article: Article) -> Entry | None:
    """Return the entry with which both listings agree, so that the article is up to date; None if there is none."""
    found = article.found
    return next(
        (each for each in article.entries if each.clean.agrees(found.clean) and each.log.agrees(found.log)), None
    )


def unchanged(entry: Entry) -> Report:
    """Return the report of an article that is up to date."""
    assert entry.report is not None, "others do not count as entries"
    return entry.report._replace(outcome="unchanged")


def fetch(article: Article, raw: Raw, clean: Clean | None, batch: Path) -> Fetched | NotFetched:
    """Get what is needed to clean an article; errors are returned as its report.

    Args:
        article: the article.
        raw: RAW.
        clean: CLEAN; None if nothing is written.
        batch: the batch's folder.
    """
    name = article.raw.name
    try:
        before: tuple[Content | None, Content | None] = (None, None)
        aside: Path | None = None
        if clean is not None and clean.is_remote:
            before, aside = _copied(article, clean, batch)
            entry = next((each for each in article.entries if (each.clean, each.log) == before), None)
            if entry is not None:
                return NotFetched(unchanged(entry))
        path = raw.fetch(name, article.raw.size, batch / "raw")
    except StoreError as error:
        return NotFetched(Report(printable(name), "failed", failures=(Failure("", str(error)),)), is_outage=True)
    except FileNotFoundError:
        failure = Failure(printable(raw.shown(name)), GONE)
        return NotFetched(Report(printable(name), "failed", failures=(failure,)))
    except OSError as error:
        failure = failure_from_os_error(Path(name), error)._replace(file=printable(raw.shown(name)))
        return NotFetched(Report(printable(name), "failed", failures=(failure,)))
    folder = None if clean is None else clean.folder(batch)
    place = None if folder is None else folder / clean_name(name)
    task = Task(path, place, printable(name), article.raw.size, within=folder, source=printable(raw.shown(name)))
    return Fetched(article, task, before, aside)


def _copied(article: Article, clean: Clean, batch: Path) -> tuple[tuple[Content | None, Content | None], Path | None]:
    """Copy what is in CLEAN for an article, unless it is known to be half of a pair of ours.

    Returns:
        The contents, and where they are if it is not sure what they are; see :class:`Fetched`.

    Raises:
        StoreError, OSError: if it cannot be downloaded.
    """
    found, pairs = article.found, article.pairs
    digests = (found.clean.digests if found.clean else None, found.log.digests if found.log else None)
    if found == NOTHING or is_half(*digests, pairs):
        return (None, None), None
    folder = clean.folder(batch)
    names = (clean_name(article.raw.name) if found.clean else "", found.log_name)
    contents: list[Content | None] = []
    for name, each in zip(names, (found.clean, found.log), strict=True):
        if each is not None:
            clean.fetch(name, each, folder)
        contents.append(content_of(folder / name) if each is not None else None)
    before = (contents[0], contents[1])
    md5s = [None if each is None else [each.md5] for each in before]
    if (is_ours := is_half(md5s[0], md5s[1], pairs)) or _is_doubtful(before, pairs):
        for name in filter(None, names):
            target = batch / "aside" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / name).replace(target)
        return ((None, None), None) if is_ours else (before, batch / "aside")
    return before, None


def _is_doubtful(before: tuple[Content | None, Content | None], pairs: frozenset[tuple[str, str]]) -> bool:
    """Whether runs have put other bytes there: someone changed them, or the store has only the beginning of them."""
    md5s = tuple(each.md5 if each else "" for each in before)
    return bool(pairs) and md5s not in pairs


def is_beginning(part: Path, whole: Path) -> bool:
    """Whether the content of a file is the beginning of that of another one; of one that is missing it is, too.

    Raises:
        OSError: if one of them cannot be read.
    """
    if not part.exists():
        return True
    with part.open("rb") as one, whole.open("rb") as other:
        while block := one.read(1 << 20):
            if block != other.read(len(block)):
                return False
    return True
