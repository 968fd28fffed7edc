"""Web boilerplate around an article: date stamps, picture credits, share and subscribe lines."""

from clean_news.stages.boilerplate.stage import RULES, propose

__all__ = ["RULES", "propose"]
