"""Which originals the spin lexicon calls possible for a form."""

from collections.abc import Callable
from functools import lru_cache

from clean_news.language.tokens import key_of
from clean_news.stages.source.tokenised import ARTICLES
from clean_news.stages.spin.lexicon import Lexicon

MAX_REMEMBERED = 50_000  # forms

PossibleOriginals = Callable[[str], frozenset[str]]
"""By a form as written, its possible originals in lower case; tokens are separated by spaces, ``an`` is ``a``."""


@lru_cache(maxsize=2)
def of_lexicon(lexicon: Lexicon) -> PossibleOriginals:
    """Return the look-up of a lexicon.

    Args:
        lexicon: the spin lexicon; it has the inflections of its forms and originals.
    """

    @lru_cache(maxsize=MAX_REMEMBERED)
    def look_up(form: str) -> frozenset[str]:
        return frozenset(
            " ".join(ARTICLES.get(token, token) for token in key_of(original.text).lower().split(" "))
            for key in {form, form.lower()}  # the dictionary has some forms as names only
            for original in lexicon.originals(key)
        )

    return look_up
