"""Measure the stage ``source``: what it takes from originals, whole and cut, and from other reports of one event.

    python benchmarks/source_quality.py NEWS.jsonl[.xz] [--others MORE.jsonl.xz …] [--limit 150] [--events 1000]
        [--gold SPUN.jsonl …]

The first articles of NEWS are spun forward, by all families in turn, and cleaned with the index of all of NEWS, whole
and as an editor leaves them: without 30% of their sentences, reordered, and one in five sentences without a clause.
Pairs of reports of one event are articles of two publishers (fields ``source`` and ``date``) of one or two successive
days, the most similar ones by names and numbers, from NEWS and ``--others``: one is spun, and the other is the only
source. They are halved by a hash of their articles, no event in both halves, so that what is mended with one half is
measured with the other. All genuine articles are cleaned with ``sources-for = "all"``. ``--gold`` names spun articles
with their accepted originals (as for ``clean-news score``), from which their sources are made up.

A word is taken wrongly if it is not the original's, and is half of a phrase if it is, but words beside it that the
spinner put for the same phrase stay; ``a`` and ``an`` count as equal, as the stage ``agreement`` sees to them.
Everything is deterministic.
"""

import argparse
import datetime
import itertools
import json
import lzma
import random
import re
import tempfile
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import forward_spin
import numpy as np
from rapidfuzz.distance import Levenshtein

from clean_news.change_log import ChangeLog
from clean_news.cleaner import Cleaner
from clean_news.edits import Edit, apply
from clean_news.language import language_model
from clean_news.language.model_building import unwrap
from clean_news.scoring import gold, judgement
from clean_news.settings import Settings
from clean_news.sources import Hit, SourceArticle, update_from_articles
from clean_news.stages.source.possible_originals import of_lexicon
from clean_news.stages.source.proposing import Judges, proposals
from clean_news.stages.source.retrieval import source_of
from clean_news.stages.spin import lexicon_building

RATES = (0.3, 0.5, 0.2)
MAX_CHARS = 3000  # of an article that is spun
MISSING, CUT = 0.3, 0.2  # shares of sentences
GROUP_SENTENCES = 3  # that an editor keeps together
SENTENCE_BREAK = re.compile(r"(?<=[.!?”\"])\s+(?=[A-Z“\"])")
NAME = re.compile(r"(?<![.!?\n] )(?<!\n)\b[A-Z][\w’'-]+|\b\d[\d.,]*\d\b")
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
WORD = re.compile(r"[\w']+|[^\w\s]")
MIN_EVENT_SIMILARITY = 0.4  # cosine of names and numbers of two reports of one event
NEIGHBOURS = 6  # of an article among those of two days


class Report(NamedTuple):
    """A genuine article: its text, its publisher, its day as ``YYYYMMDD`` (or something else)."""

    text: str
    publisher: str
    day: str


class Task(NamedTuple):
    """A spun article and the sources that the index has."""

    spun: gold.GoldRow
    sources: list[str]


def reports(paths: Iterable[Path], limit: int | None = None) -> Iterator[Report]:
    """The articles of JSON lines files."""
    for path in paths:
        opener = lzma.open if path.suffix == ".xz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in itertools.islice(lines, limit):
                row = json.loads(line)
                day = str(row.get("date", "")).replace("-", "")
                yield Report(unwrap(row["text"]), str(row.get("source", "")), day)


def spinners() -> list[tuple[dict[str, list[forward_spin.Swap]], dict[str, int]]]:
    """The swaps of a spinner of unknown family, and of each family."""
    general = forward_spin.forward("whole", forward_spin.dictionary_swaps())
    families = lexicon_building.standard().families[1:]
    swaps = (forward_spin.with_missing_forms(forward_spin.dictionary_swaps(family)) for family in families)
    return [general, *(forward_spin.forward("whole", each) for each in swaps)]


