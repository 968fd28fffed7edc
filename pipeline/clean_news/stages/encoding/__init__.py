"""Garbled characters: mojibake, HTML entities, escapes and lost bytes."""

from clean_news.stages.encoding.stage import RULES, propose

__all__ = ["RULES", "propose"]
