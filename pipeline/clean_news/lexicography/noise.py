"""Checks for pairs that no editor could have meant: the two words hardly ever stand in the same contexts.

A spinner takes a word in the wrong sense often enough, so that few shared contexts alone are no fault. They are one
where something else speaks against the pair too, and where the spinner is not known to write it.
"""

from collections.abc import Iterator, Sequence

from clean_news.lexicography.entry_files import Line
from clean_news.lexicography.findings import Finding, at
from clean_news.lexicography.knowledge import Knowledge
from clean_news.lexicography.shared_contexts import ContextVectors

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
            elif is_homograph(original, form, kind) or (
                is_grammatical(original, form) and alien(original, form, FUNCTION_LIKENESS)
            ):
                code, message = "DICT011", f"{original!r} is a function word, {form!r} is not used like it"
            elif is_rarer(original, form, known) and alien(original, form, RARE_LIKENESS):
                code, message = "DICT012", f"{original!r} is much rarer than {form!r} and shares no contexts with it"
            else:
                continue
            if not known.is_choice(original, form, kind):
                yield at(line, code, message)


def is_grammatical(original: str, form: str) -> bool:
    """Whether the original is a function word and the form is none."""
    return original in FUNCTION_WORDS and form not in FUNCTION_WORDS


def is_homograph(original: str, form: str, kind: str) -> bool:
    """Whether a function word is taken for the noun or verb that is spelled like it: *will* for *testament*."""
    return kind in {"noun", "verb"} and original not in FULL_VERBS and is_grammatical(original, form)


def is_rarer(original: str, form: str, known: Knowledge) -> bool:
    """Whether the original is much rarer in news than the form."""
    ids, unigram = known.model.ids, known.model.unigram
    return original in ids and form in ids and unigram[ids[form]] - unigram[ids[original]] > RARE_RATIO
