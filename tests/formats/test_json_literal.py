"""Finding a literal in a line, putting another one in, and going back."""

import json
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.formats.json_literal import (
    MAX_MEMBERS,
    NotAnObjectError,
    Style,
    append_member,
    literal_from,
    member_of,
    parse_members,
    splice,
    stored_literal,
    style_named,
    style_of,
)
from clean_news.formats.json_scanning import MAX_DEPTH

SPACES = st.text(" \t\r\n", max_size=2)
TEXTS = st.text(st.characters(blacklist_categories=()) | st.sampled_from('/<>&\\"\u2028\0\x7fé’😀'), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
STYLES = st.builds(Style, st.booleans(), st.booleans(), st.booleans(), st.booleans())
SHORT = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@st.composite
def literals(draw):
    """A text and one of the many literals that JSON allows for it, whoever would write it so."""
    text = draw(TEXTS)
    pieces = []
    for character in text:
        units = character.encode("utf-16-be", "surrogatepass").hex()
        escaped = "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
        ways = [escaped, escaped.upper().replace("\\U", "\\u")]
        if character in SHORT:
            ways.append(SHORT[character])
        if character not in '"\\' and not "\ud800" <= character <= "\udfff" and character >= " ":
            ways.append(character)
        pieces.append(draw(st.sampled_from(ways)))
    literal = f'"{"".join(pieces)}"'
    return json.loads(literal), literal


@st.composite
def lines(draw):
    """A line with an object that has the field ``text``, perhaps several times; the text and literal that count."""

    def space():
        return draw(SPACES)

    others = [
        (json.dumps(key), json.dumps(value, ensure_ascii=draw(st.booleans())))
        for key, value in draw(st.lists(st.tuples(TEXTS, VALUES), max_size=4))
        if key != "text"
    ]
    text, literal = draw(literals())
    decoy = draw(st.lists(st.just(('"text"', draw(literals())[1])), max_size=1))
    pairs = [*others, *decoy]
    position = len(pairs) if decoy else draw(st.integers(0, len(pairs)))
    key = draw(st.sampled_from(['"text"', '"t\\u0065xt"']))
    pairs.insert(position, (key, literal))
    body = ",".join(f"{space()}{key}{space()}:{space()}{value}{space()}" for key, value in pairs)
    return f"{draw(st.sampled_from(['', chr(0xFEFF)]))}{space()}{{{body}}}{space()}", text, literal


@given(lines(), TEXTS, STYLES)
@settings(deadline=None)
def test_a_splice_changes_one_value_and_leads_back(made, new, style):
    line, text, literal = made
    member = member_of(parse_members(line), "text")
    assert (member.value, line[member.value_start : member.end]) == (text, literal)
    changed = splice(line, member, style.write(new))
    assert same(loaded(changed), {**loaded(line), "text": joined(new)})
    kept = literal_from(stored_literal(literal, text, style_of(literal)), text)
    assert splice(changed, member_of(parse_members(changed), "text"), kept) == line


@pytest.fixture
def long(monkeypatch):
    """Every line counts as long, so that objects and lists are passed over."""
    monkeypatch.setattr("clean_news.formats.json_scanning.LONG_LINE_CHARS", 0)


MALFORMED = st.text('[]{},:"\\1eatrue. -', max_size=14)


@given(lines(), st.lists(VALUES, max_size=30), MALFORMED)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("long")
def test_what_is_passed_over_in_long_lines_is_checked_all_the_same(made, values, malformed):
    line = made[0]
    found = {member.key: line[member.value_start : member.end] for member in parse_members(line)}
    assert same({key: json.loads(value) for key, value in found.items()}, loaded(line))
    for value in (json.dumps(values), json.dumps({"x": values, "y": [values]}, indent=1), malformed, f"[{malformed}]"):
        record = f'{{"x": {value}}}'
        try:
            json.loads(record)
        except ValueError:
            with pytest.raises(NotAnObjectError):
                parse_members(record)
        else:
            assert [record[member.value_start : member.end] for member in parse_members(record)][-1] == value.strip()


@pytest.mark.parametrize("piece", ["[],", '{"a":1},', '"a",'])
def test_a_long_hostile_line_takes_little_memory(piece):
    line = '{"text": "a", "x": [' + piece * (1_100_000 // len(piece)) + "1]}"
    tracemalloc.start()
    assert [member.key for member in parse_members(line)] == ["text", "x"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_an_object_of_too_many_fields_is_no_record():
    with pytest.raises(NotAnObjectError, match="more than 10000 fields"):
        parse_members("{" + '"a":1,' * MAX_MEMBERS + '"text":"a"}')
    assert len(parse_members("{" + '"a":1,' * (MAX_MEMBERS - 1) + '"text":"a"}')) == MAX_MEMBERS


@given(lines())
@settings(deadline=None)
def test_the_members_are_those_of_json_loads(made):
    line = made[0]
    found = {member.key: line[member.value_start : member.end] for member in parse_members(line)}
    assert same({key: json.loads(value) for key, value in found.items()}, loaded(line))


@given(TEXTS, STYLES)
@settings(deadline=None)
def test_every_style_writes_what_json_reads_and_is_known_by_its_mark(text, style):
    literal = style.write(text)
    literal.encode()  # nothing in it that UTF-8 has not
    assert json.loads(literal) == joined(text)
    assert style_named(style.name) == style


@given(lines(), VALUES)
@settings(deadline=None)
def test_the_last_member_is_new_and_replaces_those_of_its_name(made, value):
    line = made[0]
    literal = json.dumps(value)
    once = append_member(line, parse_members(line), "changes", '{"old":1}')
    twice = append_member(once, parse_members(once), "changes", literal)
    assert twice == append_member(line, parse_members(line), "changes", literal)
    assert parse_members(twice)[-1].key == "changes"
    assert same(loaded(twice), {**loaded(line), "changes": value})


def same(one, other):
    """Whether two values are equal, their order too; NaN is NaN."""
    return repr(one) == repr(other)


def loaded(line):
    """What ``json`` reads in a line; it does not take the byte order mark."""
    return json.loads(line.removeprefix("\ufeff"))


def joined(text):
    """The text as JSON reads it: two surrogates in a row that make a character are that character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.parametrize(
    ("literal", "mark"),
    [
        ('"A plain line."', "ascii"),
        (r'"The caf\u00e9 <b>"', "ascii"),
        ('"The café"', "utf-8"),
        (r'"The caf\u00E9"', "ascii capitals"),  # Jackson
        (r'"A \/ B"', "ascii solidus"),  # PHP
        (r'"Smith \u0026 Söhne"', "utf-8 html"),  # Go
    ],
)
def test_what_common_writers_write_needs_no_copy(literal, mark):
    assert stored_literal(literal, json.loads(literal), style_of(literal)) == mark


def test_what_no_writer_writes_is_stored():
    literal = r'"\u0041 harbour \/ a/b"'
    stored = stored_literal(literal, "A harbour / a/b", style_of(literal))
    assert list(stored) == ["zlib"]
    assert literal_from(stored, "A harbour / a/b") == literal
    with pytest.raises(ValueError, match="another text"):
        literal_from(stored, "A harbour")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("ascii typo", "unknown style"),
        ({"zlib": "!"}, "decompressed"),
        ({"zlib": "AAAA"}, "decompressed"),
        ({}, "decompressed"),
        ({"zlib": 7}, "decompressed"),
    ],
)
def test_a_log_that_was_changed_is_an_error(wrong, why):
    with pytest.raises(ValueError, match=why):
        literal_from(wrong, "A harbour")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [MAX_DEPTH, 990, 100_000])
def test_a_hostile_line_is_nested_too_deep_wherever_it_is_read(opening, depth):
    with pytest.raises(NotAnObjectError, match="nested deeper than 200 levels"):
        parse_members('{"text": "a", "deep": ' + opening * depth + "1" + "]" * depth + "}")


def test_brackets_in_texts_and_side_by_side_are_not_deep():
    line = json.dumps({"text": '[{"' * 1000, "x": [[]] * 1000, "y": [{}] * 1000})
    assert [member.key for member in parse_members(line)] == ["text", "x", "y"]
    deep = '{"text": "a", "deep": ' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}"
    assert [member.key for member in parse_members(deep)] == ["text", "deep"]


def test_numbers_of_any_size_pass():
    line = '{"n": ' + "9" * 10_000 + ', "x": 1e999, "text": "a"}'
    assert member_of(parse_members(line), "text").value == "a"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("The minister", "is not JSON"),
        ("", "is not JSON"),
        ("[1]", "not an object"),
        ('"text"', "not an object"),
        ('{"text": "a"', "comma or }"),
        ('{"text": "a",}', "key in double quotes"),
        ('{"text" "a"}', "colon"),
        ('{"text": }', "value is missing"),
        ('{"text": "a\tb"}', "control character"),
        ('{"text": "a"} {"text": "b"}', "extra data after"),
    ],
)
def test_what_is_no_object_is_said(line, why):
    with pytest.raises(NotAnObjectError, match=why):
        parse_members(line)
