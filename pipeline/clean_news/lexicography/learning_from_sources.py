"""Learn what a spinner writes from the words that the stage ``source`` took from the originals of spun articles.

The logs have everything: the words of both texts. A pair that the lexicon lacks is learned if the alignment leaves no
doubt of it in several articles: what an editor changed once is no habit of the spinner, and other such pairs are parts
of phrases. What the spinner kept is counted in the sentences in which a word was taken, since only these are known to
be in the source, too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clean_news.change_log import ChangeLog, stage_texts
from clean_news.edits import Edit
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import sentences
from clean_news.lexicography.learning_from_decisions import is_writable
from clean_news.lexicography.observed_swaps import Observed, from_gold, has_pair, truecase
from clean_news.scoring.gold import GoldRow, GoldSpan
from clean_news.stages.spin.lexicon import Lexicon

STAGE, RULE = "source", "SRC001"
BY_ALIGNMENT = "alignment"
# Articles that must have a pair which the lexicon lacks. Source: benchmarks/learning_from_sources.py, whose copies no
# editor has changed: from 20 articles, leaving out the pairs of one article costs .01 of F0.5.
MIN_ARTICLES = 2


class Learned(NamedTuple):
    """What was learned.

    Attributes:
        counts: counts of (original, form); the form ``=`` counts where the original was kept.
        articles: number of articles in which words were taken from a source.
        unsure: number of pairs left out because the lexicon lacks them and too few articles leave no doubt.
    """

    counts: Observed
    articles: int
    unsure: int


class _Taken(NamedTuple):
    """A word that was taken from a source.

    Attributes:
        edit: the edit.
        original: the words of the source.
    """

    edit: Edit
    original: str


def learn(articles: Iterable[tuple[str, ChangeLog]], lexicon: Lexicon, model: LanguageModel) -> Learned:
    """Count the swaps of articles, and what was kept in the same sentences.

    Args:
        articles: clean texts with their logs, of one spinner.
        lexicon: the spin lexicon.
        model: the language model.

    Raises:
        LogError: if a log cannot be inverted.
    """
    found = [(text, taken) for text, log in articles for text, taken in _taken_words(text, log)]
    having: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, (_, taken) in enumerate(found):
        for each in taken:
            seen = having[truecase(each.original, model), truecase(each.edit.before, model)]
            if each.edit.evidence.get("by") == BY_ALIGNMENT:
                seen.add(number)
    unsure = {pair for pair, numbers in having.items() if len(numbers) < MIN_ARTICLES and not has_pair(lexicon, *pair)}
    rows = (row for text, taken in found for row in _rows(text, taken))
    counts = from_gold(rows, lexicon, model)
    return Learned({pair: count for pair, count in counts.items() if pair not in unsure}, len(found), len(unsure))


def _taken_words(text: str, log: ChangeLog) -> Iterator[tuple[str, list[_Taken]]]:
    """Yield the text that the stage received and the words that it took, unless it took none.

    Edits that reviewers rejected are left out, and words that cannot be written to a dictionary.
    """
    for number, stage in enumerate(log.stages):
        if stage.name != STAGE:
            continue
        originals = ((edit, edit.evidence.get("original")) for edit in stage.edits)
        taken = [
            _Taken(edit, " ".join(original.split()))
            for edit, original in originals
            if edit.rule == RULE and edit.state != "rejected" and isinstance(original, str)
        ]
        taken = [
            each for each in taken if is_writable(each.original) and is_writable(" ".join(each.edit.before.split()))
        ]
        if taken:
            yield stage_texts(text, log)[number], taken


def _rows(text: str, taken: Iterable[_Taken]) -> Iterator[GoldRow]:
    """Yield the sentences in which a word was taken, as rows of gold articles."""
    ordered = sorted(taken, key=lambda each: each.edit.span)
    for sentence in sentences(text):
        if not sentence.spans:
            continue
        start, end = sentence.spans[0][0], sentence.spans[-1][1]
        within = [each for each in ordered if start <= each.edit.start and each.edit.end <= end]
        if within:
            spans = [
                GoldSpan(each.edit.start - start, each.edit.end - start, each.edit.before, [each.original])
                for each in within
            ]
            yield GoldRow("", text[start:end], spans)
