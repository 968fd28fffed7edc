"""Says what is wrong with a page: by schemas of our own, by the rules of hOCR, and by the published schemas.

The published schemas are not in the repository. Those of a folder in ``CLEAN_NEWS_SCHEMAS`` are used, and that of the
package ``ocrd`` if it is installed; with ``CLEAN_NEWS_FULL=1`` they are taken from two packages of the index.
"""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from lxml import etree

SCHEMAS = Path(__file__).parent / "schemas"
VERSION = re.compile(r"/ns-v([0-9])#|/pagecontent/([0-9]{4})-")
SINCE = "{versions}since"  # an attribute in our schemas: the version from which on there is what the element allows
LINES = {"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"}  # of hOCR; Tesseract knows these kinds
NUMBER = re.compile(r"[0-9]+")
# Packages that have the published schemas. Only files are taken from them; nothing is installed.
PACKAGES = {"kraken==5.2.9": ["--no-binary", "kraken"], "ocrd==3.13.3": []}


def parsed(content):
    """The root element of a page; no entity is expanded, and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(content.encode() if isinstance(content, str) else content, parser)


def namespace_of(root):
    return etree.QName(root).namespace or ""


@cache
def schema_for(namespace, kind):
    """The schema of our own for the version of ALTO or PAGE that a namespace names; ALTO without one is version 1."""
    found = VERSION.search(namespace)
    version = int(found[1] or found[2]) if found else 1
    grammar = etree.parse(SCHEMAS / f"{kind}.rng").getroot()
    grammar.set("ns", namespace)
    for element in list(grammar.iter("*")):
        if version < int(element.get(SINCE, 0)):
            element.getparent().remove(element)
    return etree.RelaxNG(grammar)


def faults(content):
    """What is wrong with a page, as a list of messages; a page that is not well-formed is an error."""
    root = parsed(content)
    name = etree.QName(root).localname
    ids = [value for each in root.iter("*") for key in ("ID", "id") if (value := each.get(key))]
    found = [f"the id {id_} is used twice" for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1})]
    if name == "html":
        return found + hocr_faults(root)
    schema = schema_for(namespace_of(root), {"alto": "alto", "PcGts": "page"}[name])
    schema.validate(root)
    return found + [str(error) for error in schema.error_log]


def hocr_faults(root):
    """What the specification of hOCR (1.2) requires of pages, lines, words, their titles and the metadata."""
    elements = [each for each in root.iter("*") if each.get("class", "").startswith("ocr")]
    found = []
    capabilities = next(
        (each.get("content", "") for each in root.iter("*") if each.get("name") == "ocr-capabilities"), None
    )
    if capabilities is None:
        found.append("no ocr-capabilities")
    for element in elements:
        kind, title = element.get("class"), element.get("title", "")
        if capabilities is not None and kind not in capabilities.split():
            found.append(f"{kind} is not among the capabilities")
        properties = dict(part.strip().partition(" ")[::2] for part in title.split(";") if part.strip())
        found += [f"{title}: {why}" for why in _property_faults(properties)]
        around = [outer.get("class") for outer in element.iterancestors()]
        if kind != "ocr_page" and around.count("ocr_page") != 1:
            found.append(f"{kind} is not in one page")
        if kind == "ocrx_word" and (sum(map(LINES.__contains__, around)) != 1 or "ocrx_word" in around):
            found.append("a word is not in one line")
        if kind == "ocrx_word" and not "".join(element.itertext()).strip():
            found.append("a word has no text")
    return found if elements else ["no element of hOCR"]


def _property_faults(properties):
    """What is wrong with the properties in a title."""
    sides = properties.get("bbox", "").split()
    if len(sides) != 4 or not all(map(NUMBER.fullmatch, sides)):
        return ["bbox is not four numbers"]
    left, top, right, bottom = map(int, sides)
    found = ["bbox is not a box"] if left > right or top > bottom else []
    sure = properties.get("x_wconf")
    return found if sure is None or 0 <= float(sure) <= 100 else [*found, "x_wconf is not from 0 to 100"]


class Box(NamedTuple):
    """A rectangle by its sides."""

    left: float
    top: float
    right: float
    bottom: float

    def has(self, other):
        """Whether another box is within this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


def box_of(element):
    """The box of an element of ALTO, PAGE (around its points) or hOCR; None if it has none."""
    if element.get("HPOS") is not None:
        left, top, width, height = (float(element.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        return Box(left, top, left + width, top + height)
    coords = next((child for child in element if etree.QName(child).localname == "Coords"), None)
    if coords is not None:
        points = [tuple(map(int, point.split(","))) for point in coords.get("points").split()]
        xs, ys = zip(*points, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))
    found = re.search(r"bbox (\d+) (\d+) (\d+) (\d+)", element.get("title", ""))
    return Box(*map(int, found.groups())) if found else None


def misplaced(content):
    """The words of a page that are not in their line, or not right of the word before them."""
    found = []
    for line in parsed(content).iter("*"):
        if etree.QName(line).localname != "TextLine" and line.get("class") != "ocr_line":
            continue
        around, right = box_of(line), None
        for word in line.iter("*"):
            if etree.QName(word).localname not in {"String", "Word"} and word.get("class") != "ocrx_word":
                continue
            place = box_of(word)
            if not around.has(place) or (right is not None and place.left < right):
                found.append(word.get("ID") or word.get("id"))
            right = place.right
    return found


def published(folder):
    """The published schemas, by their namespace: from the places that the module names, else from packages.

    Args:
        folder: where packages may be downloaded to; None to download nothing.
    """
    places = [Path(os.environ["CLEAN_NEWS_SCHEMAS"])] if "CLEAN_NEWS_SCHEMAS" in os.environ else []
    ocrd = find_spec("ocrd_validators")
    places += map(Path, ocrd.submodule_search_locations or ()) if ocrd else []
    if folder and not places:
        places = [_downloaded(folder)]
    found = {}
    for path in sorted(path for place in places for path in place.glob("*.xsd")):
        target = etree.parse(path).getroot().get("targetNamespace")
        if VERSION.search(target or ""):
            found[target] = etree.XMLSchema(etree.parse(path))
    return found


def _downloaded(folder):
    """A folder with the schemas of :data:`PACKAGES`."""
    for package, options in PACKAGES.items():
        words = ["-m", "pip", "download", "-q", "--no-deps", "-d", folder, *options, package]
        subprocess.run([sys.executable, *words], check=True)
    for path in folder.glob("*.tar.gz"):
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and member.name.endswith(".xsd"):
                    (folder / Path(member.name).name).write_bytes(archive.extractfile(member).read())
    for path in folder.glob("*.whl"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith("page.xsd"):
                    (folder / Path(name).name).write_bytes(archive.read(name))
    return folder
