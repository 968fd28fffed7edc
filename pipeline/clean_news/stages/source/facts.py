"""Names of the facts about a document that the stage ``source`` logs."""

# Digest of the index of the sources, if and only if the index was consulted for the article: after a change of the
# sources, an article is cleaned again only if this fact has another digest.
CONSULTED = "sources"
# The source that was used: ``{"id": …, "origin": …, "similarity": 0.87}``; missing if there was none.
USED = "source"
