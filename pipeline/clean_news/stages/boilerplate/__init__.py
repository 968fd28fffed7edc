"""What a page leaves around its article: date stamps, credits, share and subscribe lines."""

from clean_news.stages.boilerplate.stage import RULES, propose

__all__ = ["RULES", "propose"]
