"""The stage: which source is used, what it costs without one, what the log says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from stories import GENUINE, ORIGINAL, OTHER_REPORT, SPUN

import clean_news
from clean_news import edits
from clean_news.article import Article
from clean_news.cleaner import Cleaner
from clean_news.settings import Settings
from clean_news.sources import open_index
from clean_news.stages.source import stage


def proposed(text, place, **settings):
    return stage.propose(Article(text), Settings(sources_index=place, **settings))


def repaired(text, place, **settings):
    return edits.apply(text, proposed(text, place, **settings).edits)


def words(text):
    return ["a" if word == "an" else word for word in re.findall(r"[\w’]+", text.lower())]


def test_the_words_of_the_source_are_taken(index):
    text = repaired(SPUN, index(GENUINE, ORIGINAL, OTHER_REPORT))
    assert words(text) == words(ORIGINAL)
    assert "“It’s the right time,” he said." in text
    assert "Many of its shops" in text


def test_the_log_names_the_source_and_the_index(index):
    place = index(GENUINE, ORIGINAL)
    proposal = proposed(SPUN, place)
    source = proposal.document["source"]
    assert proposal.document["sources"] == open_index(Path(place)).digest
    assert (source["id"], source["origin"]) == ("story-1", "archive/1.txt")
    assert source["similarity"] > 0.9
    for edit in proposal.edits:
        assert edit.evidence["source"] == "story-1"
        assert edit.evidence["similarity"] == source["similarity"]
        assert ORIGINAL[slice(*edit.evidence["place"])] == edit.evidence["original"]


def test_the_edits_can_be_inverted(index):
    found = proposed(SPUN, index(ORIGINAL)).edits
    assert len(found) > 30
    assert edits.apply(edits.apply(SPUN, found), edits.invert(found)) == SPUN


def test_the_whole_pipeline_repairs_and_reverts(index):
    cleaned = Cleaner(sources_index=index(ORIGINAL)).clean(SPUN)
    assert words(cleaned.text) == words(ORIGINAL)
    assert cleaned.log.document["source"]["id"] == "story-0"
    assert clean_news.revert(cleaned.text, cleaned.log) == SPUN.encode()


def test_what_the_source_lacks_stays(index):
    first, second, _, fourth = ORIGINAL.split("\n\n")[1:]
    text = repaired(SPUN, index("\n\n".join((second, fourth, first))))
    assert "mortgage" not in text
    assert "agreed final week to purchase the land" in text


def test_another_report_of_the_event_is_no_source(index):
    for text in (SPUN, ORIGINAL):
        proposal = proposed(text, index(OTHER_REPORT), sources_for="all")
        assert proposal.edits == []
        assert "source" not in proposal.document
        assert proposal.document["sources"]


def test_a_genuine_article_is_not_changed(index):
    place = index(ORIGINAL, OTHER_REPORT, GENUINE, SPUN)
    for text in (ORIGINAL, OTHER_REPORT, GENUINE):
        assert proposed(text, place, sources_for="all").edits == []


@pytest.mark.parametrize("rate", [1, 3])
def test_a_spun_copy_is_no_source_of_its_original(index, rate):
    """Not even one with so few swaps that nobody suspects it."""
    found = proposed(SPUN, index(ORIGINAL)).edits
    lightly = edits.apply(SPUN, found[::rate])
    assert proposed(ORIGINAL, index(lightly, name="lightly"), sources_for="all").edits == []


def test_a_spun_copy_is_no_source_of_another(index):
    other = SPUN.replace("mentioned", "stated").replace("outdated", "aged").replace("subsequent", "following")
    assert proposed(SPUN, index(other)).edits == []


def test_the_original_is_found_among_its_copies(index):
    copies = [SPUN.replace("youngsters", f"youngsters aged {age}") for age in range(2, 10)]
    assert proposed(SPUN, index(*copies, ORIGINAL, SPUN)).document["source"]["id"] == "story-8"


def test_the_same_text_is_no_source(index):
    assert "source" not in proposed(SPUN, index(SPUN)).document


def test_only_suspected_articles_are_looked_up_by_default(index):
    proposal = proposed(OTHER_REPORT, index(ORIGINAL))
    assert "sources" not in proposal.document
    assert "genuine" in proposal.held_off
    assert "sources" in proposed(OTHER_REPORT, index(ORIGINAL, name="other"), sources_for="all").document


@pytest.mark.parametrize(
    ("settings", "reason"),
    [({"document": "genuine"}, "declared genuine"), ({"min_words": 1000}, "too few"), ({"max_words": 50}, "more than")],
)
def test_articles_that_are_skipped(index, settings, reason):
    proposal = proposed(SPUN, index(ORIGINAL), **settings)
    assert (proposal.edits, proposal.document) == ([], {})
    assert reason in proposal.held_off


def test_protected_terms_stay(index):
    text = repaired(SPUN, index(ORIGINAL), protect=("mortgage",))
    assert "a mortgage of $3 million" in text
    assert "The harbour board of Port Aller said" in text


def test_quotations_stay_if_they_are_to_be_kept(index):
    text = repaired(SPUN, index(ORIGINAL), quotes="keep")
    assert "“We don’t have the cash, and no one desires to assist us,” said Anna Weiss" in text


def test_a_number_that_differs_is_pointed_out(index):
    source = ORIGINAL.replace("About 40 people", "About 45 people")
    (fact,) = (edit for edit in proposed(SPUN, index(source)).edits if edit.rule == "SRC002")
    assert (fact.before, fact.after, fact.state) == ("40", "45", "suggested")
    text = Cleaner(sources_index=index(source), level="bold").clean(SPUN).text
    assert "About 40 " in text
    assert "45" not in text


def test_without_sources_nothing_is_imported():
    code = (
        "import sys; from clean_news.cleaner import Cleaner; Cleaner(stages=['source']).clean('A ferry. ' * 50);"
        "print(sorted(name for name in sys.modules if name.startswith(('clean_news.sources', 'rapidfuzz'))"
        " or name == 'clean_news.stages.source.retrieval'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_source_is_needed_where_the_index_is_empty(index):
    assert proposed(SPUN, index()).edits == []


def test_words_that_another_paper_edited_stay(index):
    """The lexicon has *last* and *past* for each other; the one that is there may be the original's."""
    original = ORIGINAL.replace("The pier was built", "Over the past ten years it was a ruin. The pier was built")
    spun = SPUN.replace("The pier was built", "Over the past ten years it was a ruin. The pier was built")
    edited = original.replace("the past ten years", "the last ten years").replace(
        "agreed last week", "only agreed last week"
    )
    assert "Over the past ten years" in repaired(spun, index(original))
    text = repaired(spun, index(edited, name="edited"))
    assert "Over the past ten years" in text
    assert "The harbour board of Port Aller said" in text


def test_half_a_phrase_is_not_taken(taken):
    """What is beside a known pair may belong to it: *highly effective* for *powerful*; another paper has *most*."""
    known = {"effective": ["powerful"], "mentioned": ["said"]}
    spun = "He mentioned she was one of the highly effective Democrats there."
    assert taken(spun, "He said she was one of the most powerful Democrats there.", known) == spun.replace(
        "mentioned", "said"
    )
    spun = spun.replace("highly ", "")
    assert "the powerful" in taken(spun, "He said she was one of the powerful Democrats there.", known)


def test_a_word_that_only_an_editor_may_have_changed_is_suggested(propose):
    """Where the lexicon has all other words of the spinner, one that it lacks is an editor's as likely."""
    known = {"corporate": ["company"], "mentioned": ["said"]}
    spun = "The corporate mentioned it rose. " * 8 + "A broker saw the empire fall."
    source = "The company said it rose. " * 8 + "A broker saw the giant fall."
    (edit,) = (edit for edit in propose(spun, source, known) if edit.before == "empire")
    assert (edit.after, edit.state) == ("giant", "suggested")
    (edit,) = propose("A broker saw the empire fall.", "A broker saw the giant fall.", {})
    assert edit.state == "applied"
