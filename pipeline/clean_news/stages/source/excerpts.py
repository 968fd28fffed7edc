"""Cuts the words around a place in a sentence: what a reviewer sees of a source whose index may be gone."""

MAX_SIDE_CHARS = 80  # code points on either side; a spun article of 90 edits then adds 15 kB to its log
ELLIPSIS = "…"
AROUND = "around"  # the name in the evidence of an edit


def around(text: str, sentence: tuple[int, int], place: tuple[int, int]) -> list[str]:
    """Return what a sentence has before and after a place, cut between words; white space becomes single spaces.

    Args:
        text: the text.
        sentence: (start, exclusive end) of the sentence, in code points.
        place: (start, exclusive end) within it.

    >>> around("It rained. The old ferry left.", (11, 30), (15, 18))
    ['The ', ' ferry left.']
    """
    left, right = _single_spaced(text[sentence[0] : place[0]]), _single_spaced(text[place[1] : sentence[1]])
    return [end_of(left, MAX_SIDE_CHARS), start_of(right, MAX_SIDE_CHARS)]


def end_of(text: str, limit: int) -> str:
    """Return the last code points of a text, up to a limit, from the end of a word on.

    >>> end_of("The harbour board of Port Aller ", 16)
    '… of Port Aller '
    """
    if len(text) <= limit:
        return text
    text = text[len(text) - limit + 1 :]
    return ELLIPSIS + text[max(text.find(" "), 0) :]


def start_of(text: str, limit: int) -> str:
    """Return the first code points of a text, up to a limit, to the start of a word.

    >>> start_of(" on Monday that it would.", 16)
    ' on Monday …'
    """
    if len(text) <= limit:
        return text
    text = text[: limit - 1]
    return text[: text.rfind(" ") + 1 or len(text)] + ELLIPSIS


def _single_spaced(text: str) -> str:
    """The text with single spaces instead of white space, also at its ends."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"
