"""Check single pairs: forms that are variants of their original, unknown words, and unrelated words.

A form is a variant of its original if it is an inflection, a hyphenation or the British spelling of it. Two words are
unrelated if they hardly ever occur in the same contexts. Spinners do use words in the wrong sense, so a low similarity
is only reported together with a second indication, and never for a pair that a family is known to write.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import TOKEN, UNKNOWN
from clean_news.lexicography.entry_files import EntryLine, is_family_file
from clean_news.lexicography.findings import Finding, finding_at
from clean_news.lexicography.inflecting import heads_of
from clean_news.lexicography.reference_data import ContextVectors, Knowledge, words_of
from clean_news.stages.spin import inflection
from clean_news.stages.spin.inflection import Inflections

FUNCTION_INFLECTIONS = frozenset(
    {"am", "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did", "can", "could"}
)
"""Inflections that spinners do swap for one another: ``had been`` for ``has been``."""

AMERICAN = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"(?<=[bdhlmnpvs])our(?=$|ed|ing|s$|ers?$|ite|abl|ful|ist|less|hood)", "or"),
        (r"is(?=e$|ed$|es$|ing$|er$|ers$|ations?$)", "iz"),
        (r"ys(?=e$|ed$|es$|ing$|er$|ers$)", "yz"),
        (r"(?<=[bt])re(?=$|s$)", "er"),
        (r"(?<=[ae])ll(?=ed$|ing$|ers?$|ors?$|ous$|ery$)", "l"),
        (r"(?<=[fcl])ence(?=$|s$)", "ense"),
        (r"ogue(?=s?$)", "og"),
        (r"amme(?=s?$)", "am"),
        (r"^grey", "gray"),
        (r"^plough", "plow"),
        (r"^sceptic", "skeptic"),
        (r"^mould", "mold"),
        (r"^tyre(?=s?$)", "tire"),
        (r"^kerb", "curb"),
        (r"^manoeuvr", "maneuver"),
        (r"gement", "gment"),
        (r"^ageing$", "aging"),
        (r"^(anaes|haem|paed|oes|foet)", lambda match: match.group().replace("ae", "e").replace("oe", "e")),
        (r"^aluminium$", "aluminum"),
    )
)


@cache
def _american(word: str) -> str:
    """Normalise a word to an approximate American spelling, to compare spelling variants.

    >>> [_american(word) for word in ("labour", "organisation", "centre", "travelled", "defence", "our")]
    ['labor', 'organization', 'center', 'traveled', 'defense', 'our']
    """
    for pattern, spelling in AMERICAN:
        word = pattern.sub(spelling, word)
    return word


def _american_phrase(phrase: str) -> list[str]:
    """The words of the phrase in lower case and American spelling."""
    return [_american(word) for word in phrase.lower().split()]


def _hyphenless(phrase: str) -> str:
    """The phrase in lower case without hyphens and white space."""
    return re.sub(r"[-\s]", "", phrase.lower())


def _differs_by_hyphen(original: str, form: str) -> bool:
    """Whether two phrases differ only in case and hyphens; a space inside a word is a trait of spinners, not a variant.

    >>> _differs_by_hyphen("cease-fire", "ceasefire"), _differs_by_hyphen("without", "with out")
    (True, False)
    """
    if original.lower() == form.lower():
        return True
    return "-" in original + form and _hyphenless(original) == _hyphenless(form)


def _is_inflection(original: str, form: str, kind: str, table: Inflections) -> bool:
    """Whether one phrase is an inflection of the other as a word of this kind.

    >>> _is_inflection("share", "shares", "noun", {}), _is_inflection("floor", "flooring", "noun", {})
    (True, False)
    """
    if kind != "-":
        return form in inflection.inflect(original, kind, table) or original in inflection.inflect(form, kind, table)
    if original.count(" ") != form.count(" "):
        return False
    pairs = zip(original.split(" "), form.split(" "), strict=True)
    different = [(one, other) for one, other in pairs if one != other]
    return all(
        not {one, other} <= FUNCTION_INFLECTIONS
        and any(_is_inflection(one, other, each, table) for each in ("verb", "noun"))
        for one, other in different
    )


def variant_forms(lines: Iterable[EntryLine], known: Knowledge) -> Iterator[Finding]:
    """Forms that are only a variant of their original, except what families are known to write: DICT005, DICT006."""
    for line in lines:
        original, kind, forms = line.entry
        of_family = is_family_file(line.path)
        for form in forms:
            if original.lower() == form.lower():
                code, message = "DICT005", f"{original!r}: the form {form!r} differs from it only in capital letters"
            elif of_family:
                continue
            elif _differs_by_hyphen(original, form) or _is_inflection(original, form, kind, known.inflections):
                code, message = "DICT005", f"{original!r}: the form {form!r} is only an inflection or hyphenation of it"
            elif _american_phrase(original) == _american_phrase(form):
                code, message = "DICT006", f"{original!r}: the form {form!r} is only a spelling variant of it"
            else:
                continue
            if of_family or not known.is_choice(original, form, kind):
                yield finding_at(line, code, message)


def unmodelled_originals(lines: Iterable[EntryLine], known: Knowledge) -> Iterator[Finding]:
    """Originals that cannot be restored, because each inflection has a word that the model lacks: DICT008.

    Unknown names are allowed: the model has a class for them.
    """
    for line in lines:
        original, kind, _ = line.entry
        inflected = inflection.inflect(original, kind, known.inflections)
        if not any(_is_modelled(form, known.model) for form in inflected if form):
            unknown = [word for word in words_of(original) if not _is_modelled(word, known.model)]
            yield finding_at(
                line, "DICT008", f"{original!r}: the language model does not know {', '.join(map(repr, unknown))}"
            )


def _is_modelled(phrase: str, model: LanguageModel) -> bool:
    """Whether the model has each word of the phrase, or a class for it."""
    return model.ids[UNKNOWN] not in map(model.id_of, TOKEN.findall(phrase))


def invalid_inflections(lines: Iterable[EntryLine], known: Knowledge) -> Iterator[Finding]:
    """Inflections that are not words although their base form is, once for each head word: DICT009."""
    seen: dict[tuple[str, str], tuple[EntryLine, list[str]]] = {}
    heads = ((line, head) for line in lines for head in sorted(heads_of(line.entry)))
    for line, (word, kind) in heads:
        if (word, kind) not in seen:
            made = inflection.inflect(word, kind, known.inflections)[1:]
            wrong = [form for form in made if form and not known.are_words(form)]
            seen[word, kind] = (line, wrong if known.are_words(word) else [])
    for (word, kind), (line, wrong) in seen.items():
        if wrong:
            yield finding_at(
                line, "DICT009", f"{word!r} as {kind} is inflected as {', '.join(map(repr, dict.fromkeys(wrong)))}"
            )


def unknown_forms(lines: Iterable[EntryLine], known: Knowledge) -> Iterator[Finding]:
    """Forms with words that are in no vocabulary: DICT010."""
    for line in lines:
        for word in dict.fromkeys(word for form in line.entry.forms for word in words_of(form)):
            if not known.is_word(word) and word.lower() not in known.spellings:
                yield finding_at(line, "DICT010", f"{line.entry.original!r}: {word!r} is not a known word")


# Minimum similarity of contexts; see ContextVectors.similarity for its distribution.
MIN_RECIPROCAL_SIMILARITY = 0.1  # of two words that are each other's last form
MIN_FUNCTION_WORD_SIMILARITY = 0.08  # of a function word and a content word
MIN_RARE_WORD_SIMILARITY = 0.03  # of an original and a form that is much more frequent
MAX_LOG_FREQUENCY_RATIO = 1.6  # ln(P(form) / P(original)) above which a form is much more frequent: 5 times
FUNCTION_WORDS = frozenset(
    word
    for line in (
        "a an the this that these those and or but nor so yet if than as because while since until unless",
        "though although whether of in on at by for with about against between into through during before",
        "after above below to from up down out off over under within without upon toward towards i you he she",
        "it we they me him her us them my your his its our their who whom whose which what where when why how",
        "be am is are was were been being have has had having do does did doing will would shall should can",
        "could may might must not no",
    )
    for word in line.split()
)
FULL_VERBS = frozenset({"be", "do", "have"})


def unrelated_pairs(lines: Sequence[EntryLine], others: Sequence[EntryLine], known: Knowledge) -> Iterator[Finding]:
    """Pairs of unrelated words: DICT007, DICT011, DICT012.

    Args:
        lines: the entries to check.
        others: the rest of the dictionary, to find reciprocal pairs.
        known: the language resources.
    """
    contexts = ContextVectors(known.model)
    last = {(line.entry.original, line.entry.forms[-1], line.entry.kind) for line in (*lines, *others)}

    def is_below(bound: float, original: str, form: str) -> bool:
        similarity = contexts.similarity(original, form)
        return similarity is not None and similarity < bound

    for line in lines:
        original, kind, forms = line.entry
        for form in forms:
            if " " in original + form:
                continue
            is_reciprocal = form == forms[-1] and (form, original, kind) in last
            if is_reciprocal and is_below(MIN_RECIPROCAL_SIMILARITY, original, form):
                code, message = "DICT007", f"{original!r} and {form!r} are forms of each other and share no contexts"
            elif _is_homograph(original, form, kind) or (
                _is_grammatical(original, form) and is_below(MIN_FUNCTION_WORD_SIMILARITY, original, form)
            ):
                code, message = "DICT011", f"{original!r} is a function word, but {form!r} is not used like one"
            elif _is_rarer(original, form, known) and is_below(MIN_RARE_WORD_SIMILARITY, original, form):
                code, message = "DICT012", f"{original!r} is much rarer than {form!r} and shares no contexts with it"
            else:
                continue
            if not known.is_choice(original, form, kind):
                yield finding_at(line, code, message)


def _is_grammatical(original: str, form: str) -> bool:
    """Whether the original is a function word and the form is not."""
    return original in FUNCTION_WORDS and form not in FUNCTION_WORDS


def _is_homograph(original: str, form: str, kind: str) -> bool:
    """Whether a function word is treated as the noun or verb that is spelled like it: *testament* for *will*."""
    return kind in {"noun", "verb"} and original not in FULL_VERBS and _is_grammatical(original, form)


def _is_rarer(original: str, form: str, known: Knowledge) -> bool:
    """Whether the original is much rarer in news than the form."""
    ids, unigram = known.model.ids, known.model.unigram
    return original in ids and form in ids and unigram[ids[form]] - unigram[ids[original]] > MAX_LOG_FREQUENCY_RATIO
