"""Writes a phrase of the source with the capitals that it has at its place in the article."""

from clean_news.stages.source.phrase_pairs import Bounds
from clean_news.stages.source.tokenised import Tokenised
from clean_news.stages.spin.capitals import Capitals, capitals_of, with_capitals


def recased(phrase: str, article: Tokenised, spun: Bounds, source: Tokenised, original: Bounds) -> str:
    """Return a phrase of the source in the capitals of the article.

    The source's capitals are right unless they come from the place: at the start of a sentence, in a headline. There
    the spun phrase says which ones are wanted.

    Args:
        phrase: the phrase, as written in the source.
        article: the article.
        spun: the tokens of the spun phrase.
        source: the source.
        original: the tokens of the phrase.
    """
    forms = article.forms[slice(*spun)]
    if _is_upper(article, spun) and not _is_upper(source, original):
        return phrase.upper()
    if _is_upper(source, original) and not _is_upper(article, spun):
        phrase = phrase.lower()
    ours, theirs = article.starts[spun[0]], source.starts[original[0]]
    if not ours and not theirs:
        return phrase
    if not theirs:
        return with_capitals(Capitals.FIRST if forms[0][0].isupper() else Capitals.AS_IS, phrase)
    headline = all(source.starts[slice(*original)]) and original[1] - original[0] > 1
    observed = capitals_of(forms)
    if observed is Capitals.AS_IS and forms[0][0].isalpha():
        return _lowered(phrase, source, original, headline)
    if observed is Capitals.FIRST and headline:
        lowered = _lowered(phrase, source, original, headline)
        return lowered[:1].upper() + lowered[1:]
    return phrase


def _lowered(phrase: str, source: Tokenised, original: Bounds, whole: bool) -> str:
    """The phrase without the capital that its place gave it, or with none, unless its words have capitals elsewhere."""
    first = original[0]
    if any(
        form[0].isupper() and not source.starts[at] and source.keys[at] == source.keys[first]
        for at, form in enumerate(source.forms)
    ):
        return phrase
    return phrase.lower() if whole else phrase[:1].lower() + phrase[1:]


def _is_upper(tokens: Tokenised, place: Bounds) -> bool:
    """Whether the words at a place and around it are all in capitals."""
    near = tokens.forms[max(0, place[0] - 2) : place[1] + 2]
    words = [form for form in near if form[0].isalpha()]
    return len(words) > 1 and all(form.isupper() for form in words) and max(map(len, words)) > 1
