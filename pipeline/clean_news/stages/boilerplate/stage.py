"""Stage ``boilerplate``: remove what a web page and its scraper left in the text, and keep it as metadata."""

from collections.abc import Iterable, Iterator

from msgspec import structs

from clean_news.article import Article
from clean_news.edits import Edit, replace, without_overlaps
from clean_news.rule_selection import is_off
from clean_news.settings import Settings
from clean_news.stages import Proposal, Rule
from clean_news.stages.boilerplate import furniture
from clean_news.stages.boilerplate.boilerplate_lines import RULE_BY_KIND, Finding
from clean_news.stages.boilerplate.date_stamps import leading_stamp
from clean_news.stages.boilerplate.lines_in_context import boilerplate_lines
from clean_news.stages.boilerplate.link_lists import inline_links
from clean_news.stages.boilerplate.stray_markup import shortcodes, spintax, tags
from clean_news.stages.text_lines import Line, is_interrupted, lines_of

SOURCE = "written by this project; see dictionaries/boilerplate"

RULES = (
    Rule(
        "BOIL001",
        "The date stamp of a web page is removed and kept as metadata: date.",
        "Published: March 22, 2022\n\nThe ferry left on Tuesday.",
        "The ferry left on Tuesday.",
        (
            "LISBON, March 22. The ferry left on Tuesday.",
            "Published May 3, 1901 in a small edition, it sold well.",
        ),
    ),
    Rule(
        "BOIL002",
        "A picture credit is removed and kept as metadata: image.",
        "The ferry left on Tuesday.\n\nImage: AP",
        "The ferry left on Tuesday.",
        (
            "By Jane Doe",
            "Image: the ferry leaves the harbour on its last day.",
            "The ferry leaves the harbour on its last day.\nJane Doe | Getty Images",
        ),
        SOURCE,
    ),
    Rule(
        "BOIL003",
        "An advertisement placeholder is removed and kept as metadata: ad.",
        "The ferry left.\n\nADVERTISEMENT\n\nIt was late.",
        "The ferry left.\n\nIt was late.",
        ("The advertisement was withdrawn on Tuesday.",),
        SOURCE,
    ),
    Rule(
        "BOIL004",
        "A link to another page or to a video is removed and kept as metadata: read_more, video.",
        "The ferry left.\n\nRead more: Harbour board to sell ferries",
        "The ferry left.",
        ("Read more books, the minister told them.", "Related: that is the word he used."),
        SOURCE,
    ),
    Rule(
        "BOIL005",
        "A prompt to share, subscribe, comment, install an app or accept cookies is removed and kept as metadata.",
        "The ferry left.\n\nSign up for our newsletter\n\nShare this article",
        "The ferry left.",
        (
            "They share this article of faith.",
            "Readers who sign up for our newsletter pay more, the court heard.",
        ),
        SOURCE,
    ),
    Rule(
        "BOIL006",
        "A source or copyright line of a web page is removed and kept as metadata: source, copyright.",
        "The ferry left.\n\nThe post Ferry leaves appeared first on Harbour Echo.",
        "The ferry left.",
        ("The post office appeared first on the list of closures.",),
        SOURCE,
    ),
    Rule(
        "BOIL007",
        "Spintax braces are removed; the first of several alternatives is kept.",
        "It cost two million {dollars} and {sank|went down}.",
        "It cost two million dollars and sank.",
        ("The set {1, 2, 3} was drawn.", "a { color: red } rule"),
    ),
    Rule(
        "BOIL008",
        "Shortcodes of content management systems are removed and kept as metadata.",
        "[ad_1] The ferry left. [caption id=7]The quay[/caption]",
        "The ferry left.",
        ("“He [the captain] left,” she said [sic].",),
        SOURCE,
    ),
    Rule(
        "BOIL009",
        "Stray HTML tags are removed; block-level tags and <br> become line breaks.",
        "The ferry left.<br/>It was <b>late</b>.</p>",
        "The ferry left.\nIt was late.",
        ("It is <in Europe> that ferries sink, and 3 < 4.",),
    ),
    Rule(
        "BOIL010",
        "A line that consists of web addresses is removed and kept as metadata: link.",
        "The ferry left.\n\nhttps://harbour.example/ferry",
        "The ferry left.",
        (
            "See https://harbour.example/ferry for its log.",
            "The ferry's log is here:\n\nhttps://harbour.example/ferry",
        ),
    ),
    Rule(
        "BOIL011",
        "A by-line, or a line that says how to reach its author, is removed and kept as metadata: author, contact.",
        "By Jane Doe and John Roe, Harbour Echo\n\nThe ferry left on Tuesday.",
        "The ferry left on Tuesday.",
        (
            "By Monday, the ferry had left.\n\nIt was late.",
            "By the numbers\n\nThe ferry left on Tuesday.",
            "Write to your councillor at once, the mayor told them.",
        ),
        SOURCE,
    ),
    Rule(
        "BOIL012",
        "Links that a page put into a paragraph are removed: lists of headlines after a name, links in brackets.",
        "Mayor Ann Doe Ann Mary DoeHarbour board meets Ferry sold MORE (Lab.) left. (RELATED: Ferry sold)",
        "Mayor Ann Doe (Lab.) left.",
        (
            "Mayor Ann Doe wanted MORE (and said so).",
            "The ferry is late (related: no ferry is ever on time).",
        ),
        SOURCE,
    ),
    Rule(
        "BOIL013",
        "A picture's caption with its buttons is removed and kept as metadata: caption.",
        "The ferry left.\n\nImage copyright AFP Image caption The ferry in the harbour",
        "The ferry left.",
        ("The image caption says that the ferry left.", "He chose to hide caption cards in the hold."),
        SOURCE,
    ),
    Rule(
        "BOIL014",
        "A headline of another article, after “Read more” or in capitals, is removed and kept as metadata.",
        "The ferry left.\n\nHARBOUR BOARD TO SELL ITS LAST FERRY TODAY\n\nIt was late.",
        "The ferry left.\n\nIt was late.",
        (
            "The ferry left.\n\nHarbour board to sell its last ferry",
            "The ferry left.\n\nTHE LAST FERRY LEAVES THE OLD HARBOUR TODAY\n\nIt was late.\n\nTHE CREW\n\nAll left.",
        ),
        SOURCE,
    ),
    Rule(
        "BOIL015",
        "A bar of buttons or sections is removed and kept as metadata: site.",
        "SectionsSEARCHSkip to content\n\nThe ferry left.\n\nFacebook Twitter Email",
        "The ferry left.",
        ("Facebook and Twitter", "Home\n\nThe ferry left.", "News, sport and weather"),
        SOURCE,
    ),
    Rule(
        furniture.RULE,
        "A line that recurs in at least 5 articles of one host or folder is removed; only with the setting furniture.",
        "The ferry left at noon with all her crew and forty barrels.\n\nHarbour Echo is printed on the quay.",
        "The ferry left at noon with all her crew and forty barrels.",
        ("The ferry left at noon with all her crew.\n\nHarbour Echo is printed in the old town.",),
        SOURCE,
    ),
    Rule(
        "BOIL017",
        "A label in the same line as the headline that it announces is removed and kept as metadata: site.",
        "Story highlights Harbour board sells its last ferry\n\nThe ferry left.",
        "Harbour board sells its last ferry\n\nThe ferry left.",
        ("Story highlights of the week were few.", "The story highlights Harbour Echo's troubles."),
        SOURCE,
    ),
)


