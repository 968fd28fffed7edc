"""Repair mojibake, HTML entities, escape sequences and lost bytes."""

from clean_news.stages.encoding.stage import RULES, propose

__all__ = ["RULES", "propose"]
