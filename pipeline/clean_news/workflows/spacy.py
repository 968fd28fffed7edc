"""A component for spaCy: cleans each text before anything else looks at it, and keeps the log with the ``Doc``.

``nlp.add_pipe("clean_news", first=True)`` finds it by its entry point. It sets

==========================  ==========================================================================================
``doc._.clean_news_log``    the change log as a dict of JSON values; None if the component has not seen the ``Doc``
``doc._.clean_news_edits``  the edits that were applied, as dicts, with ``start`` and ``end`` in ``doc.text`` (code
                            points, the end exclusive) and ``raw_start`` and ``raw_end`` in the raw text
``doc._.clean_news_raw``    the raw text
``span._.clean_news_edits`` the edits that touch the span
==========================  ==========================================================================================
"""

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from clean_news import change_log
from clean_news.change_log.edit_places import trace_edits
from clean_news.cleaner import Cleaner
from clean_news.records import log_of, plain

LOG, EDITS, RAW = "clean_news_log", "clean_news_edits", "clean_news_raw"
EXTENSION_KEY = "._."  # the beginning of the keys that spaCy gives to values of extensions in user_data


@Language.factory(
    "clean_news",
    assigns=[f"doc._.{LOG}"],
    default_config={"settings": {}},
)
def create(nlp: Language, name: str, settings: dict[str, Any]) -> "CleanNews":
    """Create the component; spaCy calls it for ``add_pipe``.

    Args:
        nlp: the pipeline.
        name: name of the component in it.
        settings: settings of clean-news by key, as in a settings file, e.g. ``{"level": "safe"}``.

    Raises:
        SettingsError: for an unknown setting or a value that is not allowed.
    """
    return CleanNews(nlp, name, Cleaner(settings))


class CleanNews:
    """The component."""

    def __init__(self, nlp: Language, name: str, cleaner: Cleaner) -> None:
        """Register the attributes.

        Args:
            nlp: the pipeline, whose tokenizer divides the clean text.
            name: name of the component in it.
            cleaner: the cleaner.
        """
        self._nlp, self._name, self._cleaner = nlp, name, cleaner
        if not Doc.has_extension(LOG):
            Doc.set_extension(LOG, default=None)
            Doc.set_extension(EDITS, getter=_edits_of)
            Doc.set_extension(RAW, getter=_raw_of)
            Span.set_extension(EDITS, getter=_edits_in)

    def __call__(self, doc: Doc) -> Doc:
        """Return the ``Doc`` of the clean text, with the log; the given one if nothing was to be repaired.

        What is known of the whole ``Doc`` is kept: user data, categories, the context of ``nlp.pipe(as_tuples=True)``.

        Raises:
            ValueError: if other components of the pipeline come before this one; their annotations would be lost.
        """
        names = self._nlp.pipe_names
        if self._name in names and names[0] != self._name:
            raise ValueError(
                f"{self._name} must be the first component of the pipeline, since it changes the text, but {names[0]} "
                f"comes before it; add it with nlp.add_pipe('clean_news', first=True)"
            )
        text, log = self._cleaner.clean_or_keep(doc.text)
        if change_log.is_kept(log):
            text = doc.text
        clean = doc if text == doc.text else _with_data_of(doc, self._nlp.make_doc(text))
        clean._.set(LOG, plain(log))
        return clean


def _with_data_of(doc: Doc, clean: Doc) -> Doc:
    """Return the ``Doc`` of the clean text with what is known of the raw one, except of its tokens and spans."""
    clean.user_data.update({key: value for key, value in doc.user_data.items() if not _is_about_part(key)})
    clean.cats = dict(doc.cats)
    clean._context = getattr(doc, "_context", None)
    return clean


def _is_about_part(key: Any) -> bool:  # noqa: ANN401  # any key
    """Whether a key of user data is that of an extension of a token or a span."""
    return isinstance(key, tuple) and len(key) == 4 and key[0] == EXTENSION_KEY and key[2] is not None


def _raw_of(doc: Doc) -> str | None:
    """Return the raw text; None if the component has not seen the ``Doc``.

    Raises:
        LogError: if the log was changed.
    """
    found = doc._.get(LOG)
    if found is None:
        return None
    log = log_of(found)
    if change_log.is_kept(log):
        return str(doc.text)
    return change_log.revert(doc.text, log).decode("utf-8", "surrogatepass")


def _edits_of(doc: Doc) -> list[dict[str, Any]]:
    """Return the edits that were applied, in the order of the text.

    Raises:
        LogError: if the log was changed.
    """
    found = doc._.get(LOG)
    if found is None:
        return []
    log = log_of(found)
    if change_log.is_kept(log):
        return []
    applied = [each for each in trace_edits(doc.text, log).edits if each.edit.state == "applied"]
    return [
        {
            "rule": each.edit.rule,
            "stage": each.stage,
            "before": each.edit.before,
            "after": each.edit.after,
            "confidence": each.edit.confidence,
            "start": each.clean_span[0],
            "end": each.clean_span[1],
            "raw_start": each.raw_span[0],
            "raw_end": each.raw_span[1],
        }
        for each in sorted(applied, key=lambda each: (each.clean_span, each.raw_span))
    ]


def _edits_in(span: Span) -> list[dict[str, Any]]:
    """Return the edits that touch a span: that changed text in it, or removed some within it or at its ends."""
    return [
        edit
        for edit in _edits_of(span.doc)
        if (edit["start"] < span.end_char and edit["end"] > span.start_char)
        or (edit["start"] == edit["end"] and span.start_char <= edit["start"] <= span.end_char)
    ]
