"""Learn the furniture of a site: lines that recur over the articles of one source.

A run with the setting ``furniture`` reads its articles twice. The first time it counts in how many articles of a source
each line occurs, as the stages before this one leave it; the second time the stage removes those that recur.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from clean_news.settings import LearnedLine, Settings
from clean_news.stages.text_lines import Line, is_interrupted

RULE = "BOIL016"
KIND = "furniture"
MAX_LINE_CHARS = 300  # a longer line is a paragraph
MIN_ARTICLES = 5  # in which a line occurs
# A short line or a question may be a heading of the site's articles ("What happens next?"): it must recur in more.
MAX_HEADING_WORDS = 3
MIN_HEADING_SHARE = 0.05  # of the source's articles
MAX_REPETITIONS = 1.5  # in an article, on average; speakers in transcripts and embedded items recur more often
MAX_SHARE = 0.5  # of an article's characters; more is another version of the article, not furniture
MAX_COUNTED_LINES = 200_000  # of a source; beyond it, lines that occurred once are forgotten
MAX_LEARNED_LINES = 20_000
WORD = re.compile(r"[^\W\d_]{2}")
URL_NAME = re.compile(r"#(https?://.+)\Z", re.IGNORECASE | re.DOTALL)
QUOTE_ENDS = ("”", '"', "’", "'")
SENTENCE_ENDS = (".", "!", "?", "”", '"')
MAX_ATTRIBUTION_WORDS = 8


def source_of(article_id: str) -> str:
    """Return the source that an article belongs to: the host of its address, the folder of its file, or its file.

    Args:
        article_id: the id: the path of the file relative to RAW; for a row of a file, ``#`` and its name follow.

    >>> source_of("2024/echo/ferry.txt"), source_of("crawl.warc.gz#https://Harbour.example/ferry")
    ('2024/echo', 'harbour.example')
    >>> source_of("echo.jsonl#17"), source_of("ferry.txt")
    ('echo.jsonl', '.')
    """
    address = URL_NAME.search(article_id)
    if address:
        try:
            host = urlsplit(address[1]).hostname
        except ValueError:
            host = None
        if host:
            return host
    file, among_many, _ = article_id.partition("#")
    if among_many:
        return file
    folder, _, _ = file.rpartition("/")
    return folder or "."


class CountedLines(NamedTuple):
    """The lines of one article that may be furniture, as sent from a worker process.

    Attributes:
        source: see :func:`source_of`.
        digest: of the article's text; an article is counted once.
        lines: how often each line occurs in it.
    """

    source: str
    digest: bytes
    lines: dict[str, int]


def lines_to_count(article_id: str, text: str, lines: Sequence[Line]) -> CountedLines:
    """Return the lines of an article that may be furniture.

    Args:
        article_id: the article's id.
        text: its text.
        lines: its lines that are not blank.
    """
    found = Counter(lines[at].words for at in _whole_lines(lines))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return CountedLines(source_of(article_id), digest, dict(found))


def _whole_lines(lines: Sequence[Line]) -> Iterator[int]:
    """Yield the positions of lines with words that are not part of a sentence, of a quotation, or a paragraph."""
    for at, line in enumerate(lines):
        words = line.words
        if len(words) > MAX_LINE_CHARS or not WORD.search(words):
            continue
        above = lines[at - 1].words if at else ""
        below = lines[at + 1].words if at + 1 < len(lines) else ""
        if (above and is_interrupted(above, words)) or (below and is_interrupted(words, below)):
            continue
        if not _attributes(words, above):
            yield at


def _attributes(words: str, above: str) -> bool:
    """Whether a line says who is quoted in the line above it: "Jane Doe, Harbour Echo"."""
    is_name = not words.endswith(SENTENCE_ENDS) and len(words.split()) <= MAX_ATTRIBUTION_WORDS
    return is_name and "," in words and above.endswith(QUOTE_ENDS)


class LineCounter:
    """Counts in how many articles of each source a line occurs.

    Attributes:
        articles: number of articles of each source.
    """

    def __init__(self) -> None:
        """Start with no articles."""
        self.articles: Counter[str] = Counter()
        self._seen: set[tuple[str, bytes]] = set()
        self._in_articles: dict[str, Counter[str]] = {}
        self._occurrences: dict[str, Counter[str]] = {}

    def add(self, article: CountedLines) -> None:
        """Count the lines of an article, unless an article with the same text was counted."""
        key = (article.source, article.digest)
        if key in self._seen:
            return
        self._seen.add(key)
        self.articles[article.source] += 1
        counted = self._in_articles.setdefault(article.source, Counter())
        counted.update(article.lines.keys())
        self._occurrences.setdefault(article.source, Counter()).update(article.lines)
        if len(counted) > MAX_COUNTED_LINES:
            self._forget_rare(article.source)

    def _forget_rare(self, source: str) -> None:
        """Forget the lines of a source that occurred in one article, to bound memory."""
        kept = Counter({line: times for line, times in self._in_articles[source].items() if times > 1})
        self._in_articles[source] = kept
        self._occurrences[source] = Counter({line: self._occurrences[source][line] for line in kept})

    def furniture(self) -> tuple[LearnedLine, ...]:
        """Return the lines that recur, the most frequent first, up to :data:`MAX_LEARNED_LINES`; then sorted."""
        found = [
            LearnedLine(source, line, times, self.articles[source])
            for source, counted in self._in_articles.items()
            for line, times in counted.items()
            if self._recurs(source, line, times)
        ]
        found.sort(key=lambda learned: -learned.articles)
        return tuple(sorted(found[:MAX_LEARNED_LINES]))

    def _recurs(self, source: str, line: str, times: int) -> bool:
        """Whether a line of a source is furniture."""
        if times < MIN_ARTICLES or self._occurrences[source][line] > MAX_REPETITIONS * times:
            return False
        may_be_heading = len(line.split()) <= MAX_HEADING_WORDS or line.endswith("?")
        return not may_be_heading or times >= MIN_HEADING_SHARE * self.articles[source]


@lru_cache(maxsize=1)
def _by_source(learned: tuple[LearnedLine, ...]) -> Mapping[str, Mapping[str, LearnedLine]]:
    """The learned lines by source, then by line."""
    sources: dict[str, dict[str, LearnedLine]] = {}
    for each in learned:
        sources.setdefault(each.source, {})[each.line] = each
    return sources


def furniture_lines(article_id: str, lines: Sequence[Line], settings: Settings) -> Iterator[tuple[int, LearnedLine]]:
    """Yield the positions of an article's lines that are furniture of its source, and what was learned of them.

    Nothing is yielded if they are more than half of the article: then it is another version of others.

    Args:
        article_id: the article's id.
        lines: its lines that are left, without other boilerplate.
        settings: the settings with the learned lines.
    """
    known = _by_source(settings.learned_lines).get(source_of(article_id))
    if not known:
        return
    found = [(at, known[lines[at].words]) for at in _whole_lines(lines) if lines[at].words in known]
    if _length(lines[at] for at, _ in found) <= MAX_SHARE * _length(lines):
        yield from found


def _length(lines: Iterable[Line]) -> int:
    """The characters of lines."""
    return sum(len(line.words) for line in lines)
