"""Correct OCR errors in scanned documents."""

from clean_news.stages.ocr.stage import RULES, propose

__all__ = ["RULES", "propose"]
