"""Learn spin counts, new pairs, protected terms and words from reviewers' decisions.

- An accepted ``spin`` edit counts for its pair of original and form. A rejected one counts against the pair and, if
  the form is itself an original in the dictionary, for that original being kept.
- A replaced ``spin`` edit is a new pair: the reviewer's text is the original, the text before the edit the form.
- The text of a ``spin`` or ``ocr`` edit that was rejected everywhere, or in three articles, and never accepted, is a
  protected term.
- Words in a reviewer's replacement of an ``ocr`` edit are added if no vocabulary has them. The misreadings that it
  shows are only reported.
- Words that a person changed without an edit (``HAND``) teach what a replaced ``spin`` edit does if the dictionary has
  the words before as a form, and what a replaced ``ocr`` edit does if they are a word that no vocabulary has.

Every decision counts once, whatever its scope. Decisions on edits of other stages are ignored.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from clean_news.decisions import HAND, Decision, Decisions
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import TOKEN, key_of
from clean_news.language.vocabulary import Vocabulary
from clean_news.lexicography.observed_swaps import Observed, has_pair, truecase
from clean_news.stages.ocr import confusion
from clean_news.stages.spin.entries import COMMENT_PREFIX, KEPT_FORM, REJECTED_PREFIX
from clean_news.stages.spin.lexicon import Lexicon

SPIN, OCR = "SPIN", "OCR"  # prefixes of rule codes
MAX_TOKENS = 4  # of words changed by hand: longer ones are rewritten, not restored
MIN_ARTICLES = 3  # in which an edit must be rejected to protect its text, if it is not rejected everywhere


class Learned(NamedTuple):
    """What was learned from decisions.

    Attributes:
        counts: counts of (original, form); the form ``=`` counts where the original was kept, and ``!`` before a form
            marks the count of rejections of the pair.
        pairs: (original, form) pairs that the dictionary lacks, the most frequent first.
        terms: words and phrases to protect.
        words: words of scanned texts that reviewers kept or wrote, and that no vocabulary has.
        notes: messages to people about what is not written to a file.
    """

    counts: Observed
    pairs: list[tuple[str, str]]
    terms: list[str]
    words: list[str]
    notes: list[str]


class Reference(NamedTuple):
    """Reference data to interpret decisions with: the spin lexicon, the language model, the vocabulary."""

    lexicon: Lexicon
    model: LanguageModel
    known: Vocabulary


def learn(decisions: Iterable[Decision], reference: Reference) -> Learned:
    """Learn from these decisions; of several about the same edit only the effective one is used."""
    final = [_normalised(decision) for decision in Decisions(decisions).by_key.values() if decision.before.strip()]
    by_hand = [_replacement(decision) for decision in final if _is_made_by_hand(decision)]
    spun = [decision for decision in final if decision.rule.startswith(SPIN)]
    spun += [decision for decision in by_hand if _is_form(decision.before, reference.lexicon)]
    scanned = [decision for decision in final if decision.rule.startswith(OCR)]
    scanned += [decision for decision in by_hand if _is_unknown(decision.before, reference.known)]
    counts, new = _swap_counts(spun, reference)
    pairs = sorted(new, key=lambda pair: (-new[pair], pair))
    words, notes = _misreadings(scanned, reference.known)
    words |= {term for term in _protected_terms(scanned, reference) if _is_unknown(term, reference.known)}
    replacements = [decision.text for decision in [*spun, *scanned] if decision.action == "replace"]
    notes += [
        f"{text!r} cannot be written to a dictionary and is ignored" for text in replacements if not is_writable(text)
    ]
    return Learned(counts, pairs, _protected_terms([*spun, *scanned], reference), sorted(words), notes)


def _normalised(decision: Decision) -> Decision:
    """The decision, as a rejection if its replacement is the text before the edit."""
    if decision.action == "replace" and decision.text.split() == decision.before.split():
        return msgspec.structs.replace(decision, action="reject", text="")
    return decision


def _is_made_by_hand(decision: Decision) -> bool:
    """Whether a person wrote a word or a phrase in place of another one; not punctuation, or a whole line."""
    words = decision.text if decision.action == "replace" else decision.after
    return (
        decision.rule == HAND
        and decision.action != "reject"
        and all(is_writable(each) and len(TOKEN.findall(each)) <= MAX_TOKENS for each in (decision.before, words))
    )


def _replacement(decision: Decision) -> Decision:
    """A decision of the rule ``HAND`` as the replacement of an edit that nothing had proposed."""
    words = decision.text if decision.action == "replace" else decision.after
    before = decision.before.strip()
    return msgspec.structs.replace(decision, action="replace", before=before, after=before, text=words.strip())


def _is_form(words: str, lexicon: Lexicon) -> bool:
    """Whether the dictionary has words as a form of an original."""
    return any(lexicon.originals(key) for key in (key_of(words), key_of(words).lower()))


def is_writable(phrase: str) -> bool:
    """Whether a phrase can be written to a dictionary."""
    return (
        bool(TOKEN.findall(phrase))
        and not phrase.startswith((COMMENT_PREFIX, REJECTED_PREFIX))
        and not set(phrase) & set("|\t\n\r")
    )


def _swap_counts(spun: Iterable[Decision], reference: Reference) -> tuple[Observed, Observed]:
    """Count the pairs in decisions on ``spin`` edits.

    Returns:
        All counts, and the counts of the pairs that the dictionary lacks.
    """
    counts: Counter[tuple[str, str]] = Counter()
    new: Counter[tuple[str, str]] = Counter()
    for decision in spun:
        original, form = _pair_of(decision.after, decision.before, reference)
        if not all(map(is_writable, (original, form))):
            continue
        if decision.action == "accept":
            counts[original, form] += 1
            continue
        if decision.rule != HAND:
            counts[original, REJECTED_PREFIX + form] += 1
        if decision.action == "reject" and key_of(form) in reference.lexicon.readiness:
            counts[form, KEPT_FORM] += 1
        if decision.action == "replace" and is_writable(decision.text):
            pair = _pair_of(decision.text, decision.before, reference)
            counts[pair] += 1
            if not has_pair(reference.lexicon, *pair):
                new[pair] += 1
    return dict(counts), dict(new)


def _pair_of(original: str, form: str, reference: Reference) -> tuple[str, str]:
    """The pair as the dictionary spells it, else truecased; a name keeps its capital letters."""
    for key in (key_of(form), key_of(form).lower()):
        for listed in reference.lexicon.originals(key):
            if key_of(listed.text).lower() == key_of(original).lower():
                spelled = " ".join(form.split())
                return listed.text, spelled if key == key_of(form) else spelled.lower()
    if _is_name(original, form):
        return " ".join(original.split()), " ".join(form.split())
    return truecase(original, reference.model), truecase(form, reference.model)


def _is_name(original: str, form: str) -> bool:
    """Whether an original is a name: its form is in lower case, or all its longer words of several are capitalised.

    >>> _is_name("Foreign Office", "Overseas Workplace"), _is_name("Ferry", "vessel"), _is_name("Ferry", "Vessel")
    (True, True, False)
    """
    words = [word for word in original.split() if len(word) > 3]
    titled = len(words) > 1 and all(word[0].isupper() for word in words)
    return original != original.lower() and (titled or form == form.lower())


def _protected_terms(decisions: Sequence[Decision], reference: Reference) -> list[str]:
    """The words and phrases to protect, sorted."""
    articles: dict[str, set[str]] = defaultdict(set)
    everywhere, accepted = set(), set()
    for decision in decisions:
        term = truecase(decision.before, reference.model)
        if decision.action != "reject":
            accepted.add(term.lower())
            continue
        articles[term].add(decision.article)
        if decision.scope == "everywhere":
            everywhere.add(term)
    found = {term for term, names in articles.items() if term in everywhere or len(names) >= MIN_ARTICLES}
    return sorted(term for term in found if term.lower() not in accepted and _is_term(term))


def _is_term(phrase: str) -> bool:
    """Whether a phrase begins and ends with a word; punctuation beside a word cannot be protected.

    >>> _is_term("provide line"), _is_term(".home")
    (True, False)
    """
    tokens = TOKEN.findall(phrase)
    return is_writable(phrase) and tokens[0][0].isalnum() and tokens[-1][-1].isalnum()


def _misreadings(scanned: Iterable[Decision], known: Vocabulary) -> tuple[set[str], list[str]]:
    """The unknown words in reviewers' replacements of ``ocr`` edits, and notes on the misreadings they show."""
    words: set[str] = set()
    notes: Counter[str] = Counter()
    for decision in scanned:
        if decision.action == "replace" and is_writable(decision.text):
            words.update(word for word in TOKEN.findall(decision.text) if _is_unknown(word, known))
            _, pieces = confusion.align(decision.text, decision.before, confusion.standard())
            pairs = ", ".join(
                f"{read or 'nothing'} for {printed or 'nothing'}" for printed, read in pieces if printed != read
            )
            notes[f"misread: {decision.before} for {decision.text}: {pairs}"] += 1
    lines = [
        f"{note} ({count} times; not learned, see dictionaries/ocr/confusions.tsv)" for note, count in notes.items()
    ]
    return words, lines


def _is_unknown(word: str, known: Vocabulary) -> bool:
    """Whether this is a single word that no vocabulary has."""
    return word.isalpha() and word.lower() not in known.words and word.lower() not in known.names
