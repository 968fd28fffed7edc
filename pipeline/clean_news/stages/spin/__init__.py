"""Reverses synonym spinning in spun documents."""

from clean_news.stages.spin.stage import RULES, propose

__all__ = ["RULES", "propose"]
