"""The version of the installed clean-news."""

from functools import cache


@cache
def version() -> str:
    """The version, e.g. ``"0.1.0"``, as ``pyproject.toml`` gives it to the installed package."""
    from importlib import metadata  # costs 30 ms, and not every import of the package needs it

    return metadata.version("clean-news")
