"""Compare charset detection by clean-news, chardet and charset-normalizer: the share of texts decoded exactly.

    python benchmarks/charsets.py [ARTICLES.txt …] [--corpus NEWS.jsonl[.xz]] [--misses]

The articles of tests/cases/charsets are encoded in the codecs that their files name and decoded by each detector;
with a corpus also its first 300 articles with non-ASCII characters, in every codec that can encode them. Only the
decoded text counts, not the name of the codec.
"""

import argparse
import codecs
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "tests" / "cases" / "charsets"
TYPEWRITER = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "--", "…": "..."})
OF_CORPUS = ("cp1252", "mac-roman", "cp850", "iso8859-1", "iso8859-15", "cp1250", "cp1254", "utf-8", "utf-16-le")


def articles_by_codec(path: Path) -> Iterator[tuple[str, str]]:
    """The articles of a file for each codec that its header names and that can encode them.

    Yields:
        The codec and the article; for codecs after ``typewriter:`` with ASCII quotes and dashes.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    header = dict(line[2:].split(": ", 1) for line in lines if line.startswith(("# codecs: ", "# typewriter: ")))
    body = "\n".join(line for line in lines if not line.startswith("#"))
    articles = [article.strip("\n") + "\n" for article in body.split("\n\n") if article.strip()]
    for key, table in (("codecs", {}), ("typewriter", TYPEWRITER)):
        for codec in filter(None, header.get(key, "").split(", ")):
            yield from (
                (codec, text) for text in (article.translate(table) for article in articles) if fits(text, codec)
            )


def fits(text: str, codec: str) -> bool:
    """Whether a codec can encode a text."""
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def of_corpus(path: Path, count: int = 300) -> Iterator[tuple[str, str]]:
    """The first articles of a corpus with non-ASCII characters, for each codec that can encode them."""
    from clean_news.language.model_building import read_texts

    texts = (text for text in read_texts(path) if not text.isascii())
    for _, text in zip(range(count), texts, strict=False):
        yield from ((codec, text) for codec in OF_CORPUS if fits(text, codec))


def ours(raw: bytes) -> str:
    """Decode with clean-news."""
    from clean_news.charsets.decoding import decode

    return decode(raw)[0]


def by_chardet(raw: bytes) -> str:
    """Decode with chardet."""
    import chardet

    return raw.decode(chardet.detect(raw)["encoding"] or "cp1252", "replace").removeprefix("\ufeff")


def by_charset_normalizer(raw: bytes) -> str:
    """Decode with charset-normalizer."""
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    return str(best) if best else ""


def detectors() -> dict[str, Callable[[bytes], str]]:
    """The detectors that are installed."""
    known = {"ours": ours, "chardet": by_chardet, "charset_normalizer": by_charset_normalizer}
    return {name: detector for name, detector in known.items() if name == "ours" or find_spec(name)}


def read_right(text: str, codec: str, detector: Callable[[bytes], str]) -> bool:
    """Whether a detector decodes the text exactly."""
    try:
        return detector(text.encode(codec)) == text
    except (UnicodeError, LookupError):
        return False


def table(cases: Iterable[tuple[str, str]], misses: bool = False) -> Iterator[str]:
    """The lines of the table: for each codec the share of texts that each detector decodes exactly."""
    compared = detectors()
    found: dict[str, list[list[bool]]] = {}
    for codec, text in cases:
        right = [read_right(text, codec, detector) for detector in compared.values()]
        found.setdefault(codecs.lookup(codec).name, []).append(right)
        if misses and not right[0]:
            yield f"missed in {codec}: {text[:60]!r}"
    yield f"{'codec':12} {'texts':>6} " + " ".join(f"{name:>18}" for name in compared)
    rows = [*found.items(), ("all", [right for rights in found.values() for right in rights])]
    for codec, rights in rows:
        shares = (sum(column) / len(rights) for column in zip(*rights, strict=True))
        yield f"{codec:12} {len(rights):6} " + " ".join(f"{share:18.1%}" for share in shares)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="*", type=Path, default=sorted(FOLDER.glob("*.txt")))
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--misses", action="store_true", help="list the articles that clean-news decodes wrongly")
    options = parser.parse_args()
    for line in table((case for path in options.articles for case in articles_by_codec(path)), options.misses):
        print(line)
    if options.corpus:
        print()
        for line in table(of_corpus(options.corpus), options.misses):
            print(line)


if __name__ == "__main__":
    main()
