"""What reviewers' decisions teach: counts, new pairs, protected terms, words and confusions of scanners.

- An accepted ``spin`` edit was a swap; it counts for its original and form. A rejected one counts against the pair,
  and, where the dictionary has the form as an original, for that being kept.
- A replaced one gives a new pair: the reviewer's own text and what stood there.
- What was rejected everywhere, or in three articles, and never accepted, is a protected term; of ``ocr`` edits, too.
- A reviewer's own text for an ``ocr`` edit gives a word, where no vocabulary has it; else it is only told what the
  scanner made of what.

Every decision counts once, whatever its scope. Other stages' edits teach nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from clean_news.decisions import Decision, Decisions
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import TOKEN, key_of
from clean_news.language.vocabulary import Vocabulary
from clean_news.lexicography.observing import Observed, usual_case
from clean_news.stages.ocr import confusion
from clean_news.stages.spin.entries import COMMENT, KEPT, NOT
from clean_news.stages.spin.lexicon import Lexicon

SPIN, OCR = "SPIN", "OCR"
ARTICLES = 3  # in which something must be rejected to be protected, if it is not rejected everywhere


class Lesson(NamedTuple):
    """What decisions teach.

    Attributes:
        counts: how often each original was seen as each form, as ``=`` where it was kept; after a ``!`` the form
            of a pair that was rejected.
        pairs: originals and forms that the dictionary lacks, the commonest first.
        terms: words and phrases to protect.
        words: words of scanned texts that reviewers kept or wrote, and no vocabulary has.
        notes: what else was seen, for people.
    """

    counts: Observed
    pairs: list[tuple[str, str]]
    terms: list[str]
    words: list[str]
    notes: list[str]


class Teacher(NamedTuple):
    """What decisions are read with: the spin lexicon, the language model, the vocabulary."""

    lexicon: Lexicon
    model: LanguageModel
    known: Vocabulary


def learn(decisions: Iterable[Decision], teacher: Teacher) -> Lesson:
    """What these decisions teach; of two about the same thing the one that counts."""
    final = [plain(decision) for decision in Decisions(decisions).by_key.values() if decision.before.strip()]
    spun = [decision for decision in final if decision.rule.startswith(SPIN)]
    scanned = [decision for decision in final if decision.rule.startswith(OCR)]
    counts, new = swaps(spun, teacher)
    pairs = sorted(new, key=lambda pair: (-new[pair], pair))
    words, notes = misreadings(scanned, teacher.known)
    words |= {term for term in protected(scanned, teacher) if _is_unknown(term, teacher.known)}
    own = [decision.text for decision in [*spun, *scanned] if decision.action == "replace"]
    notes += [f"{text!r} cannot stand in a dictionary and teaches nothing" for text in own if not _is_writable(text)]
    return Lesson(counts, pairs, protected([*spun, *scanned], teacher), sorted(words), notes)


def plain(decision: Decision) -> Decision:
    """The decision; one that puts back what stood there is a rejection."""
    if decision.action == "replace" and decision.text.split() == decision.before.split():
        return msgspec.structs.replace(decision, action="reject", text="")
    return decision


def _is_writable(phrase: str) -> bool:
    """Whether a phrase can stand in a dictionary."""
    return bool(TOKEN.findall(phrase)) and not phrase.startswith((COMMENT, NOT)) and not set(phrase) & set("|\t\n\r")


def swaps(spun: Iterable[Decision], teacher: Teacher) -> tuple[Observed, Observed]:
    """What decisions on ``spin`` edits show: the counts, and those of pairs that the dictionary lacks."""
    counts: Counter[tuple[str, str]] = Counter()
    new: Counter[tuple[str, str]] = Counter()
    for decision in spun:
        original, form = _pair_of(decision.after, decision.before, teacher)
        if not all(map(_is_writable, (original, form))):
            continue
        if decision.action == "accept":
            counts[original, form] += 1
            continue
        counts[original, NOT + form] += 1
        if decision.action == "reject" and key_of(form) in teacher.lexicon.readiness:
            counts[form, KEPT] += 1
        if decision.action == "replace" and _is_writable(decision.text):
            pair = _pair_of(decision.text, decision.before, teacher)
            counts[pair] += 1
            if not has(teacher.lexicon, *pair):
                new[pair] += 1
    return dict(counts), dict(new)


def _pair_of(original: str, form: str, teacher: Teacher) -> tuple[str, str]:
    """An original and its form, as the dictionary spells them, or else in small letters unless it is a name."""
    for key in (key_of(form), key_of(form).lower()):
        for listed in teacher.lexicon.originals(key):
            if key_of(listed.text).lower() == key_of(original).lower():
                spelled = " ".join(form.split())
                return listed.text, spelled if key == key_of(form) else spelled.lower()
    if _is_name(original, form):
        return " ".join(original.split()), " ".join(form.split())
    return usual_case(original, teacher.model), usual_case(form, teacher.model)


def _is_name(original: str, form: str) -> bool:
    """Whether the capitals of an original are its own: the form has none, or every longer word of several has one.

    >>> _is_name("Foreign Office", "Overseas Workplace"), _is_name("Ferry", "vessel"), _is_name("Ferry", "Vessel")
    (True, True, False)
    """
    words = [word for word in original.split() if len(word) > 3]
    titled = len(words) > 1 and all(word[0].isupper() for word in words)
    return original != original.lower() and (titled or form == form.lower())


def has(lexicon: Lexicon, original: str, form: str) -> bool:
    """Whether the lexicon has a pair."""
    return any(key_of(listed.text) == key_of(original) for listed in lexicon.originals(key_of(form)))


def protected(decided: Sequence[Decision], teacher: Teacher) -> list[str]:
    """The words and phrases to protect, sorted."""
    articles: dict[str, set[str]] = defaultdict(set)
    everywhere, wanted = set(), set()
    for decision in decided:
        term = usual_case(decision.before, teacher.model)
        if decision.action != "reject":
            wanted.add(term.lower())
            continue
        articles[term].add(decision.article)
        if decision.scope == "everywhere":
            everywhere.add(term)
    found = {term for term, where in articles.items() if term in everywhere or len(where) >= ARTICLES}
    return sorted(term for term in found if term.lower() not in wanted and _is_term(term))


def _is_term(phrase: str) -> bool:
    """Whether a phrase begins and ends with a word: a sign beside a word cannot be protected.

    >>> _is_term("provide line"), _is_term(".home")
    (True, False)
    """
    tokens = TOKEN.findall(phrase)
    return _is_writable(phrase) and tokens[0][0].isalnum() and tokens[-1][-1].isalnum()


def misreadings(scanned: Iterable[Decision], known: Vocabulary) -> tuple[set[str], list[str]]:
    """What reviewers' own texts for ``ocr`` edits show: new words, and for people what was read for what."""
    words: set[str] = set()
    notes: Counter[str] = Counter()
    for decision in scanned:
        if decision.action == "replace" and _is_writable(decision.text):
            words.update(word for word in TOKEN.findall(decision.text) if _is_unknown(word, known))
            _, pieces = confusion.align(decision.text, decision.before, confusion.standard())
            read = ", ".join(f"{other or 'nothing'} for {one or 'nothing'}" for one, other in pieces if one != other)
            notes[f"a scanner read {decision.before} for {decision.text}: {read}"] += 1
    lines = [f"{note} ({count} times; dictionaries/ocr/confusions.tsv counts such)" for note, count in notes.items()]
    return words, lines


def _is_unknown(word: str, known: Vocabulary) -> bool:
    """Whether this is a word that no vocabulary has, not a phrase or a sign."""
    return word.isalpha() and word.lower() not in known.words and word.lower() not in known.names
