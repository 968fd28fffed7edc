"""Takes the words that a spinner replaced from the document's original, if that is among the sources.

``settings.sources_index`` is the path of the index, which whoever runs the pipeline has brought up to date; if it is
empty, there are no sources. Two facts about the document are logged: ``sources``, the digest of the index, if and only
if it was consulted, since an article is cleaned again when the sources changed only if they were consulted for it; and
``source``, ``{"id", "origin", "similarity"}`` of the source that was used.
"""

from typing import TYPE_CHECKING, Any

from clean_news.stages import Proposal, Rule
from clean_news.stages.source.facts import CONSULTED, USED

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.edits import Edit
    from clean_news.settings import Settings
    from clean_news.stages.spin.lexicon import Lexicon

RULES = (
    Rule(
        "SRC001",
        "Words that an article spinner substituted are taken back from the article's source.",
        before=(
            "The harbour authorities mentioned on Monday that the outdated ferry would depart subsequent week, however "
            "that the brand new one lacked a licence."
        ),
        after=(
            "The harbour authorities said on Monday that the old ferry would leave next week, but that the new one "
            "lacked a licence."
        ),
        keeps=(
            "On Monday a spokesman for the harbour mentioned that the outdated ferry, which has served the island for "
            "thirty years, would leave next week and that its successor was waiting for a licence.",
        ),
        source="the articles in sources; aligned by words (docs/sources.md); the examples' are in tests/cases/source",
    ),
    Rule(
        "SRC002",
        "A number, a name or a negation that differs from the source's is pointed out; it is never changed by itself.",
        before=(
            "The council of Port Aller mentioned on Friday that it will purchase the outdated pier for $2 million and "
            "shut its retailers subsequent month, as a result of they have been empty for years."
        ),
        after=(
            "The council of Port Aller mentioned on Friday that it will purchase the outdated pier for $3 million and "
            "shut its retailers subsequent month, as a result of they have been empty for years."
        ),
        keeps=(
            "The council of Port Aller will close the shops on the old pier, which it said on Friday it would buy for "
            "$2 million, as they have been empty for years.",
        ),
        source="the same",
    ),
)
# The stage looks at articles that ``spin`` hardly suspects, too: a source tells more than words. Source: 5% of 1,535
# genuine articles and 94% of 140 forward-spun ones are above the lower threshold, 2% and 84% above that of ``spin``.
MARGIN = 0.02


def propose(article: "Article", settings: "Settings") -> Proposal:
    """Propose the words of the article's source, if the sources have it.

    Args:
        article: the article.
        settings: the run's settings.
    """
    if not settings.sources_index:
        return Proposal([])
    from clean_news.stages.spin import lexicon_building, user_dictionary
    from clean_news.stages.spin.first_look import first_look_at_document, reason_to_skip

    reason = reason_to_skip(article.text, settings)
    if reason:
        return Proposal([], held_off=reason)
    if settings.document == "auto" and settings.sources_for == "suspected":
        look = first_look_at_document(article.text, settings)
        if look.margin < -MARGIN:
            return Proposal([], held_off=look.held_off)
    return _from_index(article.text, settings, lexicon_building.standard(user_dictionary.files(settings.dictionary)))


def _from_index(text: str, settings: "Settings", lexicon: "Lexicon") -> Proposal:
    """Propose the words of the source that the index has for a text."""
    from clean_news.language import language_model
    from clean_news.stages.source import proposing, retrieval
    from clean_news.stages.source.possible_originals import of_lexicon
    from clean_news.stages.source.prepared_index import opened

    index = opened(settings.sources_index)
    facts: dict[str, Any] = {CONSULTED: index.digest}
    judges = proposing.Judges(of_lexicon(lexicon), language_model.standard())
    found = retrieval.source_of(text, index, *judges, settings)
    if found is None:
        return Proposal([], facts)
    similarity = round(found.compared.similarity, 4)
    facts[USED] = {"id": found.id, "origin": found.origin, "similarity": similarity}
    edits = proposing.proposals(found.compared, judges, {"source": found.id, "similarity": similarity})
    return Proposal(_allowed(text, edits, settings), facts)


def _allowed(text: str, edits: "list[Edit]", settings: "Settings") -> "list[Edit]":
    """The edits without those of protected text."""
    from clean_news.protection import merge_spans, overlaps_any, protected_spans
    from clean_news.stages.spin.readings import QUOTED

    protected = protected_spans(text, settings)
    if settings.quotes == "keep":
        protected = merge_spans([*protected, *(match.span() for match in QUOTED.finditer(text))])
    return [edit for edit in edits if not overlaps_any(edit.span, protected)]
