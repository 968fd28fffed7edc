"""Libraries that only some formats need."""

from importlib import import_module
from typing import Any

from clean_news.formats import UnreadableError


def optional(module: str, extra: str) -> Any:  # noqa: ANN401  # a module
    """A library that an extra installs.

    Args:
        module: the module's name, dots included.
        extra: the extra.

    Raises:
        UnreadableError: if it is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise UnreadableError(f"needs {package}; run pip install 'clean-news[{extra}]'") from error