def propose(article: Article, settings: Settings) -> Proposal:
    """Propose the removal of boilerplate.

    Args:
        article: the article; its lines end in a line feed.
        settings: the settings; the disabled rules and the learned lines are used.

    Returns:
        The edits, with the removed value in the evidence of each, and all removed values as metadata by kind;
        several values of one kind are separated by line feeds.
    """
    text = article.text
    lines = lines_of(text)
    gone = boilerplate_lines(text, lines, settings)
    left = [line for at, line in enumerate(lines) if at not in gone]
    if settings.learned_lines and not is_off(furniture.RULE, settings):
        gone |= _furniture(article.id, lines, gone, settings)
        left = [line for at, line in enumerate(lines) if at not in gone]
    proposed = [*_line_edits(text, lines, gone), *_stamp_edits(text, left), *_inline_edits(text, left)]
    edits = without_overlaps(edit for edit in proposed if not is_off(edit.rule, settings))
    edits = _with_breaks_at_end(text, edits)
    return Proposal(edits, metadata=_joined_values(edits))


def _with_breaks_at_end(text: str, edits: list[Edit]) -> list[Edit]:
    """Return the edits, those that remove the end of a text with the white space before them.

    Lines and what is within lines are removed by different edits, neither of which knows that nothing follows.
    """
    number, end = len(edits), len(text)
    while number and not edits[number - 1].after and not text[edits[number - 1].end : end].strip():
        number -= 1
        end = edits[number].start
    ends = [len(text[:end].rstrip()), *(edit.end for edit in edits[number:])]
    last = (
        structs.replace(edit, span=(start, edit.end), before=text[start : edit.end])
        for start, edit in zip(ends, edits[number:], strict=False)
    )
    return [*edits[:number], *last]