def spun(text: str, number: int, families: Sequence[Any]) -> gold.GoldRow:
    """An article spun by one of the families, at one of the rates, by its number."""
    rng = random.Random(1_000_003 + number)  # noqa: S311  # no secret, repeatable
    rate = RATES[number // len(families) % len(RATES)]
    row = forward_spin.spin(text[:MAX_CHARS], *families[number % len(families)], rate, rng)
    return gold.GoldRow(str(number), row["spun"], [gold.GoldSpan(**edit) for edit in row["edits"]])


def as_edited(text: str, rng: random.Random) -> str:
    """An article without some of its sentences, the others in another order, some without a clause."""
    kept = [each for each in SENTENCE_BREAK.split(" ".join(text.split())) if rng.random() >= MISSING]
    edited = [without_clause(each, rng) if rng.random() < CUT else each for each in kept]
    first, *rest = [edited[at : at + GROUP_SENTENCES] for at in range(0, len(edited), GROUP_SENTENCES)] or [[text]]
    rng.shuffle(rest)
    return "\n\n".join(" ".join(group) for group in [first, *rest])


def without_clause(sentence: str, rng: random.Random) -> str:
    """A sentence without one of the parts between its commas."""
    parts = sentence.split(", ")
    if len(parts) == 1:
        return sentence
    parts.pop(rng.randrange(len(parts)))
    shorter = ", ".join(parts)
    end = sentence[-1] if shorter[-1:].isalnum() and not sentence[-1].isalnum() else ""
    return shorter[:1].upper() + shorter[1:] + end


def event_pairs(articles: Sequence[Report], count: int) -> list[tuple[float, Report, Report]]:
    """The pairs of reports of one event by different publishers, the most similar ones first."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    def names(report: Report) -> list[str]:
        return [name.lower() for name in NAME.findall(report.text[: 2 * MAX_CHARS])]

    by_day: dict[datetime.date, list[int]] = defaultdict(list)
    for number, report in enumerate(articles):
        if DAY.fullmatch(report.day):
            by_day[datetime.datetime.strptime(report.day, "%Y%m%d").replace(tzinfo=datetime.UTC).date()].append(number)
    vectors = TfidfVectorizer(analyzer=names, min_df=2, sublinear_tf=True).fit_transform(articles)
    found = set()
    for day, today in by_day.items():
        both = today + by_day.get(day + datetime.timedelta(1), [])
        similarity = (vectors[today] @ vectors[both].T).toarray()
        for row, one in enumerate(today):
            for column in np.argsort(-similarity[row])[:NEIGHBOURS].tolist():
                other, cosine = both[column], float(similarity[row, column])
                if articles[one].publisher != articles[other].publisher and cosine >= MIN_EVENT_SIMILARITY:
                    found.add((cosine, min(one, other), max(one, other)))
    chosen = sorted(found, reverse=True)
    return [(cosine, articles[one], articles[other]) for cosine, one, other in chosen[: count or None]]


def halves(pairs: Sequence[tuple[float, Report, Report]]) -> list[int]:
    """The half of each pair, 0 or 1; pairs that have an article in common, or others that have, are in one half."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    numbers: dict[str, int] = {}
    ends = [[numbers.setdefault(report.text, len(numbers)) for report in (one, other)] for _, one, other in pairs]
    graph = coo_array((np.ones(len(ends)), tuple(np.array(ends).T)), shape=(len(numbers), len(numbers)))
    events = connected_components(graph, directed=False)[1].tolist()
    hashes = [2**32] * len(numbers)
    for text, number in numbers.items():
        hashes[events[number]] = min(hashes[events[number]], zlib.crc32(text.encode()))
    return [hashes[events[one]] % 2 for one, _ in ends]


def index_of(folder: Path, texts: Iterable[str]) -> Path:
    """Build an index of texts."""
    update_from_articles(folder, (SourceArticle(str(at), text, f"article {at}") for at, text in enumerate(texts)))
    return folder


def source_edits(log: ChangeLog) -> list[Edit]:
    """The applied edits of the stage ``source``."""
    return [edit for stage in log.stages if stage.name == "source" for edit in stage.edits if edit.state == "applied"]


def input_of_source(text: str, log: ChangeLog) -> str:
    """The text that the stage ``source`` received: the article after the edits of the stages before it."""
    for stage in itertools.takewhile(lambda each: each.name != "source", log.stages):
        text = apply(text, stage.edits)
    return text


class Judged(NamedTuple):
    """What is wrong with the edits of an article.

    Attributes:
        wrong: those that take a word that is not the original's.
        incomplete: those whose words are the original's, but beside others that should have been replaced with them.
    """

    wrong: list[Edit]
    incomplete: list[Edit]


def judged_edits(row: gold.GoldRow, taken: Sequence[Edit]) -> Judged:
    """Judge the edits of an article, each together with the spans that it overlaps and the other edits there.

    Args:
        row: the spun article, as the stage received it.
        taken: its edits.
    """
    originals = [(span.start, span.end, span.accept[0]) for span in row.edits]
    ours = [(edit.start, edit.end, edit.after) for edit in taken]
    found = Judged([], [])
    for edit in taken:
        start, end = edit.span
        while True:
            near = [each for each in (*originals, *ours) if each[0] < end and each[1] > start]
            wider = min(start, *(each[0] for each in near)), max(end, *(each[1] for each in near))
            if wider == (start, end):
                break
            start, end = wider
        inside = [[each for each in side if each[0] < end and each[1] > start] for side in (originals, ours)]
        original, restored = (words_of(restored_place(row.spun, start, end, each)) for each in inside)
        if original == restored:
            continue
        first = len(
            words_of(restored_place(row.spun, start, edit.start, [each for each in inside[1] if each[1] <= edit.start]))
        )
        own = range(first, first + len(words_of(edit.after)))
        equal = {
            at
            for block in Levenshtein.opcodes(restored, original)
            if block.tag == "equal"
            for at in range(block.src_start, block.src_end)
        }
        (found.incomplete if equal.issuperset(own) else found.wrong).append(edit)
    return found


def restored_place(text: str, start: int, end: int, replaced: Sequence[tuple[int, int, str]]) -> str:
    """A place of a text with its replacements."""
    pieces, at = [], start
    for begin, stop, after in sorted(replaced):
        pieces += [text[at:begin], after]
        at = stop
    return "".join([*pieces, text[at:end]])


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return ["a" if word == "an" else word for word in WORD.findall(text.lower().replace("’", "'"))]


class Result(NamedTuple):
    """What came of a number of spun articles."""

    articles: int
    with_source: int
    hits: int
    missed: int
    wrong: int
    taken: Counter[str]
    taken_wrongly: list[tuple[str, str, str]]
    incomplete: int

    def line(self, name: str) -> str:
        """The figures of the whole pipeline and of the stage."""
        precision = self.hits / max(self.hits + self.wrong, 1)
        recall = self.hits / max(self.hits + self.missed, 1)
        score = 1.25 * precision * recall / max(0.25 * precision + recall, 1e-9)
        taken = ", ".join(f"{self.taken[by]:,} by {by}" for by in ("lexicon", "alignment"))
        return (
            f"{name}: {self.with_source} of {self.articles} with a source; F0.5 {score:.4f} P {precision:.4f} "
            f"R {recall:.4f}; taken {taken}, wrongly {len(self.taken_wrongly)}, "
            f"of half a phrase {self.incomplete}"
        )


def cleaned(tasks: Sequence[Task], index: Path | None, **settings: object) -> Result:
    """Clean spun articles, with one index or with one for each."""
    found = [0, 0, 0, 0]
    taken: Counter[str] = Counter()
    wrongly, incomplete = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for number, task in enumerate(tasks):
            own = index or index_of(Path(folder) / str(number), task.sources)
            text, log = Cleaner(sources_index=str(own), **settings).clean(task.spun.spun)
            edits = source_edits(log)
            judged = judgement.judge(task.spun, text)
            added = ("source" in log.document, judged.hits, len(judged.missed), len(judged.wrong))
            found = [one + other for one, other in zip(found, added, strict=True)]
            taken.update(edit.evidence["by"] for edit in edits)
            if input_of_source(task.spun.spun, log) == task.spun.spun:
                verdict = judged_edits(task.spun, edits)
                wrongly += [(task.spun.id, edit.before, edit.after) for edit in verdict.wrong]
                incomplete += len(verdict.incomplete)
    return Result(len(tasks), *found, taken, wrongly, incomplete)


def made_up_source(row: gold.GoldRow) -> str:
    """The source of a spun article: with the first accepted form of each span that must not stay."""
    pieces, at = [], 0
    for span in row.edits:
        pieces += [row.spun[at : span.start], span.spun if span.optional else span.accept[0]]
        at = span.end
    return "".join([*pieces, row.spun[at:]])


def show(name: str, result: Result) -> None:
    """Print a result and what was taken wrongly."""
    print(result.line(name), flush=True)
    for article, before, after in result.taken_wrongly[:20]:
        print(f"    {article}: {before} → {after}")


class OneSource(NamedTuple):
    """Stands in for an index that has one article, which is found for any text."""

    article: str

    def nearest(self, _text: str, _limit: int) -> list[Hit]:
        return [Hit("source", "source", 1.0, 0)]

    def text(self, _hit: Hit) -> str:
        return self.article


def show_taken(name: str, tasks: Sequence[Task]) -> None:
    """Print what the stage takes from the only source of each article, and what of it is wrong."""
    judges = Judges(of_lexicon(lexicon_building.standard()), language_model.standard())
    used, taken, incomplete, wrongly = 0, 0, 0, []
    for row, (source,) in tasks:
        found = source_of(row.spun, OneSource(source), *judges, Settings())
        edits = [edit for edit in proposals(found.compared, judges, {}) if edit.state == "applied"] if found else []
        verdict = judged_edits(row, edits)
        used, taken, incomplete = used + (found is not None), taken + len(edits), incomplete + len(verdict.incomplete)
        wrongly += [(row.id, edit.before, edit.after) for edit in verdict.wrong]
    print(
        f"  {name}: {used} of {len(tasks)} with a source; {taken} words taken, {len(wrongly)} wrongly, "
        f"{incomplete} of half a phrase",
        flush=True,
    )
    for article, before, after in wrongly[:20]:
        print(f"    {article}: {before} → {after}")


def show_events(pairs: Sequence[tuple[float, Report, Report]], families: Sequence[Any]) -> None:
    """Print what is taken from reports of the same event, by half."""
    print(f"reports of one event: {len(pairs):,} pairs, cosine from {pairs[-1][0]:.2f}; taken by the stage alone")
    placed = list(enumerate(zip(halves(pairs), pairs, strict=True)))
    for half, name in enumerate(("half to tune on", "half held out")):
        chosen = [(at, one.text, other.text) for at, (place, (_, one, other)) in placed if place == half]
        tasks = [Task(spun(one, at, families), [other]) for at, one, other in chosen]
        show_taken(f"{name}, one spun, the other the source", tasks)
        tasks = [Task(spun(other, at, families), [one]) for at, one, other in chosen]
        show_taken(f"{name}, the other way round", tasks)
        show_taken(f"{name}, both genuine", [Task(gold.GoldRow("", one, []), [other]) for _, one, other in chosen])


def genuine(articles: Sequence[str], index: Path) -> str:
    """What the stage changes in genuine articles that the index has, too."""
    changed, slow = 0, 0.0
    cleaner = Cleaner(sources_index=str(index), sources_for="all", stages=["source"])
    for text in articles:
        begun = time.perf_counter()
        changed += len(source_edits(cleaner.clean(text).log))
        slow += time.perf_counter() - begun
    return f"{changed} words changed in {len(articles):,} articles; {slow / max(len(articles), 1) * 1000:.0f} ms each"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("--others", type=Path, nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=150)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--gold", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    news = list(reports([options.news]))
    families = spinners()
    rows = [spun(report.text, number, families) for number, report in enumerate(news[: options.limit])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = index_of(folder / "whole", (report.text for report in news))
        show("whole", cleaned([Task(row, []) for row in rows], whole))
        rng = random.Random(1)  # noqa: S311
        edited = [as_edited(report.text[:MAX_CHARS], rng) for report in news[: len(rows)]]
        rest = [report.text for report in news[len(rows) :]]
        show("cut", cleaned([Task(row, []) for row in rows], index_of(folder / "cut", edited + rest)))
        show("removed", cleaned([Task(row, []) for row in rows], index_of(folder / "rest", rest)))
        print("genuine:", genuine([report.text for report in news], whole), flush=True)
    for path in options.gold:
        show(path.stem, cleaned([Task(row, [made_up_source(row)]) for row in gold.read(path)], None))
    if options.events:
        show_events(event_pairs([*news, *reports(options.others)], options.events), families)


if __name__ == "__main__":
    main()
