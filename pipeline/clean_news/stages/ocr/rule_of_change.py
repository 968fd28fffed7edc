"""Under which rule of the stage a change falls, by what it does to the text."""

from clean_news.stages.ocr.long_s import is_long_s


def rule_of(before: str, after: str) -> str:
    """Return the code of the rule for a change.

    >>> [rule_of(*change) for change in (("tbe", "the"), ("ofthe", "of the"), ("re port", "report"), (".home", "home"))]
    ['OCR001', 'OCR002', 'OCR003', 'OCR004']
    """
    if " " in after:
        return "OCR002"
    if is_long_s(before, after):
        return "OCR005"
    rest = before.removesuffix(after) if before.endswith(after) else before.removeprefix(after)
    if rest != before and not rest.isalpha():
        return "OCR004"
    return "OCR003" if any(map(str.isspace, before)) else "OCR001"
