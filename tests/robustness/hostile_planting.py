"""Plants files in a site: of some content, or what is not a file at all."""

import os
from collections.abc import Callable
from pathlib import Path

from hostile_site import Site

Plant = Callable[[Site], None]
Content = str | bytes | Callable[[Site], str | bytes]


# Each makes something at a path that is not a regular file of a sensible size.
def sparse(path: Path, _: Site) -> None:
    """Make a file of 1 TB that takes no space."""
    path.touch()
    os.truncate(path, 1 << 40)


def loop(path: Path, _: Site) -> None:
    """Make a link to itself."""
    path.symlink_to(path.name)


NOT_FILES: dict[str, Callable[[Path, Site], None]] = {
    "a named pipe": lambda path, _: os.mkfifo(path),
    "a folder": lambda path, _: path.mkdir(),
    "a link to /dev/zero": lambda path, _: path.symlink_to("/dev/zero"),
    "a link to a terminal": lambda path, _: path.symlink_to("/dev/ptmx"),
    "a link to nothing": lambda path, site: path.symlink_to(site.top / "gone"),
    "a link to itself": loop,
    "a link to a secret": lambda path, site: path.symlink_to(site.outside / "secret"),
    "1 TB": sparse,
}


def not_a_file(make: Callable[[Path, Site], None], *places: str, settings: str = "") -> Plant:
    """Put something at places in the working folder, in place of what is there; the settings may name it."""

    def plant(site: Site) -> None:
        if settings:
            (site.work / "clean-news.toml").write_text(settings, encoding="utf-8")
        for place in places:
            path = site.work / place
            path.parent.mkdir(exist_ok=True)
            path.unlink(missing_ok=True)
            make(path, site)

    return plant


def content(made: Content, *places: str, settings: str = "") -> Plant:
    """Write files of this content at places in the working folder; the settings may name them."""

    def plant(site: Site) -> None:
        if settings:
            (site.work / "clean-news.toml").write_text(settings, encoding="utf-8")
        found = made(site) if callable(made) else made
        for place in places:
            path = site.work / place
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(found if isinstance(found, bytes) else found.encode("utf-8", "surrogatepass"))

    return plant
