"""The lists of known names, ``dictionaries/spin/known-names``: names made of words that spinners swap."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from clean_news.dictionaries import folder
from clean_news.language.tokens import key_of
from clean_news.stages.spin.lexicon_sources import known_name_files

Name = tuple[str, ...]


class Node:
    """Where names are alike up to a token: a node of a prefix tree.

    Attributes:
        next: the nodes after each token that may follow.
        is_end: whether a name ends here.
    """

    __slots__ = ("is_end", "next")

    def __init__(self) -> None:
        self.next: dict[str, Node] = {}
        self.is_end = False


class KnownNames(NamedTuple):
    """Known names of two or more tokens.

    Attributes:
        root: their prefix tree.
        words: all their tokens.
    """

    root: Node
    words: frozenset[str]


def names_in(lines: Iterable[str]) -> list[Name]:
    """Return the names in the lines of a list, as tokens; lines that begin with ``#`` are comments.

    >>> names_in(["# companies", "Inspire Medical Systems"])
    [('Inspire', 'Medical', 'Systems')]
    """
    found = (tuple(key_of(line.strip()).split()) for line in lines if not line.startswith("#"))
    return [name for name in found if len(name) > 1]


def indexed(names: Iterable[Name]) -> KnownNames:
    """Return the prefix tree of names."""
    root = Node()
    words: set[str] = set()
    for name in names:
        node = root
        for word in name:
            node = node.next.setdefault(word, Node())
        node.is_end = True
        words.update(name)
    return KnownNames(root, frozenset(words))


@lru_cache(maxsize=1)
def standard() -> KnownNames:
    """Return the names of the shipped lists."""
    lists = [path.read_text(encoding="utf-8").splitlines() for path in known_name_files(folder())]
    return indexed(name for lines in lists for name in names_in(lines))
