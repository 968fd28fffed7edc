"""Checks of single pairs: forms that are no synonyms of their original, words that nobody knows, and unrelated words.

A form is no synonym if it is an inflection, a hyphenation or the British spelling of its original. Two words are
unrelated if they hardly ever stand in the same contexts. Spinners do take words in the wrong sense, so few shared
contexts alone are no finding: something else must speak against the pair too, and the spinner must not be known to
write it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import TOKEN, UNKNOWN
from clean_news.lexicography.entry_files import Line
from clean_news.lexicography.findings import Finding, at
from clean_news.lexicography.inflecting import heads_of
from clean_news.lexicography.knowledge import ContextVectors, Knowledge, words_of
from clean_news.stages.spin import inflection
from clean_news.stages.spin.inflection import Inflections

FUNCTION_INFLECTIONS = frozenset(
    {"am", "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did", "can", "could"}
)
"""Spinners do swap these for one another: ``had been`` for ``has been``."""

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
    """The word in American spelling, or nearly: two words that come to the same are spellings of one.

    >>> [_american(word) for word in ("labour", "organisation", "centre", "travelled", "defence", "our")]
    ['labor', 'organization', 'center', 'traveled', 'defense', 'our']
    """
    for pattern, spelling in AMERICAN:
        word = pattern.sub(spelling, word)
    return word


def _american_phrase(phrase: str) -> list[str]:
    """The words of the phrase in small letters and American spelling."""
    return [_american(word) for word in phrase.lower().split()]


def _hyphenless(phrase: str) -> str:
    """The phrase in small letters and without hyphens and blanks."""
    return re.sub(r"[-\s]", "", phrase.lower())


def _differs_by_hyphen(original: str, form: str) -> bool:
    """Whether two phrases differ in capitals and hyphens alone; a blank in a word is a spinner's mark, no hyphen.

    >>> _differs_by_hyphen("cease-fire", "ceasefire"), _differs_by_hyphen("without", "with out")
    (True, False)
    """
    if original.lower() == form.lower():
        return True
    return "-" in original + form and _hyphenless(original) == _hyphenless(form)


def _is_inflection(original: str, form: str, kind: str, table: Inflections) -> bool:
    """Whether the form is an inflection of the original, or the other way round, as a word of this kind.

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


def variants(lines: Iterable[Line], known: Knowledge) -> Iterator[Finding]:
    """Forms that are only a variant of their original: DICT005, DICT006; known choices of the spinner are not."""
    for line in lines:
        original, kind, forms = line.entry
        for form in forms:
            if _differs_by_hyphen(original, form) or _is_inflection(original, form, kind, known.inflections):
                code, message = "DICT005", f"{original!r}: the form {form!r} is only a variant of it"
            elif _american_phrase(original) == _american_phrase(form):
                code, message = "DICT006", f"{original!r}: the form {form!r} is only another spelling of it"
            else:
                continue
            if not known.is_choice(original, form, kind):
                yield at(line, code, message)


def unused_originals(lines: Iterable[Line], known: Knowledge) -> Iterator[Finding]:
    """Originals that the model cannot restore, because each inflection has a word that it lacks: DICT008.

    Names that it lacks are no fault: the model has a class for them.
    """
    for line in lines:
        original, kind, _ = line.entry
        inflected = inflection.inflect(original, kind, known.inflections)
        if not any(_is_modelled(form, known.model) for form in inflected if form):
            lacking = [word for word in words_of(original) if not _is_modelled(word, known.model)]
            yield at(line, "DICT008", f"{original!r}: the model never saw {', '.join(map(repr, lacking))}")


def _is_modelled(phrase: str, model: LanguageModel) -> bool:
    """Whether the model has all words of the phrase, or a class for what it lacks."""
    return model.ids[UNKNOWN] not in map(model.id_of, TOKEN.findall(phrase))


def bad_inflections(lines: Iterable[Line], known: Knowledge) -> Iterator[Finding]:
    """Inflections that are no words although the word is, once for each head word: DICT009."""
    seen: dict[tuple[str, str], tuple[Line, list[str]]] = {}
    new = ((line, head) for line in lines for head in sorted(heads_of(line.entry)))
    for line, (word, kind) in new:
        if (word, kind) not in seen:
            made = inflection.inflect(word, kind, known.inflections)[1:]
            wrong = [form for form in made if form and not known.are_words(form)]
            seen[word, kind] = (line, wrong if known.are_words(word) else [])
    for (word, kind), (line, wrong) in seen.items():
        if wrong:
            yield at(line, "DICT009", f"{word!r} as {kind} becomes {', '.join(map(repr, dict.fromkeys(wrong)))}")


def unknown_forms(lines: Iterable[Line], known: Knowledge) -> Iterator[Finding]:
    """Forms of words that are in no vocabulary: DICT010."""
    for line in lines:
        for word in dict.fromkeys(word for form in line.entry.forms for word in words_of(form)):
            if not known.is_word(word) and word.lower() not in known.spellings:
                yield at(line, "DICT010", f"{line.entry.original!r}: {word!r} is no word")


CIRCLE_LIKENESS = 0.1  # of two words that are each other's last form
FUNCTION_LIKENESS = 0.08  # of a function word and a content word
RARE_LIKENESS = 0.03  # of an original and a form that is much commoner
RARE_RATIO = 1.6  # log of how much commoner the form is; e ** 1.6 is 5 times
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


def noise(lines: Sequence[Line], others: Sequence[Line], known: Knowledge) -> Iterator[Finding]:
    """Pairs that are noise in these lines, the others being the rest of the dictionary: DICT007, DICT011, DICT012."""
    contexts = ContextVectors(known.model)
    last = {(line.entry.original, line.entry.forms[-1], line.entry.kind) for line in (*lines, *others)}

    def alien(original: str, form: str, bound: float) -> bool:
        likeness = contexts.likeness(original, form)
        return likeness is not None and likeness < bound

    for line in lines:
        original, kind, forms = line.entry
        for form in forms:
            if " " in original + form:
                continue
            if form == forms[-1] and (form, original, kind) in last and alien(original, form, CIRCLE_LIKENESS):
                code, message = "DICT007", f"{original!r} and {form!r} stand for each other and share no contexts"
            elif _is_homograph(original, form, kind) or (
                _is_grammatical(original, form) and alien(original, form, FUNCTION_LIKENESS)
            ):
                code, message = "DICT011", f"{original!r} is a function word, {form!r} is not used like it"
            elif _is_rarer(original, form, known) and alien(original, form, RARE_LIKENESS):
                code, message = "DICT012", f"{original!r} is much rarer than {form!r} and shares no contexts with it"
            else:
                continue
            if not known.is_choice(original, form, kind):
                yield at(line, code, message)


def _is_grammatical(original: str, form: str) -> bool:
    """Whether the original is a function word and the form is none."""
    return original in FUNCTION_WORDS and form not in FUNCTION_WORDS


def _is_homograph(original: str, form: str, kind: str) -> bool:
    """Whether a function word is taken for the noun or verb that is spelled like it: *will* for *testament*."""
    return kind in {"noun", "verb"} and original not in FULL_VERBS and _is_grammatical(original, form)


def _is_rarer(original: str, form: str, known: Knowledge) -> bool:
    """Whether the original is much rarer in news than the form."""
    ids, unigram = known.model.ids, known.model.unigram
    return original in ids and form in ids and unigram[ids[form]] - unigram[ids[original]] > RARE_RATIO
