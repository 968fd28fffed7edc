"""String literals in JSON lines: located, replaced, and restored."""

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
    """A text and one of the literals that JSON allows for it, however unusual."""
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
    """A line with an object that has the field ``text``, perhaps repeatedly; and the last one's text and literal."""

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
def test_a_splice_changes_one_value_and_can_be_reverted(made, new, style):
    line, text, literal = made
    member = member_of(parse_members(line), "text")
    assert (member.value, line[member.value_start : member.end]) == (text, literal)
    changed = splice(line, member, style.write(new))
    assert same(loaded(changed), {**loaded(line), "text": joined(new)})
    kept = literal_from(stored_literal(literal, text, style_of(literal)), text)
    assert splice(changed, member_of(parse_members(changed), "text"), kept) == line


@pytest.fixture
def long(monkeypatch):
    """Every line counts as long, so that objects and lists are skipped."""
    monkeypatch.setattr("clean_news.formats.json_scanning.LONG_LINE_CHARS", 0)


MALFORMED = st.text('[]{},:"\\1eatrue. -', max_size=14)


@given(lines(), st.lists(VALUES, max_size=30), MALFORMED)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("long")
def test_skipped_containers_in_long_lines_are_still_validated(made, values, malformed):
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


@pytest.mark.parametrize("fragment", ["[],", '{"a":1},', '"a",'])
def test_a_long_hostile_line_uses_little_memory(fragment):
    line = '{"text": "a", "x": [' + fragment * (1_100_000 // len(fragment)) + "1]}"
    tracemalloc.start()
    assert [member.key for member in parse_members(line)] == ["text", "x"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_objects_with_too_many_fields_are_rejected():
    with pytest.raises(NotAnObjectError, match="more than 10000 fields"):
        parse_members("{" + '"a":1,' * MAX_MEMBERS + '"text":"a"}')
    assert len(parse_members("{" + '"a":1,' * (MAX_MEMBERS - 1) + '"text":"a"}')) == MAX_MEMBERS


@given(lines())
@settings(deadline=None)
def test_members_equal_those_of_json_loads(made):
    line = made[0]
    found = {member.key: line[member.value_start : member.end] for member in parse_members(line)}
    assert same({key: json.loads(value) for key, value in found.items()}, loaded(line))


@given(TEXTS, STYLES)
@settings(deadline=None)
def test_every_style_writes_valid_json_and_is_found_by_its_name(text, style):
    literal = style.write(text)
    literal.encode()  # it can be encoded in UTF-8
    assert json.loads(literal) == joined(text)
    assert style_named(style.name) == style


@given(lines(), VALUES)
@settings(deadline=None)
def test_an_appended_member_replaces_those_with_its_key(made, value):
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
    """The value of a line as parsed by ``json``, which rejects a byte order mark."""
    return json.loads(line.removeprefix("\ufeff"))


def joined(text):
    """The text as JSON parses it: surrogate pairs are combined."""
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
def test_literals_of_common_writers_are_stored_as_a_style(literal, mark):
    assert stored_literal(literal, json.loads(literal), style_of(literal)) == mark


def test_unusual_literals_are_stored_in_full():
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
def test_an_edited_log_is_an_error(wrong, why):
    with pytest.raises(ValueError, match=why):
        literal_from(wrong, "A harbour")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [MAX_DEPTH, 990, 100_000])
def test_deep_nesting_is_rejected_at_any_call_depth(opening, depth):
    with pytest.raises(NotAnObjectError, match="nested deeper than 200 levels"):
        parse_members('{"text": "a", "deep": ' + opening * depth + "1" + "]" * depth + "}")


def test_brackets_in_strings_and_in_sequence_are_not_nesting():
    line = json.dumps({"text": '[{"' * 1000, "x": [[]] * 1000, "y": [{}] * 1000})
    assert [member.key for member in parse_members(line)] == ["text", "x", "y"]
    deep = '{"text": "a", "deep": ' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}"
    assert [member.key for member in parse_members(deep)] == ["text", "deep"]


def test_numbers_of_any_size_are_accepted():
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
def test_lines_that_are_not_objects_are_reported(line, why):
    with pytest.raises(NotAnObjectError, match=why):
        parse_members(line)
