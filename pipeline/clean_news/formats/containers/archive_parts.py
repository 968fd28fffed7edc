"""Which members of a ZIP or tar archive contain articles: those whose names have an extension of a supported format."""

from collections import Counter

from clean_news.formats import KINDS
from clean_news.formats.containers.container import Container, Part
from clean_news.formats.containers.member_files import suffix_of

ARCHIVES = frozenset(suffix for suffix, module in KINDS.items() if module.endswith((".zip_files", ".tar_files")))
NESTED = "is an archive in an archive; unpack the outer one"
PDF = "is a PDF in an archive, which nothing is written into; unpack the archive and clean the PDF"
ESCAPES = "has a name that leads out of the archive, as an attack would; pack the archive again without it"
RESOURCES = "__MACOSX/"  # what macOS packs beside the files


def archive_parts(container: Container) -> list[Part]:
    """Return the members that may contain articles; hidden ones, links, devices and folders are left out.

    If several members have the same name, the articles of the second are called ``NAME [2]``, and so on.
    """
    seen: Counter[str] = Counter()
    found = []
    for number, member in enumerate(container.members):
        suffix = suffix_of(member.name)
        pieces = member.name.replace("\\", "/").split("/")
        is_hidden = member.name.startswith(RESOURCES) or any(
            piece.startswith(".") and piece.strip(".") for piece in pieces
        )
        if not member.is_file or not suffix or is_hidden:
            continue
        seen[member.name] += 1
        name = member.name if seen[member.name] == 1 else f"{member.name} [{seen[member.name]}]"
        fault = NESTED if suffix in ARCHIVES else PDF if suffix == ".pdf" else ""
        if not pieces[0] or ".." in pieces or pieces[0].endswith(":"):
            fault = ESCAPES
        found.append(Part(number, name, suffix, fault))
    return found
