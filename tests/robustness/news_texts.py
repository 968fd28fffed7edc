"""Generates news-like articles from a seed: genuine, spun with the project's dictionary, or with mojibake.

Every sentence is this project's own. The same seed gives the same articles everywhere.
"""

from functools import cache
from pathlib import Path
from random import Random

SPIN = Path(__file__).parents[2] / "dictionaries" / "spin"

FRAMES = (
    "The {body} of {place} said on {day} that it would {plan} the {thing} by the end of {month}.",
    "“We did not expect the {thing} to cost {sum} million dollars,” {name} told reporters in {place}.",
    "{name}, who leads the {body}, didn’t say when the {thing} would reopen.",
    "Shares of the company fell {sum} percent after the central bank raised interest rates on {day}.",
    "Residents waited for hours outside the {thing}, and the police closed the road to {place}.",
    "The prime minister and the foreign minister met in {place} to discuss the {thing}.",
    "According to a report that the {body} published in {month}, the {thing} was built {sum} years ago.",
    "It was the first time since {month} that the {body} had voted to {plan} anything at all.",
    "“The people here are angry — and they’re right,” said {name}, whose family owns a café near the {thing}.",
    "A court in {place} ruled that the {body} must {plan} the {thing} before {day}.",
    "Unemployment rose to {sum} percent in {month}, the highest rate in a decade.",
    "The storm damaged {sum} houses, and the governor asked the federal government for help.",
    "Doctors at the hospital in {place} treated {sum} people, most of them for minor injuries.",
    "In the second half the home team scored twice, but {name} called the result “a disgrace”.",
)
SLOTS = {
    "body": ("city council", "harbour board", "ministry of health", "trade union", "police department", "school board"),
    "place": ("Lisbon", "Marlow Bay", "São Martinho", "Port Ellery", "Zürich", "Kelmouth", "Łomża"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "month": ("January", "March", "June", "September", "November"),
    "plan": ("repair", "sell", "close", "replace", "expand", "investigate"),
    "thing": ("railway bridge", "swimming pool", "ferry terminal", "power station", "public library", "steel works"),
    "name": ("Ana Figueiredo", "Thomas Okafor", "José Peña", "Margit Söderholm", "Dr. Helen Marsh", "R. J. Whitlock"),
    "sum": ("3", "12", "4.5", "27", "140", "1,250"),
}


def sentence(random: Random) -> str:
    """A news-like sentence."""
    return random.choice(FRAMES).format(**{slot: random.choice(words) for slot, words in SLOTS.items()})


def article(random: Random, paragraphs: int) -> str:
    """An article; paragraphs are separated by blank lines."""
    return (
        "\n\n".join(" ".join(sentence(random) for _ in range(random.randint(1, 4))) for _ in range(paragraphs)) + "\n"
    )


@cache
def spun_forms() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Originals of the shipped spin dictionary, each with its spun forms."""
    found = []
    for path in sorted(SPIN.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            columns = line.split("\t")
            if len(columns) >= 3 and not line.startswith("#"):
                found.append((columns[0], tuple(form for form in columns[2].split(" | ") if form)))
    return tuple(found)


@cache
def forms_by_original() -> dict[str, tuple[str, ...]]:
    """The spun forms by their original."""
    return dict(spun_forms())


def spun(random: Random, text: str) -> str:
    """Spin the text as an article spinner does."""
    forms = forms_by_original()
    for original in sorted(forms, key=len, reverse=True):
        if f" {original} " in text:
            text = text.replace(f" {original} ", f" {random.choice(forms[original])} ")
    return text


def mojibake(random: Random, text: str) -> str:
    """Encode the text in UTF-8 and decode it with another codec, one to three times."""
    for _ in range(random.randint(1, 3)):
        codec = random.choice(("cp1252", "latin-1", "cp1251", "mac-roman", "cp437"))
        text = text.encode("utf-8", "surrogatepass").decode(codec, "replace")
    return text


def batch(seed: int, number: int) -> list[tuple[str, bytes]]:
    """Names and bytes of articles: most genuine, some spun, in mojibake or in another codec, one binary, one empty."""
    found = []
    for at in range(number):
        random = Random(seed * 1_000_003 + at)
        text = article(random, random.randint(3, 7))
        kind = at % 5
        if kind == 1:
            raw = spun(random, text).encode()
        elif kind == 2:
            raw = mojibake(random, text).encode()
        elif kind == 3 and at % 2:
            raw = text.replace("\n", "\r\n").encode("cp1252", "replace")
        else:
            raw = text.encode()
        found.append((f"{at % 7}/article-{at:05d}.txt", raw))
    found[len(found) // 2] = (found[len(found) // 2][0], b"")
    found[len(found) // 3] = (found[len(found) // 3][0], b"%PDF-1.7\n" + bytes(range(256)))
    return found
