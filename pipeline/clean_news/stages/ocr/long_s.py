"""Read the long s (ſ) of print before 1800–1810, and the f that OCR reads for it: Affiftance, publifhed, fame.

Whether a document has it is decided by its unknown words that become known if an f is read as an s.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from clean_news.edits import Edit, replace
from clean_news.language.language_model import LanguageModel
from clean_news.language.vocabulary import Vocabulary

RULE = "OCR005"
LONG_S_IN_WORD = re.compile(r"(?<=[^\W\d_])ſ|ſ(?=[^\W\d_])")
LETTER_CONFIDENCE = 0.99  # that an ſ is an s
MAX_LONG_S = 5  # letters of one word that may be a long s
MIN_FORMS = 4  # distinct unknown words that become known, or words with ſ, from which a document has the long s
MIN_FORMS_SHARE = 0.03  # of the words
MIN_LETTERS = 4  # of these words


def has_long_s(forms: Iterable[str], known: Vocabulary) -> bool:
    """Whether the words of a document show that f stands for the long s.

    Args:
        forms: its tokens.
        known: the vocabulary.
    """
    words = {form.lower() for form in forms if form.isalpha()}
    shown = sum(
        len(word) >= MIN_LETTERS and word not in known.words and any(text in known.words for text in _texts(word))
        for word in words
        if "f" in word
    )
    return shown >= max(MIN_FORMS, MIN_FORMS_SHARE * len(words))


def variants(form: str, known: Vocabulary, model: LanguageModel) -> Iterator[str]:
    """Yield the known words and names that a form may be if some f of it is a long s.

    The s at the end of a word is never long.
    """
    for text in _texts(form):
        if text.lower() in known.words or text in model.ids:
            yield text


def _texts(form: str) -> Iterator[str]:
    """Yield the form with each selection of f before its last letter replaced by s."""
    places = [at for at, letter in enumerate(form[:-1]) if letter == "f"][:MAX_LONG_S]
    for count in range(1, len(places) + 1):
        for chosen in combinations(places, count):
            yield "".join("s" if at in chosen else letter for at, letter in enumerate(form))


def letter_edits(text: str) -> list[Edit]:
    """Return the edits that replace every ſ of a text by s; none if hardly any of its words have one."""
    if "ſ" not in text:  # a tenth of the time of the pattern
        return []
    found = [match.start() for match in LONG_S_IN_WORD.finditer(text)]
    if len(found) < max(MIN_FORMS, MIN_FORMS_SHARE * len(text.split())):
        return []
    return [replace(text, at, at + 1, "s", RULE, LETTER_CONFIDENCE) for at in found]


def combined(letters: list[Edit], edits: list[Edit], apply_from: float) -> list[Edit]:
    """Combine the edits of letters with those of words, without overlaps: applied words win, suggestions do not."""
    words = [edit for edit in edits if edit.state == "applied" and edit.confidence >= apply_from] if letters else edits
    covered = {at for edit in words for at in range(*edit.span)}
    return sorted([*words, *(edit for edit in letters if edit.start not in covered)], key=lambda edit: edit.span)


def is_long_s(before: str, after: str) -> bool:
    """Whether two texts differ only in long s.

    >>> is_long_s("Affiftance", "Assistance"), is_long_s("fhe", "she"), is_long_s("tho", "the")
    (True, True, False)
    """
    same = len(before) == len(after) and before != after
    return same and all(
        one == other or (one in "fſ" and other == "s") for one, other in zip(before, after, strict=True)
    )
