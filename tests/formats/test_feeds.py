"""Feeds: the texts of RSS and Atom items are cleaned between their tags, and the raw file is restored byte for byte."""

import html
import io
import random
import re
import tempfile
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clean_news.change_log import LogError, TextChangedError
from clean_news.cleaner import Cleaner
from clean_news.formats import UnreadableError, feeds, format_of
from clean_news.formats.markup_views import REMOVED, html_view, plain_view, xml_view
from clean_news.settings import Settings

MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."
CONTENT = "http://purl.org/rss/1.0/modules/content/"


def rss(*descriptions, head='<?xml version="1.0" encoding="UTF-8"?>\n', line="\n"):
    items = "".join(
        f'  <item>{line}   <title>A titleâ€™s</title><guid isPermaLink="false">tag:{number}</guid>{line}'
        f"   <description>{each}</description>{line}  </item>{line}"
        for number, each in enumerate(descriptions)
    )
    return (
        f'{head}<rss version="2.0" xmlns:content="{CONTENT}"><channel><title>Newsâ€™</title>'
        f"<description>The channel’s own.</description>{line}{items}</channel></rss>{line}"
    )


def atom(*contents):
    entries = "".join(
        f'<entry><id>urn:{number}</id><link href="http://a.example/{number}"/>{each}</entry>\n'
        for number, each in enumerate(contents)
    )
    return f"<?xml version='1.0'?>\n<feed xmlns='http://www.w3.org/2005/Atom'><title>Newsâ€™</title>\n{entries}</feed>"


@pytest.mark.parametrize("name", ["a.rss", "a.atom", "a.xml"])
def test_file_names(tmp_path, name):
    (tmp_path / name).write_text(rss("x"))
    assert format_of(tmp_path / name) is feeds


@pytest.mark.parametrize(
    "template",
    [
        "%s",
        "  %s\n ",
        "<![CDATA[%s]]>",
        "\n <![CDATA[<p class=\"a>b\" id='â€™'>%s</p>\n<p>Two<br>lines &amp; <b>more</b>.</p>]]> ",
        "&lt;p&gt;%s&lt;/p&gt; &lt;a href=&quot;http://a.example/?â€™&amp;amp;b&quot;&gt;One &amp;amp; two&lt;/a&gt;",
        "<!-- â€™ -->%s<?x â€™?>",
        "<![CDATA[<script>â€™</script><p>%s</p><code>â€™</code><!-- â€™ --><pre>\n â€™\n\n\n x</pre>]]>",
        "<p>%s</p>",
        '<div xmlns="http://www.w3.org/1999/xhtml"><p title="â€™">%s</p> <ul><li>One.</li><li>Two.</li></ul></div>',
    ],
)
def test_only_the_text_changes(round_trip, template):
    for line in ("\n", "\r\n"):
        raw = rss(template.replace("%s", MOJIBAKE), "Nothing is wrong.", "", line=line)
        trip = round_trip(raw, "news.xml")
        assert trip.clean.decode() == raw.replace(MOJIBAKE, REPAIRED)
        assert [log.id for log in trip.logs] == [f"news.xml#tag:{number}/description" for number in range(3)]
        assert REPAIRED in trip.texts[0]


@pytest.mark.parametrize(
    ("element", "seen"),
    [
        ("<content>%s &lt;b&gt;</content>", True),
        ("<content type='text'>%s</content>", True),
        ('<content type="html">&lt;p&gt;%s&lt;/p&gt;</content>', True),
        ("<summary type='html'><![CDATA[<p>%s</p>]]></summary>", True),
        ("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>%s<br/>x</p></div></content>", True),
        ("<content type='text/plain'>%s</content>", True),
        ("<content type='image/png'>%s</content>", False),
        ("<content src='http://a.example/'>%s</content>", False),
        ("<title>%s</title>", False),
        ("<media:description xmlns:media='http://search.yahoo.com/mrss/'>%s</media:description>", False),
    ],
)
def test_elements(round_trip, element, seen):
    raw = atom(element.replace("%s", MOJIBAKE))
    trip = round_trip(raw, "news.atom")
    assert trip.clean.decode() == (raw.replace(MOJIBAKE, REPAIRED) if seen else raw)
    assert len(trip.articles) == seen


def test_description_and_content_of_an_item(round_trip):
    raw = rss(f"{MOJIBAKE}</description><content:encoded><![CDATA[<p>{MOJIBAKE}</p>]]></content:encoded><description>x")
    trip = round_trip(raw, "news.rss")
    assert trip.clean.decode() == raw.replace(MOJIBAKE, REPAIRED)
    assert [row.row.name.partition("/")[2] for row in trip.rows] == ["description", "content:encoded", "description"]


