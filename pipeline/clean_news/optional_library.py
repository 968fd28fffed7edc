"""Loads optional libraries: those that only an extra of clean-news installs."""

from importlib import import_module
from typing import Any


class MissingLibraryError(ImportError):
    """An optional library is not installed; the message names it and the command that installs it."""


def load_optional(module: str, extra: str) -> Any:  # noqa: ANN401  # a module
    """Import a module of an optional library.

    Args:
        module: the module's full name.
        extra: the extra of clean-news that installs the library.

    Raises:
        MissingLibraryError: if the library is not installed, or cannot be imported.
    """
    try:
        return import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        is_absent = isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == library
        problem = "is not installed" if is_absent else f"cannot be imported ({error})"
        raise MissingLibraryError(
            f"{library} {problem}; install it with: pip install 'clean-news[{extra}]'", name=library
        ) from error
