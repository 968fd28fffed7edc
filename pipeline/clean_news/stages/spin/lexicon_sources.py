"""What the spin lexicon is compiled from, and the digest that tells when it is to be compiled anew.

Apart from the lexicon, because every run asks for the digest, and a run with nothing to do needs no more of it.
"""

import hashlib
from pathlib import Path

import msgspec

from clean_news.dictionaries import LANGUAGE_MODEL
from clean_news.stages.spin.user_dictionary import NOTHING, Own

FORMAT = 9  # part of the digest: raise it when the compiled form changes
BEGINNING = 1 << 16  # bytes of the language model: header and some of the vocabulary, enough to tell models apart


def files(dictionaries: Path) -> list[Path]:
    """The files that the lexicon is compiled from."""
    return [
        dictionaries / "inflections.tsv",
        dictionaries / "first-choices.tsv",
        dictionaries / "spin-weights.tsv",
        *sorted((dictionaries / "spin").glob("*.tsv")),
    ]


def digest(dictionaries: Path, own: Own = NOTHING) -> str:
    """Digest of those files and of the user's own entries and counts, in hex: the lexicon's version."""
    whole = hashlib.sha256(str(FORMAT).encode())
    whole.update(msgspec.json.encode((own.entries, own.counts)))
    for path in files(dictionaries):
        if path.exists():
            whole.update(path.name.encode() + b"\0" + path.read_bytes())
    model = dictionaries / LANGUAGE_MODEL
    if model.exists():
        with model.open("rb") as file:
            whole.update(file.read(BEGINNING))
    return whole.hexdigest()
