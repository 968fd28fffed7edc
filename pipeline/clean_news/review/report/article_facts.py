"""What the report says of each article besides its edits: its source, its encoding, how much of it was changed."""

from collections.abc import Iterable
from typing import NamedTuple

from clean_news.batch.tally import MIN_JUDGED_PROBABILITY, likeliest_family, probability
from clean_news.change_log import ChangeLog
from clean_news.change_log.edit_places import TracedEdit
from clean_news.charsets.decoding import Decoding
from clean_news.stages.boilerplate.furniture import source_of

WEB = ("http://", "https://")
BOILERPLATE = "boilerplate"  # name of the stage
MAX_DATE_CHARS = 10  # of an ISO date
LINE_ENDS = {"crlf": "CRLF line ends", "cr": "CR line ends", "mixed": "mixed line ends"}


class ArticleFacts(NamedTuple):
    """Facts about an article.

    Attributes:
        spun: probability that it is spun; None if it was not judged.
        scanned: probability that it is scanned; None if it was not judged.
        family: the most probable family of spinners; empty unless the article is judged spun.
        source: the host of its address, or its folder; see :func:`clean_news.stages.boilerplate.furniture.source_of`.
        charset: the charset of its bytes.
        decoded: what decoding changed, in words; empty for UTF-8 with plain line ends.
        date: day of publication in ISO 8601; empty if unknown.
        changed: code points that applied edits changed, removed or inserted.
        removed: code points that the stage boilerplate removed.
    """

    spun: float | None
    scanned: float | None
    family: str
    source: str
    charset: str
    decoded: str
    date: str
    changed: int
    removed: int


def facts_of(log: ChangeLog, edits: Iterable[TracedEdit]) -> ArticleFacts:
    """Return the facts about an article.

    Args:
        log: its log.
        edits: its edits.
    """
    spun, scanned = (probability(log.document.get(fact)) for fact in ("spun", "scanned"))
    changed = removed = 0
    for edit, stage, *_ in edits:
        if edit.state == "applied":
            changed += max(len(edit.before), len(edit.after))
            removed += max(0, len(edit.before) - len(edit.after)) if stage == BOILERPLATE else 0
    judged_spun = spun is not None and spun >= MIN_JUDGED_PROBABILITY
    return ArticleFacts(
        spun,
        scanned,
        likeliest_family(log.document.get("family")) if judged_spun else "",
        source_of(f"#{log.source}" if log.source.lower().startswith(WEB) else log.id),
        charset_name(log.decoding.codec),
        described_decoding(log.decoding),
        (log.publication.published if log.publication else "")[:MAX_DATE_CHARS],
        changed,
        removed,
    )


def described_decoding(decoding: Decoding) -> str:
    """Say in words what decoding did to the bytes of an article; empty if they were plain UTF-8.

    >>> described_decoding(Decoding("cp1252", line_ends="crlf")), described_decoding(Decoding("utf-8"))
    ('decoded from windows-1252, CRLF line ends', '')
    """
    codec = decoding.codec
    said = [] if codec in {"utf-8", "ascii"} else [f"decoded from {charset_name(codec)}"]
    if decoding.stray_codec:
        said.append(f"{len(decoding.stray):,} characters decoded from {charset_name(decoding.stray_codec)}")
    if decoding.undecodable:
        said.append(f"{len(decoding.undecodable):,} places not decodable")
    if decoding.bom:
        said.append("byte order mark removed")
    if decoding.line_ends in LINE_ENDS:
        said.append(LINE_ENDS[decoding.line_ends])
    return ", ".join(said)


def charset_name(codec: str) -> str:
    """Return the usual name of a charset from Python's name of its codec.

    >>> charset_name("cp1252"), charset_name("iso8859-2"), charset_name("utf-8")
    ('windows-1252', 'iso-8859-2', 'utf-8')
    """
    if codec.startswith("cp125"):
        return f"windows-{codec[2:]}"
    return codec.replace("iso8859", "iso-8859").replace("_", "-")
