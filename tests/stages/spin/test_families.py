"""The document's family: a posterior from its swaps and kept words, and the costs of a mixture of families."""

import numpy as np
import pytest

from clean_news.language import language_model
from clean_news.language.tokens import sentences
from clean_news.stages.spin import families, lexicon_building, swap_rate
from clean_news.stages.spin.entries import Entry
from clean_news.stages.spin.lexicon import Lexicon
from clean_news.stages.spin.lexicon_inputs import Family
from clean_news.stages.spin.readings import Readings, parts_of, readings_of, unreliable_capitals
from clean_news.stages.spin.spun_forms import SpunForms
from clean_news.stages.spin.swap_rate import Decoded

# Words of a spinner's dictionary: the first choice of the family "one", of the family "other", of neither.
SWAPS = {
    "announce": ("introduce", "broadcast", "herald"),
    "foreign": ("overseas", "outside", "distant"),
    "year": ("yr", "twelvemonth", "annum"),
    "also": ("additionally", "likewise", "moreover"),
    "official": ("officer", "functionary", "authority"),
    "agreement": ("settlement", "understanding", "accord"),
    "energy": ("vitality", "vigor", "power"),
    "next": ("subsequent", "following", "ensuing"),
}
ORIGINAL = (
    "The foreign ministry announced on Monday that an agreement on energy would also be signed next year. "
    "An official said the agreement was announced after a foreign official left. "
    "The official also said the energy agreement would help foreign companies next year.\n"
)
KIND = {"announce": "verb", "year": "noun", "official": "noun"}


def spun(choice: int) -> str:
    """The text with every word of the dictionary swapped for one of its forms."""
    text = ORIGINAL.replace("announced", "announce")
    past = {"introduce": "introduced", "broadcast": "broadcasted", "herald": "heralded"}
    for original, forms in SWAPS.items():
        text = text.replace(original, past.get(forms[choice], forms[choice]))
    return text


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    general = [Entry(original, KIND.get(original, "-"), forms) for original, forms in SWAPS.items()]
    own = {
        name: Family([entry._replace(forms=(entry.forms[number],)) for entry in general], {})
        for number, name in enumerate(("one", "other"))
    }
    own["one"].entries.append(Entry("zinc", "-", ("=",)))  # this family says what it keeps: it always swaps the others
    return lexicon_building.invert(general, {}, own)


def read(text: str, lexicon: Lexicon) -> tuple[list[int], Readings]:
    """The lengths of a text's sentences, and its readings."""
    found = sentences(text)
    capitals = unreliable_capitals(found)
    forms = SpunForms(lexicon, language_model.standard())
    readings = readings_of(found, parts_of(text, found, capitals), forms, capitals)
    return [len(sentence.forms) for sentence in found], readings


def decoded(text: str, lexicon: Lexicon) -> Decoded:
    lengths, readings = read(text, lexicon)
    return swap_rate.decode(lengths, readings, len(text.split()), language_model.standard(), lexicon)


@pytest.mark.parametrize(("choice", "family"), [(0, "one"), (1, "other")])
def test_the_family_whose_choices_the_document_has_is_the_likeliest(lexicon: Lexicon, choice: int, family: str) -> None:
    found = decoded(spun(choice), lexicon).families
    assert sum(found.values()) == pytest.approx(1)
    assert found[family] > 0.95


def test_a_spinner_that_nobody_has_seen_stays_general(lexicon: Lexicon) -> None:
    found = decoded(spun(2), lexicon).families
    assert found["general"] > 0.9


def test_a_document_without_swappable_words_says_nothing_of_the_family(lexicon: Lexicon) -> None:
    found = decoded("She left the house at noon and walked to the river with her dog.\n", lexicon).families
    assert list(found.values()) == pytest.approx([1 / 3] * 3)


def test_a_family_keeps_what_it_is_known_to_keep() -> None:
    general = [Entry(original, KIND.get(original, "-"), forms) for original, forms in SWAPS.items()]
    choices = [entry._replace(forms=entry.forms[:1]) for entry in general if entry.original not in {"year", "energy"}]
    keeping = [Entry("year", "noun", ("=",)), Entry("energy", "-", ("=",))]
    swapping = [Entry("year", "noun", ("yr",)), Entry("energy", "-", ("vitality",)), Entry("zinc", "-", ("=",))]
    lexicon = lexicon_building.invert(
        general, {}, {"keeps": Family([*choices, *keeping], {}), "swaps": Family([*choices, *swapping], {})}
    )
    kept = spun(0).replace("yr", "year").replace("vitality", "energy")
    assert decoded(kept, lexicon).families["keeps"] > decoded(spun(0), lexicon).families["keeps"]
    assert decoded(kept, lexicon).families["keeps"] > 0.8
    assert decoded(spun(0), lexicon).families["swaps"] > 0.8


@pytest.mark.parametrize("family", range(3))
def test_a_mixture_of_one_family_has_that_family_s_costs(lexicon: Lexicon, family: int) -> None:
    _, readings = read(spun(0).replace("officer", "official"), lexicon)
    found = families.in_mixture(readings, np.eye(3)[family], lexicon)
    swapped, swappable = readings.lexicon_row >= 0, readings.lexicon_original >= 0
    rows = lexicon.rows
    listed = rows.cost[readings.lexicon_row[swapped]]
    of_family = rows.family_cost[readings.lexicon_row[swapped], family]
    assert found.cost[swapped] - readings.cost[swapped] == pytest.approx(of_family - listed, abs=1e-4)
    assert (found.cost[~swapped] == readings.cost[~swapped]).all()
    readiness = rows.family_readiness[readings.lexicon_original[swappable], family]
    assert found.readiness[swappable] == pytest.approx(readiness, abs=1e-5)
    assert readiness.any() == (family == lexicon.families.index("one"))
    assert swapped.any()
    assert (swappable & ~swapped).any()


def test_the_uniform_mixture_is_what_the_readings_began_with(lexicon: Lexicon) -> None:
    _, readings = read(spun(1), lexicon)
    found = families.in_mixture(readings, np.full(3, 1 / 3), lexicon)
    assert found.cost == pytest.approx(readings.cost, abs=0.002)
    assert found.readiness == pytest.approx(readings.readiness, abs=0.002)


def test_the_family_changes_which_original_is_likelier() -> None:
    """``stock`` for ``share`` and for ``inventory``: each is the first choice of another family."""
    general = [Entry("share", "noun", ("stock",)), Entry("inventory", "-", ("stock",))]
    first, second = (Family([entry], {}) for entry in general)
    lexicon = lexicon_building.invert(general, {}, {"one": first, "other": second})
    number = lexicon.inverse["stock"]
    here = slice(lexicon.rows.begin[number], lexicon.rows.begin[number + 1])
    texts = [lexicon.texts[index] for index in lexicon.rows.original[here]]
    for name, original in (("one", "share"), ("other", "inventory")):
        costs = lexicon.rows.family_cost[here, lexicon.families.index(name)]
        assert texts[int(costs.argmin())] == original