def test_inline_tags_do_not_hide_a_word(round_trip):
    trip = round_trip(rss("<![CDATA[<p>The ministerâ€<b>™s road</b> of caf<i>Ã©</i>s.</p>]]>"), "news.rss")
    assert "<p>The minister’<b>s road</b> of caf<i>é</i>s.</p>" in trip.clean.decode()


def test_blocks_are_kept_even_if_their_text_is_removed(tmp_path, cleaned_file):
    (tmp_path / "a.rss").write_text(rss(f"<![CDATA[<p>{MOJIBAKE}</p><p>Share this article</p><p>The end.</p>]]>"))
    cleaner = Cleaner(Settings(stages=("encoding", "characters", "layout", "boilerplate")))
    trip = cleaned_file(tmp_path / "a.rss", tmp_path / "clean", cleaner)
    clean = trip.clean.decode()
    assert f"<p>{REPAIRED}</p><p><!--removed--></p><p>The end.</p>" in clean


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "us-ascii"])
def test_encodings(round_trip, codec):
    text = "The caf\u00c3\u00a9 &#226;&#8364;&#8482; road." if codec != "us-ascii" else "The caf&#195;&#169; road."
    declared = "" if codec == "utf-8-sig" else f' encoding="{codec}"'
    head = f'<?xml version="1.0"{declared}?>\n'
    raw = rss("%s", head=head).replace("â€™", "").replace("’", "").replace("%s", text).encode(codec)
    trip = round_trip(raw, "news.xml")
    assert trip.texts == ["The café ’ road." if codec != "us-ascii" else "The café road."]
    described = ElementTree.fromstring(trip.clean).findtext("channel/item/description")
    assert described == trip.texts[0]


def test_cdata_sections_in_pieces_are_kept_and_explained(round_trip):
    raw = rss(f"<![CDATA[{MOJIBAKE}]]> and <![CDATA[more]]>", MOJIBAKE)
    trip = round_trip(raw, "news.rss")
    assert trip.clean.decode() == rss(f"<![CDATA[{MOJIBAKE}]]> and <![CDATA[more]]>", REPAIRED)
    assert trip.faults[0].startswith("tag:0/description: cannot be cleaned (it is divided into CDATA sections;")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ('<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + rss("&b;", head=""), "declares entities"),
        ('<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss("&a;", head=""), "declares entities"),
        (rss("<b>"), "not well-formed"),
        (rss("x")[:-20], "not well-formed"),
        (rss("<p>" * 300 + "</p>" * 300), "nested deeper"),
        (rss("x", head='<?xml version="1.0" encoding="zip"?>'), "encoding 'zip'"),
    ],
)
def test_a_feed_that_cannot_be_read(tmp_path, raw, message):
    (tmp_path / "a.rss").write_text(raw)
    with pytest.raises(UnreadableError, match=message):
        list(feeds.read(tmp_path / "a.rss", Settings()))


def test_an_item_within_an_item_is_none(round_trip):
    raw = rss(f"<item><description>{MOJIBAKE}</description></item>")
    trip = round_trip(raw, "news.rss")
    assert (len(trip.rows), trip.clean.decode()) == (1, raw.replace(MOJIBAKE, REPAIRED))


@pytest.mark.parametrize("raw", [rss(), atom(), "<rss/>"])
def test_a_feed_without_texts_is_kept(round_trip, raw):
    trip = round_trip(raw, "news.xml")
    assert (trip.clean.decode(), trip.texts, len(trip.rows)) == (raw, [], 1)


@pytest.mark.parametrize(
    "unit",
    ["<", "&", "<a ", '<a "', "<!--", "<script>", "</p>", "<p> ", " ", "&#38;", "<br>\n", "<pre>", "]]>", "<a b='"],
)
def test_time_of_views_grows_with_the_length(seconds_of, unit):
    for view in (html_view, xml_view, plain_view):
        seconds = [seconds_of(lambda view=view, times=times: view(unit * times)) for times in (1_500, 6_000)]
        assert seconds[1] < 8 * seconds[0] + 0.05


PIECES = ["<p>", "</p>", " ", "\n", "â€™", "a", "&amp;", "&lt;", "<b>", "</b>", "<br/>", "<code>", "</code>",
          "<!-- x -->", "&#226;", "€™", "<script>", "</script>", "<", "&nbsp;", "\u200b", "\r\n", "x-\n", "]]>",
          '<a href="â€™">']  # fmt: skip


