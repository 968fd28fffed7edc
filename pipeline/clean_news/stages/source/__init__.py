"""Takes the words that a spinner replaced from the document's original, if that is among the sources.

``settings.sources_index`` is the path of the index, which whoever runs the pipeline has brought up to date; if it is
empty, there are no sources. Two facts about the document are logged: ``sources``, the digest of the index, if and only
if it was consulted, since an article is cleaned again when the sources changed only if they were consulted for it; and
``source``, ``{"id", "origin", "similarity"}`` of the source that was used.
"""

from typing import TYPE_CHECKING

from clean_news.stages import Proposal, Rule

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.settings import Settings

RULES: tuple[Rule, ...] = ()


def propose(article: "Article", settings: "Settings") -> Proposal:
    """Propose nothing yet."""
    del article, settings
    return Proposal([])
