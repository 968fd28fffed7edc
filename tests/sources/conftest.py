"""Articles about invented people and places, and the files and folders that hold them."""

import json
import random

import pytest

from clean_news.sources import SourceArticle

PEOPLE = ("Karlssen", "Oduya", "Brannigan", "Vasquez", "Teller", "Imamura", "Novak", "Lindqvist", "Abara", "Kessler")
PLACES = ("Harwick", "Dunmore", "Ostrava", "Belleport", "Kirkfield", "Maranello", "Tansley", "Westerby", "Penhallow")
THINGS = ("turbine", "orchard", "reservoir", "lighthouse", "foundry", "tannery", "viaduct", "cannery", "brewery")


@pytest.fixture
def articles():
    """A function that returns numbered articles, which share names but not the combination of names and numbers."""

    def make(*numbers):
        return [SourceArticle(f"a{number}", text_of(number), f"https://example.org/{number}") for number in numbers]

    return make


def text_of(number):
    """The text of an article by its number."""
    rng = random.Random(number)
    person, other, place, thing = (rng.choice(names) for names in (PEOPLE, PEOPLE, PLACES, THINGS))
    return (
        f"The {thing} of {place} was sold to Ms {person} for {rng.randrange(1000, 99999)} crowns on Tuesday.\n\n"
        f"“We waited {rng.randrange(3, 90)} years,” said Mr {other}, whose family had owned the {thing} since "
        f"{rng.randrange(1700, 1999)}. A lawyer from {rng.choice(PLACES)} represented Ms {person}."
    )


@pytest.fixture
def write_lines():
    """A function that writes JSON lines with the texts of a mapping of ids to texts."""

    def write(path, texts):
        lines = [json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items()]
        path.write_text("".join(lines), encoding="utf-8")

    return write
