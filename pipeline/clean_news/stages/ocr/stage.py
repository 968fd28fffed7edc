"""Stage ``ocr``: correct OCR errors in scanned texts, with a noisy channel model.

Similar words are the candidates; the confusion table and the language model score them. Texts that were never
scanned are skipped: an unknown word there is a name, a new word or a joke.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from clean_news.edits import Edit
from clean_news.rule_selection import is_off
from clean_news.settings import NO_SECOND_OPINION
from clean_news.stages import Proposal, Rule

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from clean_news.article import Article
    from clean_news.language.change_selection import TextSpan
    from clean_news.settings import Settings
    from clean_news.stages.ocr.names import Page

SOURCE = "noisy channel over dictionaries/ocr and the news language model (docs/how-it-works.md)"
RULES = (
    Rule(
        "OCR001",
        "A misread word in a scanned text is corrected, based on its context and the shapes of its letters.",
        before="Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on board by tbe pilot.",
        after="The steamer was to leave the wharf at noon, and the mail was put on board by the pilot.",
        keeps=(
            "The gaoler was paid by instalments to-day, and would shew the waggon to Bro. Millett and Cpl. Sharpe.",
            "The didgeridoo and the chakalaka were a hit at the braai, he said on Monday.",
        ),
        source=SOURCE,
    ),
    Rule(
        "OCR002",
        "Two words that OCR ran together are separated.",
        before="The members ofthe council met at the hall inthe evening to hear the report.",
        after="The members of the council met at the hall in the evening to hear the report.",
        keeps=("The undermentioned goods were put on board in the forenoon by the storekeeper.",),
        source=SOURCE,
    ),
    Rule(
        "OCR003",
        "A word that OCR split in two is joined.",
        before="The council met at the hall to hear the re port of the com mittee on the bridge.",
        after="The council met at the hall to hear the report of the committee on the bridge.",
        keeps=("It may be that he was at home for ever so long.",),
        source=SOURCE,
    ),
    Rule(
        "OCR004",
        "Noise that was read as a punctuation mark or a letter next to a word is removed.",
        before="The farmer sold his mangelwurzels ' at the yards and went .home with the squatter.",
        after="The farmer sold his mangelwurzels at the yards and went home with the squatter.",
        keeps=("He said it was 'the best of times' and left. It was not.",),
        source=SOURCE,
    ),
    Rule(
        "OCR005",
        "A long s (ſ), or the f that was read for it, is replaced by s in old print.",
        before="The Houfe refolved that the fame fhould be publifhed, with the Affiftance of the Prefs.",
        after="The House resolved that the same should be published, with the Assistance of the Press.",
        keeps=("His fame was found in fine fish and a sour fig, and he paid the fee for it.",),
        source=SOURCE,
    ),
    Rule(
        "OCR006",
        "What the other rules leave misread is corrected letter by letter, by a small neural model of scanned print.",
        before="The members met at the hall to hear the report ofthc council on the bridge.",
        after="The members met at the hall to hear the report of the council on the bridge.",
        keeps=(
            "The gaoler was paid by instalments to-day, and would shew the waggon to Bro. Millett and Cpl. Sharpe.",
        ),
        source="edit tagger trained on period print with noise and on scans (CONTRIBUTING.md, “The character model”)",
    ),
)
CLEAR_PROBABILITY = 0.9  # from which a misreading is clear


def propose(article: "Article", settings: "Settings") -> Proposal:
    """Propose corrections of the misread words of a scanned article.

    The document fact ``scanned`` is the probability that it was scanned, which is computed from ``unknown_share`` and,
    if that leaves a doubt, from the number of ``clear_misreadings``; ``period`` is the weight of the model of old print
    in the language model that reads it, 0–1.
    """
    from clean_news.language import english
    from clean_news.protection import merge_spans, protected_spans
    from clean_news.stages.ocr import long_s, scan_gate

    reason = english.length_reason(article.text, settings.min_words, settings.max_words)
    if reason:
        return Proposal([], held_off=reason)
    foreign = english.not_english_reason(article.text[: english.SAMPLE_CHARS])
    if foreign and not scan_gate.is_english_list(article.text):
        return Proposal([], held_off=foreign)
    words = english.word_count(article.text)
    letters = _long_s_letters(article.text, settings)
    text = article.text.replace("ſ", "s") if letters else article.text  # of the same length
    look = _first_look(text, words, foreign)
    if look.reason:
        return Proposal(letters, look.facts, held_off=None if letters else look.reason)
    from clean_news.language.model_mixture import mixture_for
    from clean_news.language.tokens import sentences
    from clean_news.stages.ocr import first_pass, names
    from clean_news.stages.ocr.halves import in_one_line
    from clean_news.stages.spin import lexicon_building, user_dictionary
    from clean_news.stages.spin.first_look import may_be_spun

    spun = lexicon_building.standard(user_dictionary.files(settings.dictionary)).inverse
    protected = merge_spans([*protected_spans(article.text, settings), *look.foreign])
    tokens = sentences(in_one_line(text))
    model = mixture_for(tokens)
    facts = {**look.facts, "period": round(model.print_share, 2)}
    penalty = scan_gate.misreading_penalty(look.share)
    changes = first_pass.scored_changes(text, tokens, model, protected, spun, penalty, article.words)
    likely = first_pass.likeliest_edits(article.text, changes)
    page = names.page_of(article.text, look.share, model)
    edits = _with_confidences(likely, page, settings.suggest_from)
    if look.share < look.sure:
        clear = _clear_misreadings(likely)
        scanned = scan_gate.is_confirmed(clear, words, may_be_spun=may_be_spun(article.text, settings))
        probability = scan_gate.CONFIRMED_PROBABILITY if scanned else scan_gate.UNCONFIRMED_PROBABILITY
        facts |= {"scanned": probability, "clear_misreadings": clear}
        if not scanned and letters:
            return Proposal(letters, facts)
        if not scanned:
            return Proposal([], facts, held_off=f"judged never scanned ({clear} clear misreadings of common words)")
    kept = [edit for edit in edits if not is_off(edit.rule, settings)]
    found = long_s.combined(letters, kept, settings.apply_from)
    stays = [*protected, *(edit.span for edit in edits if is_off(edit.rule, settings))]
    reread = _reread(page, found, stays, spun, settings)
    if not _wants_second_opinion(settings):
        return Proposal(reread, facts)
    from clean_news.stages.ocr.second_opinion import asking

    passes = asking.passes_of(page.text, changes, found, reread, settings)
    asked = asking.ask(page, passes, stays, spun, settings)
    return Proposal(asked.edits, facts | asked.facts)


class _FirstLook(NamedTuple):
    """What the unknown words of a text say of it.

    Attributes:
        share: their share; see :func:`scan_gate.unknown_share`.
        sure: the share from which it surely was scanned.
        foreign: the spans of its lines in other languages.
        facts: for the log.
        reason: why it is left alone; empty if it may have been scanned.
    """

    share: float
    sure: float
    foreign: "list[TextSpan]"
    facts: dict[str, Any]
    reason: str


def _first_look(text: str, words: int, foreign: str | None) -> _FirstLook:
    """Look at the unknown words of a text, apart from those in lines in other languages.

    Args:
        text: the text.
        words: their number.
        foreign: why the text is not English, if it may be a list of names.
    """
    from clean_news.language import english
    from clean_news.stages.ocr import scan_gate, spellings

    is_list = foreign is not None
    minimum = scan_gate.min_share(words, is_list=is_list)
    unknown, lines = scan_gate.unknown(text), []
    if unknown.share >= minimum and not is_list:
        lines = english.foreign_lines(text)
        if lines:
            begins, ends = [0, *(end for _, end in lines)], [*(start for start, _ in lines), len(text)]
            unknown = scan_gate.unknown("".join(text[begin:end] for begin, end in zip(begins, ends, strict=True)))
    share = unknown.share
    facts: dict[str, Any] = {
        "scanned": round(scan_gate.scanned_probability(share), 4),
        "unknown_share": round(share, 4),
    }
    if share < minimum:
        reason = foreign or f"judged never scanned ({share:.1%} unknown words)"
        return _FirstLook(share, minimum, lines, facts, reason)
    spelling = spellings.own_spelling(unknown.words)
    sure = scan_gate.sure_share(words, len(unknown.words), is_list=is_list)
    if not spelling:
        return _FirstLook(share, sure, lines, facts, "")
    facts = {**facts, "scanned": scan_gate.UNCONFIRMED_PROBABILITY, "spelling": spelling}
    return _FirstLook(share, sure, lines, facts, f"judged {spelling}, whose words look misread")


def _long_s_letters(text: str, settings: "Settings") -> list[Edit]:
    """The edits of the long s (ſ) of a text, without those in protected spans or if their rule is off."""
    from clean_news.protection import protected_spans
    from clean_news.stages.ocr import long_s

    letters = [] if is_off(long_s.RULE, settings) else long_s.letter_edits(text)
    if not letters:
        return []
    protected = protected_spans(text, settings)
    return [edit for edit in letters if not any(start <= edit.start < end for start, end in protected)]


def _wants_second_opinion(settings: "Settings") -> bool:
    """Whether a second opinion is asked for; without the second pass, half of what may stand at a place is missing."""
    from clean_news.stages.ocr.character_model import second_pass

    return settings.second_opinion != NO_SECOND_OPINION and not is_off(second_pass.RULE, settings)


def _reread(
    page: "Page",
    edits: "list[Edit]",
    stays: "Sequence[TextSpan]",
    spun: "Container[str]",
    settings: "Settings",
) -> "list[Edit]":
    """The edits after the second pass, unless its rule is off.

    Args:
        page: the article.
        edits: the edits of the first pass.
        stays: places that must not change: what is protected, and what a rule that is off would change.
        spun: the forms that article spinners write.
        settings: the run's settings.
    """
    from clean_news.protection import merge_spans
    from clean_news.stages.ocr import names
    from clean_news.stages.ocr.character_model import second_pass

    if is_off(second_pass.RULE, settings):
        return edits
    supportable = {edit.span for edit in edits if names.may_be_supported(edit, page)}
    found = second_pass.second_pass(page, edits, merge_spans(stays), spun, settings, supportable)
    own = {edit.span: edit for edit in found if edit.rule == second_pass.RULE}
    own |= {edit.span: edit for edit in names.without_invented_names(own.values(), page)}
    return [own.get(edit.span, edit) for edit in found]


def _clear_misreadings(edits: "Sequence[Edit]") -> int:
    """Count the distinct unknown words that, by the posterior, are certainly misreadings of very common words."""
    from clean_news.language import vocabulary
    from clean_news.stages.ocr.candidates import COMMON

    known = vocabulary.standard()
    return len(
        {
            (edit.before, edit.after)
            for edit in edits
            if edit.evidence["posterior"] >= CLEAR_PROBABILITY
            and edit.before.lower() not in known.words
            and edit.after.isalpha()
            and edit.after.islower()
            and known.log_probability(edit.after) >= COMMON
        }
    )


def _with_confidences(likely: "Sequence[Edit]", page: "Page", suggest_from: float) -> list[Edit]:
    """Return the edits with their confidences, and names without support as suggestions.

    Args:
        likely: see :func:`_likeliest_edits`.
        page: the article.
        suggest_from: minimum confidence of an edit.
    """
    from clean_news.stages.ocr import confidence, names
    from clean_news.stages.ocr.halves import is_half_of_word

    found = names.without_invented_names(confidence.calibrated(likely, page), page)
    return [edit for edit in found if edit.confidence >= suggest_from and not is_half_of_word(edit, page.text)]
