"""Checks of the words: originals that news never use, inflections and forms that are no words."""

from collections.abc import Iterable, Iterator

from clean_news.channel import inflection
from clean_news.channel.language_model import LanguageModel
from clean_news.channel.tokens import TOKEN, UNKNOWN
from clean_news.lexicography.entry_files import Line
from clean_news.lexicography.findings import Finding, at
from clean_news.lexicography.inflecting import heads_of
from clean_news.lexicography.knowledge import Knowledge, words_of


def unused_originals(lines: Iterable[Line], known: Knowledge) -> Iterator[Finding]:
    """Originals that the model cannot restore, because each inflection has a word that it lacks: DICT008.

    Names that it lacks are no fault: the model has a class for them.
    """
    for line in lines:
        original, kind, _ = line.entry
        inflected = inflection.inflect(original, kind, known.inflections)
        if not any(is_modelled(form, known.model) for form in inflected if form):
            lacking = [word for word in words_of(original) if not is_modelled(word, known.model)]
            yield at(line, "DICT008", f"{original!r}: the model never saw {', '.join(map(repr, lacking))}")


def is_modelled(phrase: str, model: LanguageModel) -> bool:
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
