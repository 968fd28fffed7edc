"""The format of EPUB 2 and 3: the XHTML documents of the spine are an article each, repaired between their tags.

The navigation, the table of contents and all other members of the package stay as they are. A book whose documents are
encrypted (DRM) is refused.
"""

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from clean_news.formats import Format, UnreadableError
from clean_news.formats.composed_edits import Replacement
from clean_news.formats.compression import compressing
from clean_news.formats.containers.container import Container, Kind, Part
from clean_news.formats.containers.container_format import PackageFormat
from clean_news.formats.containers.part_files import PartFormat
from clean_news.formats.containers.zip_container import ZipContainer, open_zip
from clean_news.formats.markup_views import View, html_view
from clean_news.formats.page_xml.xml_bytes import Document, Element, NotXmlError, parse

MIMETYPE, EPUB = "mimetype", b"application/epub+zip"
CONTAINER = "META-INF/container.xml"  # names the package document
ENCRYPTION = "META-INF/encryption.xml"  # names what is encrypted; of many books only the fonts
MAX_XML_BYTES = 16 << 20  # of a document about the package
XHTML = frozenset({"application/xhtml+xml", "text/html", "application/xml"})


@contextmanager
def _open(path: Path) -> Iterator[ZipContainer]:
    """Open a book.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not an EPUB.
    """
    with open_zip(path) as container:
        found = _content(container, MIMETYPE)
        if found is None or found.strip() != EPUB:
            raise UnreadableError("is not an EPUB (its mimetype is another, or missing); export it again")
        yield container


def _content(container: Container, name: str) -> bytes | None:
    """Return the content of a member about the package; None if there is no such member.

    Raises:
        UnreadableError: if it is too large or damaged, or there are several.
    """
    numbers = [number for number, member in enumerate(container.members) if member.name == name]
    if not numbers:
        return None
    member = container.members[numbers[0]]
    if len(numbers) > 1 or member.fault or member.size > MAX_XML_BYTES:
        raise UnreadableError(f"is not a sound EPUB ({name} is there twice, encrypted, or too large); export it again")
    return b"".join(container.content(numbers[0]))


def _document(container: Container, name: str) -> Element:
    """Return the root of a document about the package.

    Raises:
        UnreadableError: if it is missing, or not sound.
    """
    content = _content(container, name)
    try:
        if content is None:
            raise NotXmlError("is missing")
        return parse(content).root
    except NotXmlError as error:
        raise UnreadableError(f"is not a sound EPUB ({name} {error})") from error


def _parts(container: Container) -> list[Part]:
    """Return the documents of the spine without the navigation, in the order of the members.

    Raises:
        UnreadableError: if the package does not say which these are, or they are encrypted.
    """
    root_file = next(iter(_document(container, CONTAINER).all("rootfile")), None)
    package_name = root_file.attributes.get("full-path", "") if root_file else ""
    if not package_name:
        raise UnreadableError(f"is not a sound EPUB ({CONTAINER} names no package document); export it again")
    wanted = _spine(_document(container, package_name), posixpath.dirname(package_name))
    if wanted & _encrypted(container):
        raise UnreadableError("is protected by DRM, so that it cannot be read; clean a copy without protection")
    parts = [Part(at, each.name, ".xhtml") for at, each in enumerate(container.members) if each.name in wanted]
    if not parts:
        raise UnreadableError("is not a sound EPUB (its spine names no document of it); export it again")
    if len({part.name for part in parts}) < len(parts):
        raise UnreadableError("has two documents of the same name, so that programs show different texts")
    return parts


def _spine(package: Element, folder: str) -> set[str]:
    """Return the names of the members that are read as text, by the package document in a folder."""
    items = {item.attributes.get("id", ""): item for item in package.all("item")}
    guide = (each for each in package.all("reference") if _is_toc(each))
    contents = {_member_name(folder, each.attributes.get("href", "")) for each in guide}
    read = (items.get(each.attributes.get("idref", "")) for each in package.all("itemref"))
    names = {
        _member_name(folder, item.attributes.get("href", ""))
        for item in read
        if item is not None
        and item.attributes.get("media-type", "").strip().lower() in XHTML
        and "nav" not in item.attributes.get("properties", "").split()
    }
    return names - contents


def _is_toc(reference: Element) -> bool:
    """Whether a reference of the guide of EPUB 2 is to the table of contents."""
    return reference.attributes.get("type", "").strip().lower() == "toc"


def _member_name(folder: str, address: str) -> str:
    """Return the name of the member at an address in a folder of the package."""
    return posixpath.normpath(posixpath.join(folder, unquote(address.partition("#")[0])))


def _encrypted(container: Container) -> set[str]:
    """Return the names of the members that are encrypted.

    Raises:
        UnreadableError: if the document that names them is not sound.
    """
    if all(member.name != ENCRYPTION for member in container.members):
        return set()
    references = _document(container, ENCRYPTION).all("CipherReference")
    return {_member_name("", each.attributes.get("URI", "")) for each in references}


def _view_of(document: Document) -> View:
    """Return the view of a document of the spine."""
    return html_view(document.content.decode())


def _with_removed_blocks(_: str, view: View, replacements: Sequence[Replacement]) -> list[Replacement]:
    """Complete replacements with marks of the blocks whose text is removed."""
    return view.with_removed_blocks(replacements)


PART_FORMAT = PartFormat(_view_of, _with_removed_blocks)


def _format_of(_: Path) -> Format:
    """Return the format of all documents."""
    return PART_FORMAT


FORMAT = PackageFormat(
    Kind("package", _open, _parts, _format_of, compressing),
    "has no text in its documents, only pictures; run OCR on them, or remove the file",
)
