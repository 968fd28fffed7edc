"""The version, said here and nowhere else: the build takes it from here."""

VERSION = "0.1.0"


def version() -> str:
    """The version of clean-news."""
    return VERSION
