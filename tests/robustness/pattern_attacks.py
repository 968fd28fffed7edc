"""Finds the compiled patterns of the package, and the texts that a careless one takes quadratic time for.

A pattern's own parse tree says which characters it looks for and what it repeats; runs of these, after what the
pattern expects before them, and followed by a character that nothing matches, are the classic attack.
"""

import functools
import importlib
import inspect
import pkgutil
import re
import re._constants as constants
import re._parser as parser
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import clean_news
from clean_news.stages.encoding.redecoding import CODECS, codec_patterns

# One character of each class, where a class is used.
CATEGORIES = {
    constants.CATEGORY_DIGIT: "7",
    constants.CATEGORY_SPACE: " \n\t",
    constants.CATEGORY_WORD: "aA7_",
    constants.CATEGORY_NOT_DIGIT: "a",
    constants.CATEGORY_NOT_SPACE: "a",
    constants.CATEGORY_NOT_WORD: "-",
}
ALWAYS = "aA7 \n.-'\"|\\ÃÂ’“é\u00ad\u200b"
REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)
MOST_SINGLE, MOST_PAIRED = 30, 6  # characters of a pattern's alphabet that are tried, alone and in pairs
UNMATCHED = "\0"


def patterns() -> dict[str, re.Pattern[Any]]:
    """The compiled patterns of all modules by where they were found.

    Globals, also within tuples and dictionaries; results of cached functions without parameters that return patterns;
    the patterns of every codec.
    """
    found = {}
    for module in _modules():
        for name, value in vars(module).items():
            for pattern in _patterns_in(value):
                found.setdefault(pattern, f"{module.__name__.removeprefix('clean_news.')}.{name}")
    for codec in CODECS:
        for pattern in _patterns_in(codec_patterns(codec)):
            found.setdefault(pattern, f"stages.encoding.redecoding.codec_patterns {codec}")
    named: dict[str, re.Pattern[Any]] = {}
    for pattern, name in found.items():
        named[f"{name} {number}" if (number := sum(each.startswith(name) for each in named)) else name] = pattern
    return named


def attacks(pattern: re.Pattern[Any]) -> set[tuple[str, str]]:
    """Prefixes with what is repeated after them."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    alphabet = sorted(set(_characters(tree)))
    few = alphabet[:: max(1, len(alphabet) // MOST_PAIRED)]
    found = {("", each) for each in (*ALWAYS, *alphabet[:: max(1, len(alphabet) // MOST_SINGLE)])}
    found |= {("", one + other) for one in few for other in few}
    return found | {(prefix, repeated) for prefix, repeated in _repeats(tree, "") if repeated}


def text_of(pattern: re.Pattern[Any], attack: tuple[str, str], size: int) -> str | bytes:
    """An attack of about ``size`` characters."""
    prefix, repeated = attack
    text = prefix + repeated * (size // len(repeated)) + UNMATCHED
    return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _modules() -> Iterator[ModuleType]:
    """The modules of the package, except those whose optional library is not installed."""
    for found in pkgutil.walk_packages(clean_news.__path__, "clean_news."):
        if not found.name.endswith("__main__"):
            try:
                yield importlib.import_module(found.name)
            except ImportError as error:
                if (error.name or "").startswith("clean_news"):
                    raise


def _patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict | tuple | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _patterns_in(each)
    elif isinstance(value, functools._lru_cache_wrapper) and value.__module__.startswith("clean_news."):
        signature = inspect.signature(value)
        if not signature.parameters and "Pattern" in str(signature):
            yield from _patterns_in(value())


def _parts(operation: Any, argument: Any) -> list[Any]:
    """The sequences of operations within one."""
    if operation is constants.BRANCH:
        return list(argument[1])
    if operation is constants.SUBPATTERN:
        return [argument[3]]
    if operation in REPEATS:
        return [argument[2]]
    if operation is constants.ATOMIC_GROUP:
        return [argument]
    if operation in (constants.ASSERT, constants.ASSERT_NOT):
        return [argument[1]]
    return []


def _characters(sequence: Any) -> Iterator[str]:
    """The characters that a sequence of operations names."""
    for operation, argument in sequence:
        if operation in (constants.LITERAL, constants.NOT_LITERAL):
            yield chr(argument)
        elif operation is constants.RANGE:
            yield from map(chr, argument)
        elif operation is constants.CATEGORY:
            yield from CATEGORIES[argument]
        elif operation is constants.IN:
            yield from _characters(argument)
        for part in _parts(operation, argument):
            yield from _characters(part)


def _example(sequence: Any) -> str:
    """A text that a sequence of operations matches, in most cases."""
    return "".join(_example_of(operation, argument) for operation, argument in sequence)


def _example_of(operation: Any, argument: Any) -> str:
    """A text that an operation matches."""
    if operation is constants.LITERAL:
        return chr(argument)
    if operation is constants.IN:
        if argument[0][0] is not constants.NEGATE:
            return next(_characters(argument))
        return next((each for each in "aA7- ." if each not in set(_characters(argument[1:]))), "é")
    if operation in (constants.ANY, constants.NOT_LITERAL):
        return "a"
    if operation in (constants.ASSERT, constants.ASSERT_NOT):
        return ""
    times = max(1, argument[0]) if operation in REPEATS else 1
    return "".join(_example(part) for part in _parts(operation, argument)[:1]) * times


def _repeats(sequence: Any, before: str) -> Iterator[tuple[str, str]]:
    """Whatever a sequence repeats, after what comes before it; and both of them repeated."""
    for operation, argument in sequence:
        if operation in REPEATS:
            repeated = _example(argument[2])
            yield from ((before, repeated), ("", before + repeated))
        if operation not in (constants.ASSERT, constants.ASSERT_NOT):
            for part in _parts(operation, argument):
                yield from _repeats(part, before)
        before += _example_of(operation, argument)
    yield "", before
