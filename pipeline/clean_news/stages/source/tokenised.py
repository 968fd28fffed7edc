"""A tokenised text: what the article and its source are compared by."""

from typing import NamedTuple

from clean_news.language.tokens import FOLDED_PUNCTUATION, SENTENCE_END, sentences

ARTICLES = {"an": "a"}  # agree with the next word, which may be another one
MAX_UNIT_TOKENS = 120  # of the lines of one sentence


class Tokenised(NamedTuple):
    """The tokens of a text and its sentences.

    Attributes:
        text: the text.
        forms: the tokens as written.
        folded: the tokens with straight quotation marks.
        keys: the same in lower case.
        compared: the keys, ``an`` as ``a``: tokens are equal if these are.
        spans: (start, exclusive end) of each token in the text, in code points.
        bounds: (first token, exclusive end) of each sentence.
        starts: whether the initial capital of each token says nothing: it begins a sentence, or stands in a headline.
    """

    text: str
    forms: list[str]
    folded: list[str]
    keys: list[str]
    compared: list[str]
    spans: list[tuple[int, int]]
    bounds: list[tuple[int, int]]
    starts: list[bool]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The place in the text of the tokens from ``begin`` to ``end`` (exclusive, greater than ``begin``)."""
        return self.spans[begin][0], self.spans[end - 1][1]


def tokenise(text: str) -> Tokenised:
    """Tokenise a text.

    >>> tokens = tokenise("It took an hour. Then Anna’s ship left.")
    >>> tokens.compared[:4], tokens.bounds, tokens.starts[5:8]
    (['it', 'took', 'a', 'hour'], [(0, 5), (5, 11)], [True, False, False])
    """
    forms: list[str] = []
    spans: list[tuple[int, int]] = []
    bounds: list[tuple[int, int]] = []
    starts: list[bool] = []
    for sentence in sentences(text):
        bounds.append((len(forms), len(forms) + len(sentence.forms)))
        starts += [sentence.title_case or index == sentence.first_word for index in range(len(sentence.forms))]
        forms += sentence.forms
        spans += sentence.spans
    folded = [form.translate(FOLDED_PUNCTUATION) for form in forms]
    keys = [form.lower() for form in folded]
    return Tokenised(text, forms, folded, keys, [ARTICLES.get(key, key) for key in keys], spans, bounds, starts)


def units(tokens: Tokenised) -> list[tuple[int, int]]:
    r"""Return the bounds of the sentences, and those of sentences that line breaks divide.

    A source is as it was found: its lines may be wrapped. So a line that does not end a sentence is also taken together
    with the lines that follow it, to the end of the sentence.

    >>> units(tokenise("The ferry was\nlate. It rained."))
    [(0, 3), (3, 5), (5, 8), (0, 5)]
    """
    joined = []
    for index, (begin, end) in enumerate(tokens.bounds):
        if _ends_sentence(tokens, end):
            continue
        for _, later in tokens.bounds[index + 1 : index + 1 + MAX_UNIT_TOKENS]:
            if later - begin > MAX_UNIT_TOKENS:
                break
            if _ends_sentence(tokens, later):
                joined.append((begin, later))
                break
    return tokens.bounds + joined


def _ends_sentence(tokens: Tokenised, end: int) -> bool:
    """Whether a sentence that ends before a token has a mark that ends it, perhaps within quotation marks."""
    return not SENTENCE_END.isdisjoint(tokens.keys[max(0, end - 2) : end])
