"""Pages are valid before and after: by schemas of our own, the rules of hOCR, and the published schemas."""

import os

import page_writers
import pytest
from page_schemas import faults, misplaced, namespace_of, parsed, published

SCAN = """Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on
board by tbe pilot. The members ofthe coun-
cil met at tlie hall to hear the re port of the
com mittee on the bridge, nnd tho mayor was in

the chair. Tho bridge was built by
the coun-
cil."""
ALTO = {
    f"alto {version} {number}": (
        lambda text, version=version, options=options: page_writers.alto(text, version, **options)
    )
    for version in "1234"
    for number, options in enumerate(({}, {"hyp": False}, {"subs": True}, {"decimals": 2}))
}
PAGE = {
    f"page {version} {number}": (
        lambda text, version=version, options=options: page_writers.page(text, version, **options)
    )
    for version in ("2013-07-15", "2016-07-15", "2019-07-15")
    for number, options in enumerate(({}, {"words": False}, {"ordered": False}, {"prefix": "pc:"}))
}
HOCR = {
    f"hocr {number}": (lambda text, options=options: page_writers.hocr(text, **options))
    for number, options in enumerate(({}, {"quote": '"'}, {"strong": True}, {"xhtml": False}))
}
WRITERS = ALTO | PAGE | HOCR


@pytest.mark.parametrize("writer", WRITERS)
def test_a_page_is_valid_before_and_after(clean_page, writer):
    content = WRITERS[writer](SCAN)
    assert (faults(content), misplaced(content)) == ([], [])
    clean = clean_page(content).content
    assert clean != content.encode()
    assert (faults(clean), misplaced(clean)) == ([], [])


# What a writer of such a page could get wrong: a replacement that the schemas or rules must find.
WRONG = [
    ("alto 4 0", 'CONTENT="Tho"', ""),
    ("alto 4 0", 'CONTENT="Tho"', 'CONTENT=""'),
    ("alto 4 0", 'WC="0.96"', 'WC="1.96"'),
    ("alto 4 0", 'HPOS="100"', 'HPOS="left"'),
    ("alto 4 0", 'CC="000"', 'CC="abc"'),
    ("alto 4 0", '<SP WIDTH="10"', '<SP CONTENT="" WIDTH="10"'),
    ("alto 4 0", '<HYP CONTENT="-"/>', '<HYP CONTENT="-"/><HYP CONTENT="-"/>'),
    ("alto 4 0", 'CONTENT="Tho"/>', 'CONTENT="Tho"><Glyph CONTENT="T"/><ALTERNATIVE>x</ALTERNATIVE></String>'),
    ("alto 2 0", 'CONTENT="Tho"/>', 'CONTENT="Tho"><Glyph CONTENT="T"/></String>'),
    ("alto 1 0", 'CONTENT="Tho"', 'CONTENT="Tho" LANG="en"'),
    ("alto 2 0", '<TextLine ID="line_0" HPOS="100"', '<TextLine ID="line_0"'),
    ("alto 4 2", 'SUBS_TYPE="HypPart1"', 'SUBS_TYPE="HypPart3"'),
    ("alto 4 2", 'SUBS_TYPE="HypPart1"', ""),
    ("alto 4 0", 'ID="string_1"', 'ID="string_0"'),
    ("page 2019-07-15 0", '<TextEquiv conf="0.96">', '<TextEquiv index="-1">'),
    ("page 2013-07-15 0", '<TextEquiv conf="0.96">', '<TextEquiv index="0">'),
    ("page 2013-07-15 0", "</TextEquiv>", "</TextEquiv><TextEquiv><Unicode>x</Unicode></TextEquiv>"),
    ("page 2019-07-15 0", 'id="w0"', ""),
    ("page 2019-07-15 0", 'id="w1"', 'id="w0"'),
    ("page 2019-07-15 0", "<Unicode>Tho</Unicode>", ""),
    ("page 2019-07-15 0", 'points="100,0 ', 'points="100.5,0 '),
    ("page 2019-07-15 0", "<Unicode>Tho</Unicode>", "<Unicode>Tho</Unicode><PlainText>Tho</PlainText>"),
    ("hocr 0", "bbox 100 0 130 20", "bbox 100 0 130"),
    ("hocr 0", "bbox 100 0 130 20", "bbox 100 0 90 20"),
    ("hocr 0", "bbox 100 0 130 20", "bbox 100.5 0 130 20"),
    ("hocr 0", "x_wconf 96", "x_wconf 196"),
    ("hocr 0", ">Tho<", "> <"),
    ("hocr 0", "class='ocr_line'", "class='ocr_row'"),
    ("hocr 0", "ocr_line ocrx_word'", "ocr_line'"),
    ("hocr 0", "'word_1_1'", "'word_1_0'"),
]  # fmt: skip


@pytest.mark.parametrize(("writer", "old", "new"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_found(writer, old, new):
    content = WRITERS[writer](SCAN)
    assert old in content
    assert faults(content.replace(old, new, 1))


@pytest.mark.parametrize(("writer", "old", "new"), [
    ("alto 4 0", 'HPOS="140"', 'HPOS="120"'),
    ("page 2019-07-15 0", 'points="140,0 ', 'points="120,0 '),
    ("hocr 0", "title='bbox 140 0 ", "title='bbox 120 0 "),
    ("hocr 0", "title='bbox 100 0 130 20;", "title='bbox 90 0 130 20;"),
])  # fmt: skip
def test_a_misplaced_word_is_found(writer, old, new):
    content = WRITERS[writer](SCAN)
    assert old in content
    assert misplaced(content.replace(old, new, 1))


@pytest.fixture(scope="module")
def schemas(tmp_path_factory):
    """The published schemas by namespace."""
    folder = tmp_path_factory.mktemp("schemas") if os.environ.get("CLEAN_NEWS_FULL") else None
    return published(folder) or pytest.skip("no published schema: CLEAN_NEWS_FULL=1, or a folder in CLEAN_NEWS_SCHEMAS")


@pytest.mark.parametrize(
    "writer", [*(name for name in ALTO if "alto 4" in name), *(name for name in PAGE if "2019" in name)]
)
def test_a_page_is_valid_by_the_published_schema(clean_page, schemas, writer):
    content = WRITERS[writer](SCAN)
    schema = schemas[namespace_of(parsed(content))]
    schema.assertValid(parsed(content))
    schema.assertValid(parsed(clean_page(content).content))


def test_our_schemas_are_not_laxer_than_the_published_ones(schemas):
    """What the published schemas find, ours find; they are subsets, so the reverse is not required."""
    for writer, old, new in WRONG:
        content = WRITERS[writer](SCAN).replace(old, new, 1)
        root = parsed(content)
        if (schema := schemas.get(namespace_of(root))) is not None and not schema.validate(root):
            assert faults(content), (writer, old, new)


def test_a_page_is_valid_by_another_program_s_rules_of_hocr(clean_page, tmp_path):
    validator = pytest.importorskip("hocr_spec").HocrValidator("relaxed")

    def errors(content):
        path = tmp_path / "a.hocr"
        path.write_bytes(content)
        return [str(item) for item in validator.validate(str(path)).items if item.level in {"ERROR", "FATAL"}]

    for writer in HOCR.values():
        content = writer(SCAN).encode()
        assert errors(content) == []
        assert errors(clean_page(content).content) == []
    assert errors(HOCR["hocr 0"](SCAN).replace("x_wconf 96", "x_wconf 196").encode())
