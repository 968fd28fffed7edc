"""The summary of a run, as figures and as a page for people."""

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from clean_news.batch.failures import Failure
from clean_news.batch.report import Findings, Report

JUDGED_FROM = 0.5  # a document is taken as spun or scanned from this probability on
LISTED = 20  # names that a list on the page gives; summary.json has all
FIGURES = re.compile(r"\d(?:[\d,.]*\d)?")  # in a reason, as what stands in brackets: the article's own
STATES = ("applied", "suggested", "rejected")


class Summary(msgspec.Struct):
    """What a run did, over all articles in RAW, those of an earlier run that are up to date among them.

    Attributes:
        version: the version of clean-news.
        raw: RAW as it was given.
        clean: CLEAN as it was given.
        settings_sha256: digest of the settings.
        articles: number of articles cleaned, by this run or an earlier one.
        cleaned: files that this run cleaned.
        unchanged: files that were up to date.
        failed: files that could not be cleaned.
        edits: number of edits by stage, rule and state.
        spun: articles judged spun.
        scanned: articles judged scanned.
        notes: articles by what else there is to say of them, e.g. that they are empty.
        held_off: number of articles by stage and the reason why it left them alone.
        passed_over: files of no known kind.
        unmet: decisions that are about no edit of this run, in words.
        conflicts: decisions that another person's later ones overruled, in words.
        failures: what went wrong, those of single stages among it.
        seconds: how long the run took.
        finished: False if it was stopped.
    """

    version: str
    raw: str
    clean: str
    settings_sha256: str
    articles: int = 0
    cleaned: int = 0
    unchanged: int = 0
    failed: int = 0
    edits: dict[str, dict[str, dict[str, int]]] = {}
    spun: list[str] = []
    scanned: list[str] = []
    notes: dict[str, list[str]] = {}
    held_off: dict[str, dict[str, int]] = {}
    passed_over: list[str] = []
    unmet: list[str] = []
    conflicts: list[str] = []
    failures: list[Failure] = []
    seconds: float = 0.0
    finished: bool = True

    def add(self, report: Report) -> None:
        """Count a file's report in."""
        self.cleaned += report.outcome == "cleaned"
        self.unchanged += report.outcome == "unchanged"
        self.failed += report.outcome == "failed"
        self.failures += report.failures
        for article in report.articles:
            self.add_article(article)

    def add_article(self, article: Findings) -> None:
        """Count an article in."""
        self.articles += 1
        for (stage, rule, state), number in article.edits.items():
            counts = self.edits.setdefault(stage, {}).setdefault(rule, {})
            counts[state] = counts.get(state, 0) + number
        for judgement, probability in ((self.spun, article.spun), (self.scanned, article.scanned)):
            if probability is not None and probability >= JUDGED_FROM:
                judgement.append(article.id)
        for stage, reason in article.held_off.items():
            reasons = self.held_off.setdefault(stage, {})
            kind = FIGURES.sub("N", reason.partition(" (")[0])
            reasons[kind] = reasons.get(kind, 0) + 1
        if article.note:
            self.notes.setdefault(article.note, []).append(article.id)

    def total(self, state: str) -> int:
        """The number of edits in a state."""
        return sum(counts.get(state, 0) for rules in self.edits.values() for counts in rules.values())


def in_short(summary: Summary) -> str:
    """The summary in one line."""
    parts = [f"{counted(summary.articles, 'article')}"]
    if summary.unchanged:
        parts[0] += f" ({summary.unchanged:,} up to date)"
    parts.append(f"{counted(summary.total('applied'), 'edit')} applied")
    parts.append(f"{summary.total('suggested'):,} suggested")
    parts += [
        f"{len(names):,} {judged}" for judged, names in (("spun", summary.spun), ("scanned", summary.scanned)) if names
    ]
    if summary.total("rejected"):
        parts.append(f"{summary.total('rejected'):,} rejected")
    if summary.unmet:
        parts.append(f"{counted(len(summary.unmet), 'decision')} about nothing that is there")
    if summary.conflicts:
        parts.append(f"{counted(len(summary.conflicts), 'conflict')} between decisions")
    if summary.passed_over:
        parts.append(f"{counted(len(summary.passed_over), 'file')} of unknown kind passed over")
    if summary.failures:
        parts.append(counted(len(summary.failures), "failure"))
    stopped = "" if summary.finished else "stopped: "
    return f"{stopped}{', '.join(parts)} in {summary.seconds:.1f} s"


def as_page(summary: Summary, rule_summaries: Mapping[str, str]) -> str:
    """The summary as a Markdown page.

    Args:
        summary: the figures.
        rule_summaries: what each rule does, by its code.
    """
    return "\n".join(page_lines(summary, rule_summaries)) + "\n"


def page_lines(summary: Summary, rule_summaries: Mapping[str, str]) -> Iterator[str]:
    """The page's lines."""
    yield "# clean-news: summary"
    yield ""
    yield f"{in_short(summary)}."
    yield ""
    yield from table(
        ("", ""),
        [
            ("raw", f"`{summary.raw}`"),
            ("clean", f"`{summary.clean}`"),
            ("files cleaned by this run", f"{summary.cleaned:,}"),
            ("files up to date", f"{summary.unchanged:,}"),
            ("files that could not be cleaned", f"{summary.failed:,}"),
            ("version", summary.version),
            ("settings", f"`{summary.settings_sha256[:12]}`"),
        ],
    )
    yield from section("Failures", [f"- {failure}" for failure in summary.failures])
    yield from section("Edits", list(edit_table(summary, rule_summaries)))
    yield from section("Decisions about nothing that is there", [f"- {each}" for each in summary.unmet])
    yield from section("Conflicts between decisions", [f"- {each}" for each in summary.conflicts])
    yield from section("Articles judged spun", listed(summary.spun))
    yield from section("Articles judged scanned", listed(summary.scanned))
    yield from section(
        "Left alone",
        [
            f"- `{stage}`: {counted(number, 'article')}: {reason}"
            for stage, reasons in summary.held_off.items()
            for reason, number in sorted(reasons.items(), key=lambda item: -item[1])
        ],
    )
    for note, articles in summary.notes.items():
        yield from section(f"Note: {note}", listed(articles))
    yield from section("Files of unknown kind, passed over", listed(summary.passed_over))


def edit_table(summary: Summary, rule_summaries: Mapping[str, str]) -> Iterator[str]:
    """The lines of the table of edits, in the order of the rules; none if there were none."""
    order = {rule: place for place, rule in enumerate(rule_summaries)}
    found = [(stage, rule, counts) for stage, rules in summary.edits.items() for rule, counts in rules.items()]
    rows = [
        (
            f"`{stage}`",
            rule,
            *(f"{counts.get(state, 0):,}" for state in STATES),
            rule_summaries.get(rule, ""),
        )
        for stage, rule, counts in sorted(found, key=lambda row: (order.get(row[1], len(order)), row[1]))
    ]
    if rows:
        yield from table(("stage", "rule", *STATES, "what it does"), rows)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def section(title: str, lines: list[str]) -> Iterator[str]:
    """A section with its heading; nothing if it has no lines."""
    if lines:
        yield from ("", f"## {title}", "", *lines)


def listed(names: list[str]) -> list[str]:
    """The names as a list, the rest of a long one counted."""
    lines = [f"- `{name}`" for name in names[:LISTED]]
    if len(names) > LISTED:
        lines.append(f"- and {len(names) - LISTED:,} more, see summary.json")
    return lines


def counted(number: int, noun: str) -> str:
    """The number with its noun: ``1 article``, ``1,200 articles``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