@hypothesis_settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.booleans(), st.booleans())
def test_any_html_is_restored(repairing, cleaned_file, pieces, as_cdata, is_atom):
    source = "".join(pieces)
    inner = f"<![CDATA[{source.replace(']]>', '')}]]>" if as_cdata else escape(source)
    content = atom(f"<content type='html'>{inner}</content>") if is_atom else rss(inner)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "a.xml")
        raw.write_bytes(content.encode())
        trip = cleaned_file(raw, Path(folder, "clean"), repairing)
    before, after = (parts_of(each.decode()) for each in (content.encode(), trip.clean))
    assert len(before) == len(after)
    tags = [html_tags(part) for part in (before[-1], after[-1].replace(REMOVED, ""))]
    assert tags[0] == tags[1]


def parts_of(content):
    root = ElementTree.fromstring(content)
    return [each.text or "" for each in root.iter() if each.tag.rpartition("}")[2] in {"description", "content"}]


def html_tags(source):
    return re.findall(r"</?[a-z][^<>]*>|<!--.*?-->", source)


@hypothesis_settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_views_are_where_they_say(pieces):
    source = "".join(pieces)
    for view in (html_view(source), plain_view(source), xml_view(source) if "<" not in source else plain_view("")):
        if view.runs and view.runs[-1].end > len(source):
            pytest.fail("beyond the end")
        assert all(one.end <= other.start for one, other in zip(view.runs, view.runs[1:], strict=False))
        assert all(source[run.start : run.end] == run.text for run in view.runs if run.is_plain)
        assert "".join(run.text for run in view.runs) == view.text


def test_files_by_writers(tmp_path, repairing, cleaned_file):
    rng = random.Random(19)
    texts = [MOJIBAKE, "Fine.", "One & two < three â€™.", "cafÃ©\n\nline", "â€œQuotedâ€\x9d ", ""]
    for number in range(36):
        root = ElementTree.Element("rss", version="2.0")
        channel = ElementTree.SubElement(root, "channel")
        for n in range(4):
            item = ElementTree.SubElement(channel, "item")
            ElementTree.SubElement(item, "link").text = f"http://a.example/{n}?a=1&b=2"
            paragraphs = [f"<p>{html.escape(rng.choice(texts))}</p>" for _ in range(rng.randint(0, 3))]
            ElementTree.SubElement(item, "description").text = rng.choice(["", "\n"]).join(paragraphs)
        codec = rng.choice(["utf-8", "us-ascii", "utf-16", "unicode"])
        content = ElementTree.tostring(root, encoding=codec, xml_declaration=True)
        raw = tmp_path / f"{number}.xml"
        raw.write_bytes(content.encode() if isinstance(content, str) else content)
        if isinstance(content, str):
            raw.write_bytes(content.partition("?>\n")[2].encode())
        trip = cleaned_file(raw, tmp_path / "clean", repairing)
        assert (len(trip.articles), trip.faults) == (4, [])
        before, after = ElementTree.fromstring(raw.read_bytes()), ElementTree.fromstring(trip.clean)
        for one, other in zip(before.iter(), after.iter(), strict=True):
            assert (one.tag, one.attrib, one.tail) == (other.tag, other.attrib, other.tail)
            if one.tag == "description":
                assert html_tags(one.text or "") == html_tags(other.text or "")
            else:
                assert one.text == other.text


def test_a_clean_file_or_a_log_that_was_changed(round_trip):
    trip = round_trip(rss(MOJIBAKE, f"<![CDATA[<p>{MOJIBAKE}</p>]]>"), "news.rss")
    clean, logs = trip.path.read_bytes(), trip.log_path.read_bytes()

    def restored():
        feeds.restore(trip.path, trip.log_path, io.BytesIO())

    trip.path.write_bytes(clean.replace(REPAIRED.encode(), b"By hand.", 1))
    assert [text for text, _ in feeds.read_clean(trip.path, trip.log_path)] == ["By hand.", REPAIRED]
    with pytest.raises(TextChangedError):
        restored()
    trip.path.write_bytes(clean.replace(b"</rss>", b""))
    with pytest.raises(TextChangedError, match="not well-formed"):
        restored()
    trip.path.write_bytes(clean.replace(b"</channel>", b"<item><description/></item></channel>"))
    with pytest.raises(LogError, match="belong together"):
        restored()
    trip.path.write_bytes(clean)
    for to in (b'"zlib":"!', b'"zlib":7,"x":"', b'"other":"'):
        trip.log_path.write_bytes(logs.replace(b'"zlib":"', to))
        with pytest.raises(LogError):
            restored()
