"""What is decided already, edit by edit: by a decision, or because a protected term stands there."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from clean_news.decisions import Decision, Decisions, key_of, proposed_text
from clean_news.edits import Edit
from clean_news.protection import Span, compiled, meets, merged, term_spans, tokens_of
from clean_news.review.terminal.articles import Entry, Place, Reviewed

PROTECTABLE = frozenset({"ocr", "spin", "agreement"})  # the stages that leave protected terms alone

KEPT = "a term of protected.txt"  # stands for all that were protected before the review
Pair = tuple[str, str, str]  # rule, before, proposed


class Verdicts:
    """Decisions and protected terms, and what they leave undecided.

    Attributes:
        decisions: those that count.
        undecided: the places of the edits that nobody has decided on.
    """

    def __init__(self, articles: Sequence[Reviewed], decisions: Decisions, terms: Sequence[str]) -> None:
        """Look at every edit once.

        Args:
            articles: by number.
            decisions: those made so far.
            terms: protected so far.
        """
        self.articles, self.decisions = articles, decisions
        self.by_pair: dict[Pair, list[Entry]] = defaultdict(list)
        for article in articles:
            for entry in article.entries:
                self.by_pair[_pair_of(entry.edit)].append(entry)
        self.terms = {KEPT: self.places_of(terms)}  # what each protects
        self.undecided: set[Place] = set()
        self.look_again(entry for entries in self.by_pair.values() for entry in entries)

    def of(self, entry: Entry) -> Decision | str | None:
        """The decision about an edit or the term that protects it; None if there is neither."""
        decision = self.decisions.about(entry.edit, self.articles[entry.place[0]].log.id)
        return decision or next((term for term, places in self.terms.items() if entry.place in places), None)

    def alike(self, entry: Entry) -> tuple[list[Entry], list[Entry]]:
        """The edits of the same rule, before and after: those in the same article, and all."""
        everywhere = self.by_pair[_pair_of(entry.edit)]
        id_ = self.articles[entry.place[0]].log.id
        return [other for other in everywhere if self.articles[other.place[0]].log.id == id_], everywhere

    def decide(self, decision: Decision) -> Decision | None:
        """Let a decision count; returns the one about the same thing that it overrules, for :meth:`take_back`."""
        overruled = self.decisions.by_key.get(key_of(decision))
        self.decisions.by_key[key_of(decision)] = decision
        self.look_again(self.by_pair.get((decision.rule, decision.before, decision.after), ()))
        return overruled

    def take_back(self, decision: Decision, overruled: Decision | None) -> None:
        """Let a decision count no more, and again the one that it overruled."""
        if overruled is None:
            del self.decisions.by_key[key_of(decision)]
        else:
            self.decisions.by_key[key_of(decision)] = overruled
        self.look_again(self.by_pair.get((decision.rule, decision.before, decision.after), ()))

    def protect(self, term: str) -> None:
        """Protect a term that is not protected yet."""
        self.terms[term] = self.places_of([term])
        self.undecided -= self.terms[term]

    def unprotect(self, term: str) -> None:
        """Protect a term no more."""
        places = self.terms.pop(term)
        self.look_again(self.articles[article].entries[number] for article, number in places)

    def look_again(self, entries: Iterable[Entry]) -> None:
        """Bring ``undecided`` up to date for some edits."""
        for entry in entries:
            if self.of(entry) is None:
                self.undecided.add(entry.place)
            else:
                self.undecided.discard(entry.place)

    def places_of(self, terms: Sequence[str]) -> frozenset[Place]:
        """The places of the edits that protected terms forbid."""
        by_first = compiled(tuple(terms), ()).by_first
        tokens = frozenset(token for term in terms for token in tokens_of(term))
        spans: dict[tuple[int, str], list[Span]] = {}

        def forbidden(entry: Entry) -> bool:
            article = entry.place[0]
            where = (article, entry.stage)
            if where not in spans:
                spans[where] = merged(term_spans(self.articles[article].received[entry.stage], by_first))
            return meets(entry.edit.span, spans[where])

        return frozenset(
            entry.place
            for (_, before, _), entries in self.by_pair.items()
            if tokens and tokens & _tokens_in(before)  # only such an edit can meet a term
            for entry in entries
            if entry.stage in PROTECTABLE and forbidden(entry)
        )


def _pair_of(edit: Edit) -> Pair:
    """What edits have in common that are decided on together."""
    return edit.rule, edit.before, proposed_text(edit)


@lru_cache(maxsize=2**16)
def _tokens_in(text: str) -> frozenset[str]:
    """The tokens of a text, as they are looked up."""
    return frozenset(tokens_of(text))