def _furniture(article_id: str, lines: list[Line], gone: dict[int, Finding], settings: Settings) -> dict[int, Finding]:
    """Return the lines that are furniture of the article's source, by position, with the counts as evidence."""
    places = [at for at in range(len(lines)) if at not in gone]
    found = furniture.furniture_lines(article_id, [lines[at] for at in places], settings)
    return {
        places[place]: Finding(
            furniture.KIND,
            learned.line,
            furniture.RULE,
            evidence={"source": learned.source, "articles": learned.articles, "of": learned.of},
        )
        for place, learned in found
    }


def _line_edits(text: str, lines: list[Line], gone: dict[int, Finding]) -> Iterator[Edit]:
    """Yield the edits that remove whole lines, each with one of the breaks around it."""
    for run in _runs(gone):
        before = lines[run[0] - 1] if run[0] else None
        after = lines[run[-1] + 1] if run[-1] + 1 < len(lines) else None
        if before and after and is_interrupted(before.words, after.words) and len(before.words) >= MIN_SENTENCE_CHARS:
            # The boilerplate interrupted a sentence: join it.
            yield _removal(text, before.end, lines[run[0] + 1].start, gone[run[0]], " ")
            rest, upward = run[1:], False
        else:
            rest, upward = run, before is not None and (after is None or _is_wider(lines, run))
        for at in rest:
            if upward:
                yield _removal(text, lines[at - 1].end, lines[at].end, gone[at])
            else:
                end = lines[at + 1].start if at + 1 < len(lines) else lines[at].end
                yield _removal(text, lines[at].start, end, gone[at])


MIN_SENTENCE_CHARS = 40  # of a line whose sentence may be interrupted; a shorter line may be a heading


def _runs(gone: Iterable[int]) -> list[list[int]]:
    """Group positions into runs of consecutive ones."""
    found: list[list[int]] = []
    for at in sorted(gone):
        if found and at == found[-1][-1] + 1:
            found[-1].append(at)
        else:
            found.append([at])
    return found


def _is_wider(lines: list[Line], run: list[int]) -> bool:
    """Whether the break after a run of lines is wider than the one before it."""
    first, last = run[0], run[-1]
    return lines[last + 1].row - lines[last].row > lines[first].row - lines[first - 1].row


def _removal(text: str, start: int, end: int, found: Finding, after: str = "") -> Edit:
    """Return the edit that removes a span and keeps the finding in its evidence."""
    field = {"field": found.field, "value": found.value} if found.field else {}
    return replace(text, start, end, after, found.rule, 1.0, kept={found.kind: found.value}, **field, **found.evidence)


def _stamp_edits(text: str, lines: list[Line]) -> Iterator[Edit]:
    """Yield the edit that removes a date stamp at the start of the first line."""
    stamp = leading_stamp(lines[0].words) if lines else None
    if stamp:
        found = Finding("date", stamp.date, RULE_BY_KIND["date"], stamp.field)
        yield _removal(text, lines[0].start, lines[0].start + stamp.length, found)


def _inline_edits(text: str, lines: list[Line]) -> Iterator[Edit]:
    """Yield the edits within lines."""
    if "{" in text:
        yield from spintax(text)
    if "[" in text:
        for edit, shortcode in shortcodes(text):
            yield _removal(text, edit.start, edit.end, Finding("markup", shortcode, edit.rule))
    if "<" in text:
        yield from tags(text)
    for link in inline_links(text, lines):
        yield _removal(text, link.start, link.end, Finding(link.kind, link.value, link.rule))


def _joined_values(edits: Iterable[Edit]) -> dict[str, str]:
    """Return the values that edits keep, by kind: without duplicates, separated by line feeds."""
    values: dict[str, dict[str, None]] = {}
    for edit in edits:
        for kind, value in edit.evidence.get("kept", {}).items():
            values.setdefault(kind, {})[value] = None
    return {kind: "\n".join(found) for kind, found in values.items()}
