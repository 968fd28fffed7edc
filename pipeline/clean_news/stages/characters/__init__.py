"""Repair invisible, wrong-script and presentation-form characters."""

from clean_news.stages.characters.stage import RULES, propose

__all__ = ["RULES", "propose"]
