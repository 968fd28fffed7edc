"""The version number of clean-news; the build reads it from here."""

VERSION = "0.2.0"


def version() -> str:
    """Return the version of clean-news."""
    return VERSION
