"""The lists of known names, ``dictionaries/spin/known-names``: names made of words that spinners swap."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from clean_news.dictionaries import folder
from clean_news.language.tokens import key_of
from clean_news.stages.spin.lexicon_sources import known_name_files

Name = tuple[str, ...]


class Node:
    """Where names are alike up to a token: a node of a prefix tree.

    Args:
        names: the names that are alike.
        depth: the number of tokens in which they are.

    Attributes:
        is_end: whether a name ends here.
    """

    def __init__(self, names: Sequence[Name], depth: int = 0) -> None:
        self._names, self._depth = names, depth
        self.is_end = any(len(name) == depth for name in names)

    @cached_property
    def next(self) -> "dict[str, Node]":
        """The nodes after each token that may follow; made when asked for, as a document has few of the names."""
        names_by_token: dict[str, list[Name]] = defaultdict(list)
        for name in self._names:
            if len(name) > self._depth:
                names_by_token[name[self._depth]].append(name)
        return {token: Node(names, self._depth + 1) for token, names in names_by_token.items()}


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
    found = (_tokens_of(line.strip()) for line in lines if not line.startswith("#"))
    return [name for name in found if len(name) > 1]


def _tokens_of(name: str) -> Name:
    """Return the tokens of a name."""
    letters = name.replace(" ", "")
    is_plain = letters.isascii() and letters.isalpha()  # each word is one token, as in most names
    return tuple((name if is_plain else key_of(name)).split())


def indexed(names: Iterable[Name]) -> KnownNames:
    """Return the prefix tree of names."""
    found = tuple(names)
    return KnownNames(Node(found), frozenset().union(*found))


@lru_cache(maxsize=1)
def standard() -> KnownNames:
    """Return the names of the shipped lists."""
    lists = [path.read_text(encoding="utf-8").splitlines() for path in known_name_files(folder())]
    return indexed(name for lines in lists for name in names_in(lines))
