"""Look up a user's stage without running it: whatever a module does when it is imported waits until it is known as one.

``importlib.util.find_spec`` imports the packages that a module is in, so the finders are asked one package after the
other instead. Whether the module is a stage is read from the symbol table of its source.
"""

import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from symtable import symtable

REQUIRED = ("RULES", "propose")  # names that a stage defines; see clean_news.stages


def missing_names(path: str) -> list[str] | None:
    """Return the names that a stage defines and a module does not; nothing is imported.

    Args:
        path: dotted path of the module.

    Returns:
        The missing names; None if there is no such module. All of them for a module without readable source.

    >>> missing_names("clean_news.edits"), missing_names("clean_news.stages.ocr"), missing_names("..edits")
    (['RULES', 'propose'], [], None)
    """
    loaded = sys.modules.get(path)
    if loaded is not None:  # it has run already
        return [name for name in REQUIRED if not hasattr(loaded, name)]
    spec = _spec_of(path)
    if spec is None:
        return None
    bound = _bound_names(spec)
    return [name for name in REQUIRED if name not in bound]


def _spec_of(path: str) -> ModuleSpec | None:
    """Find a module; None if there is none, or the path is not one of a module."""
    parts = path.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    spec, places = None, None
    for number, _ in enumerate(parts, 1):
        spec = _find(".".join(parts[:number]), places)
        if spec is None:
            return None
        places = spec.submodule_search_locations
        if places is None and number < len(parts):  # a module, not a package
            return None
    return spec


def _find(name: str, places: Sequence[str] | None) -> ModuleSpec | None:
    """Ask the finders for a module.

    Args:
        name: its full name.
        places: where its package has its modules; None for a module that is in no package.
    """
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__spec__ is not None:
        return loaded.__spec__
    if places is None:
        try:
            return importlib.util.find_spec(name)
        except (ImportError, ValueError):
            return None
    found = (finder.find_spec(name, places) for finder in sys.meta_path)
    return next((spec for spec in found if spec is not None), None)


def _bound_names(spec: ModuleSpec) -> set[str]:
    """Return the names that a module's source assigns, defines or imports at its top level."""
    get_source = getattr(spec.loader, "get_source", None)
    try:
        source = get_source(spec.name) if get_source else None
        table = symtable(source or "", spec.origin or spec.name, "exec")
    except (ImportError, OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported()}
