"""spaCy: the component in a pipeline, with batches, processes, contexts and stored pipelines."""

from importlib.metadata import entry_points

import pytest

from clean_news.settings import SettingsError

spacy = pytest.importorskip("spacy")
from spacy.tokens import Doc, DocBin  # noqa: E402

RAW = "The ministry didnâ€™t reply.\n\nMr Lee\u00ad left \u200bBonn."
CLEAN = "The ministry didn’t reply.\n\nMr Lee left Bonn."
GENUINE = "The harbour reopened on Tuesday."


@pytest.fixture
def nlp():
    nlp = spacy.blank("en")
    nlp.add_pipe("clean_news", config={"settings": {"stages": ["encoding", "characters"]}})
    nlp.add_pipe("sentencizer")
    return nlp


def test_it_is_found_by_its_entry_point():
    (found,) = entry_points(group="spacy_factories", name="clean_news")
    assert found.value == "clean_news.workflows.spacy:create"
    assert found.load()


def test_later_components_see_the_clean_text(nlp):
    doc = nlp(RAW)
    assert doc.text == CLEAN
    assert [sent.text.strip() for sent in doc.sents] == ["The ministry didn’t reply.", "Mr Lee left Bonn."]
    assert doc._.clean_news_raw == RAW
    assert doc._.clean_news_log["stages"][0]["edits"][0]["before"] == "â€™"


def test_edits_have_places_in_both_texts(nlp):
    doc = nlp(RAW)
    first, *removed = doc._.clean_news_edits
    assert (first["stage"], first["rule"], first["before"], first["after"]) == ("encoding", "ENC001", "â€™", "’")
    assert doc.text[first["start"] : first["end"]] == "’"
    assert doc.char_span(first["start"], first["end"], alignment_mode="expand").text == "n’t"
    assert [(RAW[each["raw_start"] : each["raw_end"]], each["after"]) for each in removed] == [
        ("\u00ad", ""),
        ("\u200b", ""),
    ]
    one, other = doc.sents
    assert one._.clean_news_edits == [first]
    assert other._.clean_news_edits == removed


def test_a_text_without_faults_stays_the_same_doc(nlp):
    doc = nlp.make_doc(GENUINE)
    assert nlp.get_pipe("clean_news")(doc) is doc
    assert (doc._.clean_news_raw, doc._.clean_news_edits) == (GENUINE, [])
    assert nlp("").text == ""


def test_a_doc_that_it_has_not_seen_has_no_log(nlp):
    doc = nlp.make_doc(RAW)
    assert (doc._.clean_news_log, doc._.clean_news_raw, doc._.clean_news_edits) == (None, None, [])


@pytest.mark.parametrize("processes", [1, 2])
def test_batches_keep_order_and_context(nlp, processes):
    texts = [(RAW, {"id": 1}), (GENUINE, {"id": 2}), ("", {"id": 3}), (RAW, {"id": 4})]
    found = list(nlp.pipe(texts, as_tuples=True, batch_size=2, n_process=processes))
    assert [(doc.text, context["id"]) for doc, context in found] == [(CLEAN, 1), (GENUINE, 2), ("", 3), (CLEAN, 4)]
    assert [len(doc._.clean_news_edits) for doc, _ in found] == [3, 0, 0, 3]
    assert [doc.text for doc in nlp.pipe([RAW, GENUINE])] == [CLEAN, GENUINE]


def test_what_is_known_of_the_whole_doc_is_kept(nlp):
    Doc.set_extension("site", default=None, force=True)
    doc = nlp.make_doc(RAW)
    doc._.site = "a.example"
    doc.user_data["row"] = 7
    doc.cats = {"news": 1.0}
    doc[0:1].label_ = "X"
    clean = nlp(doc)
    assert (clean.text, clean._.site, clean.user_data["row"], clean.cats) == (CLEAN, "a.example", 7, {"news": 1.0})


def test_the_log_is_stored_with_the_doc(nlp):
    stored = DocBin(docs=[nlp(RAW), nlp(GENUINE)], store_user_data=True).to_bytes()
    first, second = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    assert (first._.clean_news_raw, len(first._.clean_news_edits)) == (RAW, 3)
    assert (second._.clean_news_raw, second._.clean_news_edits) == (GENUINE, [])


def test_a_stored_pipeline_cleans_alike(nlp, tmp_path):
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert again.pipe_names == ["clean_news", "sentencizer"]
    assert again(RAW)._.clean_news_log == nlp(RAW)._.clean_news_log
    assert again.config["components"]["clean_news"]["settings"] == {"stages": ["encoding", "characters"]}


def test_it_must_be_the_first():
    late = spacy.blank("en")
    late.add_pipe("sentencizer")
    late.add_pipe("clean_news", name="cleaner")
    with pytest.raises(ValueError, match=r"cleaner must be the first component .* sentencizer comes before it"):
        late(RAW)
    with late.select_pipes(disable=["sentencizer"]):
        assert late(GENUINE).text == GENUINE


def test_wrong_settings_are_named():
    with pytest.raises(SettingsError, match="level = 'brave' is not allowed; allowed: safe, normal or bold"):
        spacy.blank("en").add_pipe("clean_news", config={"settings": {"level": "brave"}})
