"""What decides whether a document is decoded at all: its length, its language, and how suspicious its words are."""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from clean_news.settings import Settings
    from clean_news.user_files import FileVersion


class FirstLook(NamedTuple):
    """What the words of a document say.

    Attributes:
        mean_log_ratio: see :func:`prefilter.mean_log_ratio`.
        threshold: the mean log ratio from which on it is decoded.
    """

    mean_log_ratio: float
    threshold: float

    @property
    def margin(self) -> float:
        """How far it is above the threshold; negative below it."""
        return self.mean_log_ratio - self.threshold

    @property
    def held_off(self) -> str:
        """Why a document below the threshold is left alone, for the log."""
        return f"judged genuine by its words (suspicion {self.mean_log_ratio:.3f})"


def reason_to_skip(text: str, settings: "Settings") -> str | None:
    """Return the reason to skip a document, whatever its words, for the log; None if there is none.

    Args:
        text: the document.
        settings: the run's settings.
    """
    from clean_news.language import english

    if settings.document == "genuine":
        return "declared genuine by the setting document"
    return english.skip_reason(text, settings.min_words, settings.max_words)


def first_look(text: str, settings: "Settings") -> FirstLook:
    """Look at the words of a text.

    Args:
        text: the text.
        settings: the run's settings, which name the user dictionaries.
    """
    from clean_news.stages.spin import user_dictionary

    return _look(text, user_dictionary.files(settings.dictionary))


def first_look_at_document(text: str, settings: "Settings") -> FirstLook:
    """Look at the words of the document that is being cleaned, about which two stages ask.

    Args:
        text: the document.
        settings: the run's settings, which name the user dictionaries.
    """
    from clean_news.stages.spin import user_dictionary

    return _remembered(text, user_dictionary.files(settings.dictionary))


def may_be_spun(text: str, settings: "Settings") -> bool:
    """Whether the document that is being cleaned is declared spun, or its words are suspicious enough to decode it.

    Args:
        text: the document.
        settings: the run's settings.
    """
    if settings.document != "auto":
        return settings.document == "spun"
    return first_look_at_document(text, settings).margin >= 0


def _look(text: str, user_files: "tuple[FileVersion, ...]") -> FirstLook:
    """Look at the words of a text."""
    from clean_news.stages.spin import lexicon_building, prefilter

    words = lexicon_building.standard(user_files)
    return FirstLook(prefilter.mean_log_ratio(text, words), prefilter.decoding_threshold(text))


_remembered = lru_cache(maxsize=1)(_look)
