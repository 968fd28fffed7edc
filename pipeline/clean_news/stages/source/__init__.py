"""Takes the words that a spinner replaced from the document's original, if that is among the sources."""

from clean_news.stages.source.stage import RULES, propose

__all__ = ["RULES", "propose"]
