"""Tells URLs of object stores from paths, and keeps credentials out of everything that is printed or written."""

import os
import re

from clean_news.files.discovery import InputError
from clean_news.printable_text import printable

# At least two characters, so that C:// does not count.
SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,30}://", re.IGNORECASE)
MASK = "***"
USER = re.compile(r"(?<=://)[^/\s@]*:[^/\s]*@")
PARAMETER = re.compile(
    r"((?:x-amz-[a-z-]{1,40}|x-goog-[a-z-]{1,40}|signature|sig|account_?key|shared_?access_?key|secret_?access_?key|session_?token"
    r"|client_?secret|access_?token|password|secret|token|key)=[\"']?)[^&;,\s\"']+",
    re.IGNORECASE,
)
ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b")
SECRET_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_CLIENT_SECRET",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_CONNECTION_STRING",
    "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
)
MIN_SECRET_CHARS = 6  # a shorter value would mask words


def is_url(word: str) -> bool:
    """Whether a word of the command line is a URL of an object store, and no path.

    >>> [is_url(word) for word in ("s3://crawl/raw", "raw", "C:/raw", "./s3://raw", "-")]
    [True, False, False, False, False]
    """
    return SCHEME.match(word) is not None


def checked_url(word: str) -> str:
    """Return a URL without a slash at its end.

    Raises:
        InputError: if it holds credentials, which would then be in the shell's history and in logs, or if it is a URL
            that clean-news cannot take apart.
    """
    if USER.search(word) or PARAMETER.search(word.partition("?")[2]):
        raise InputError(
            f"{printable(mask(word))}: a URL must not contain credentials; remove them, and put them where the store's "
            "own tools look for them: environment variables, a profile or the machine's role"
        )
    scheme, _, rest = word.partition("://")
    if not rest.strip("/") and scheme.lower() != "memory":
        raise InputError(f"{printable(word)}: names no bucket; name one and a folder in it, e.g. {scheme}://BUCKET/raw")
    return f"{scheme.lower()}://{rest.rstrip('/')}"


def check_apart(raw: str, clean: str) -> None:
    """Check that no object of RAW can be written through CLEAN.

    Raises:
        InputError: if they are the same, or one contains the other.
    """
    if raw == clean:
        raise InputError(f"{printable(clean)}: RAW and CLEAN are the same; name another folder for CLEAN")
    for inner, outer, what in ((clean, raw, "CLEAN is inside RAW"), (raw, clean, "RAW is inside CLEAN")):
        if inner.startswith(f"{outer}/") or outer.endswith("://"):
            raise InputError(f"{printable(inner)}: {what} ({printable(outer)}); name a folder outside it")


def mask(text: str) -> str:
    """Return a text without credentials: those of URLs, of signed requests, and of the usual environment variables.

    >>> mask("s3://me:secret@crawl/raw")
    's3://***@crawl/raw'
    >>> mask("GET /raw?X-Amz-Signature=5f0c&list-type=2")
    'GET /raw?X-Amz-Signature=***&list-type=2'
    """
    for name in SECRET_VARIABLES:
        if len(value := os.environ.get(name, "")) >= MIN_SECRET_CHARS:
            text = text.replace(value, MASK)
    text = USER.sub(f"{MASK}@", text)
    text = PARAMETER.sub(rf"\1{MASK}", text)
    return ACCESS_KEY.sub(MASK, text)


def has_usable_name(name: str) -> bool:
    """Whether an object's name is a path of files below a folder, on this system.

    >>> [has_usable_name(name) for name in ("a/b.txt", "a//b.txt", "../b.txt", "a/./b.txt")]
    [True, False, False, False]
    """
    parts = name.split("/")
    forbidden = "\0\\:" if os.name == "nt" else "\0"
    return all(part not in {"", ".", ".."} for part in parts) and not any(char in name for char in forbidden)
