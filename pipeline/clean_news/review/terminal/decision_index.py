"""Index of decisions and protected terms: which edits are decided, and by what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from clean_news.decisions import Decision, Decisions, key_of, proposed_text
from clean_news.edits import Edit
from clean_news.protection import Span, compile_terms, merge_spans, normalised_tokens, overlaps_any, term_spans
from clean_news.review.terminal.articles import EditKey, ReviewedArticle, ReviewedEdit

PROTECTABLE_STAGES = frozenset({"ocr", "spin", "agreement"})  # stages that do not change protected terms

KNOWN_TERMS = "a term of protected.txt"  # stands for all terms protected before the review
Pair = tuple[str, str, str]  # rule, before, proposed


class DecisionIndex:
    """Decisions and protected terms by edit.

    Attributes:
        decisions: the decisions in effect.
        terms: keys of the edits that each protected term prevents.
        undecided: keys of the undecided edits.
    """

    def __init__(self, articles: Sequence[ReviewedArticle], decisions: Decisions, terms: Sequence[str]) -> None:
        """Index every edit.

        Args:
            articles: by index.
            decisions: existing decisions.
            terms: existing protected terms.
        """
        self._articles, self.decisions = articles, decisions
        self.decisions.by_key = self._by_key = dict(decisions.by_key)
        self._by_pair: dict[Pair, list[ReviewedEdit]] = defaultdict(list)
        for article in articles:
            for reviewed in article.edits:
                self._by_pair[_pair_of(reviewed.edit)].append(reviewed)
        self.terms = {KNOWN_TERMS: self.keys_prevented_by(terms)}
        self.undecided: set[EditKey] = set()
        self._refresh(reviewed for edits in self._by_pair.values() for reviewed in edits)

    def of(self, reviewed: ReviewedEdit) -> Decision | str | None:
        """Return the decision about an edit, or the term that prevents it; None if there is neither."""
        decision = self.decisions.decision_for(reviewed.edit, self._articles[reviewed.key[0]].log.id)
        return decision or next((term for term, keys in self.terms.items() if reviewed.key in keys), None)

    def similar_edits(self, reviewed: ReviewedEdit) -> tuple[list[ReviewedEdit], list[ReviewedEdit]]:
        """Return the edits with the same rule, before and after: those in the same article, and all."""
        everywhere = self._by_pair[_pair_of(reviewed.edit)]
        id_ = self._articles[reviewed.key[0]].log.id
        return [other for other in everywhere if self._articles[other.key[0]].log.id == id_], everywhere

    def decide(self, decision: Decision) -> Decision | None:
        """Put a decision into effect; returns the decision with the same key that it replaces, for :meth:`withdraw`."""
        overridden = self.decisions.by_key.get(key_of(decision))
        self._by_key[key_of(decision)] = decision
        self._refresh(self._by_pair.get((decision.rule, decision.before, decision.after), ()))
        return overridden

    def withdraw(self, decision: Decision, overridden: Decision | None) -> None:
        """Withdraw a decision and restore the one that it replaced, if any."""
        if overridden is None:
            del self._by_key[key_of(decision)]
        else:
            self._by_key[key_of(decision)] = overridden
        self._refresh(self._by_pair.get((decision.rule, decision.before, decision.after), ()))

    def protect(self, term: str) -> None:
        """Protect a term that is not protected yet."""
        self.terms[term] = self.keys_prevented_by([term])
        self.undecided -= self.terms[term]

    def unprotect(self, term: str) -> None:
        """Remove the protection of a term."""
        keys = self.terms.pop(term)
        self._refresh(self._articles[article].edits[number] for article, number in keys)

    def _refresh(self, edits: Iterable[ReviewedEdit]) -> None:
        """Update ``undecided`` for some edits."""
        for reviewed in edits:
            if self.of(reviewed) is None:
                self.undecided.add(reviewed.key)
            else:
                self.undecided.discard(reviewed.key)

    def keys_prevented_by(self, terms: Sequence[str]) -> frozenset[EditKey]:
        """Return the keys of the edits that protected terms prevent."""
        by_first = compile_terms(tuple(terms), ()).by_first_token
        tokens = frozenset(token for term in terms for token in normalised_tokens(term))
        spans: dict[tuple[int, str], list[Span]] = {}

        def prevented(reviewed: ReviewedEdit) -> bool:
            article = reviewed.key[0]
            source = (article, reviewed.stage)
            if source not in spans:
                spans[source] = merge_spans(term_spans(self._articles[article].received[reviewed.stage], by_first))
            return overlaps_any(reviewed.edit.span, spans[source])

        return frozenset(
            reviewed.key
            for (_, before, _), edits in self._by_pair.items()
            if tokens and tokens & _tokens_in(before)  # other edits cannot overlap a term
            for reviewed in edits
            if reviewed.stage in PROTECTABLE_STAGES and prevented(reviewed)
        )


def _pair_of(edit: Edit) -> Pair:
    """Return what similar edits have in common: rule, before and proposed text."""
    return edit.rule, edit.before, proposed_text(edit)


@lru_cache(maxsize=2**16)
def _tokens_in(text: str) -> frozenset[str]:
    """Return the tokens of a text as they are looked up."""
    return frozenset(normalised_tokens(text))
