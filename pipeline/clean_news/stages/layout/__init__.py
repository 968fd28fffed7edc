"""Line and paragraph layout: line-end hyphens, hard wraps, broken sentences, page numbers."""

from clean_news.stages.layout.stage import RULES, propose

__all__ = ["RULES", "propose"]
