import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.sources import IndexDamaged, SourceArticle, open_index, update_from_articles


def test_the_source_of_a_text_is_found_first(tmp_path, articles):
    update_from_articles(tmp_path, articles(*range(200)))
    index = open_index(tmp_path)
    assert len(index) == 200
    for article in articles(*range(0, 200, 7)):
        first, *others = index.nearest(article.text)
        assert (first.id, first.origin) == (article.id, article.origin)
        assert first.score == pytest.approx(1)
        assert index.text(first) == article.text
        assert len(others) == 4
        assert [hit.score for hit in others] == sorted((hit.score for hit in others), reverse=True)
        assert all(0 < hit.score < 1 for hit in others)


def test_it_is_found_when_frequent_words_are_swapped_and_sentences_missing(tmp_path, articles):
    update_from_articles(tmp_path, articles(*range(200)))
    index = open_index(tmp_path)
    for article in articles(*range(0, 200, 7)):
        spun = article.text.replace("said", "mentioned").replace("years", "yrs").replace("was sold", "went")
        half = spun.partition("\n\n")[2]
        assert index.nearest(spun, 1)[0].id == article.id
        assert index.nearest(half, 1)[0].id == article.id


def test_nothing_in_common_is_nothing_found(tmp_path, articles):
    update_from_articles(tmp_path, articles(1, 2, 3))
    index = open_index(tmp_path)
    assert index.nearest("Zebras graze peacefully beneath acacias.") == []
    assert index.nearest("") == []
    assert index.nearest(articles(1)[0].text, 0) == []


@pytest.mark.parametrize("texts", [[], ["", "the and of"], ["Karlssen"]], ids=["none", "no features", "one"])
def test_indexes_of_almost_nothing(tmp_path, texts):
    update_from_articles(tmp_path, [SourceArticle(str(n), text, "here") for n, text in enumerate(texts)])
    index = open_index(tmp_path)
    assert len(index) == len(texts)
    assert [hit.id for hit in index.nearest("Ms Karlssen left Harwick.")] == (["0"] if "Karlssen" in texts else [])


def test_equal_scores_are_ordered_by_id(tmp_path, articles):
    text = articles(7)[0].text
    update_from_articles(tmp_path, [SourceArticle(name, text, "here") for name in "cabed"])
    assert [hit.id for hit in open_index(tmp_path).nearest(text, 3)] == ["a", "b", "c"]


def test_features_of_many_articles_have_no_weight(tmp_path, articles):
    common = [SourceArticle(f"c{n}", f"Zanzibar Zanzibar {n}", "here") for n in range(60)]
    update_from_articles(tmp_path, [*common, *articles(1)])
    index = open_index(tmp_path)
    assert index.nearest("In Zanzibar, rain.") == []
    assert index.nearest("In Zanzibar, 17 rains.", 1)[0].id == "c17"


def test_an_index_that_is_open_does_not_change(tmp_path, articles):
    update_from_articles(tmp_path, articles(*range(50)))
    index = open_index(tmp_path)
    before = index.nearest(articles(3)[0].text)
    update_from_articles(tmp_path, articles(*range(100, 150)))
    assert index.nearest(articles(3)[0].text) == before
    assert next(index.text(hit) for hit in before) == articles(3)[0].text
    assert open_index(tmp_path).nearest(articles(3)[0].text, 1)[0].id != "a3"


def test_an_index_that_does_not_exist(tmp_path):
    with pytest.raises(IndexDamaged, match="there is no complete index of sources; run the command that builds it"):
        open_index(tmp_path / "none")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(st.lists(st.lists(WORDS, max_size=30).map(" ".join), min_size=1, max_size=8, unique=True), st.randoms())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_whatever_the_texts_each_finds_itself(tmp_path, texts, rng):
    folder = tmp_path / str(rng.getrandbits(64))
    update_from_articles(folder, [SourceArticle(str(number), text, "here") for number, text in enumerate(texts)])
    index = open_index(folder)
    for text in texts:
        hits = index.nearest(text, len(texts))
        assert all(0 <= hit.score <= 1 for hit in hits)
        if hits:
            assert text in [index.text(hit) for hit in hits if hit.score == hits[0].score]


def test_the_order_of_the_articles_does_not_matter(tmp_path, articles):
    every = articles(*range(120))
    update_from_articles(tmp_path / "one", every)
    random.Random(1).shuffle(every)
    update_from_articles(tmp_path / "two", every)
    one, two = open_index(tmp_path / "one"), open_index(tmp_path / "two")
    assert one.digest == two.digest
    for article in every[:20]:
        assert [hit[:3] for hit in one.nearest(article.text)] == [hit[:3] for hit in two.nearest(article.text)]


def test_shards_are_searched_in_turn(tmp_path, articles):
    for number in range(3):
        update_from_articles(tmp_path / "shards" / f"200{number}", articles(*range(number * 40, number * 40 + 40)))
    index = open_index(tmp_path / "shards")
    assert len(index) == 120
    for article in articles(*range(0, 120, 11)):
        hits = index.nearest(article.text)
        assert (hits[0].id, len(hits)) == (article.id, 5)
        assert index.text(hits[0]) == article.text
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    digest = index.digest
    update_from_articles(tmp_path / "shards" / "2002", articles(*range(80, 121)))
    assert open_index(tmp_path / "shards").digest != digest
    (tmp_path / "shards" / "2001" / "index.json").unlink()
    with pytest.raises(IndexDamaged, match="2001: there is no complete index of sources"):
        open_index(tmp_path / "shards")
    (tmp_path / "shards" / "2001" / "index.json").write_bytes(b"")
    with pytest.raises(IndexDamaged, match=r"2001/index.json: the index of sources is damaged"):
        open_index(tmp_path / "shards")


def test_a_shard_may_be_a_link_to_a_folder_elsewhere(tmp_path, articles):
    update_from_articles(tmp_path / "elsewhere", articles(*range(9)))
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "2001").symlink_to(tmp_path / "elsewhere")
    assert open_index(tmp_path / "shards").nearest(articles(3)[0].text, 1)[0].id == "a3"
