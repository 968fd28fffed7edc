"""Characters that are invisible, of the wrong script or of the wrong width."""

from clean_news.stages.characters.stage import RULES, propose

__all__ = ["RULES", "propose"]
