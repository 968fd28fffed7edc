"""Says what is wrong with a file of JSON without quoting it, since a path or a link may lead to any file."""

import re

SAFE = re.compile(
    r"\A(?:Expected `[\w| ]+`(?: of length [<>=]+ \d+)?(?:, got `[\w| ]+`)?|Input data was truncated"
    r"|JSON is malformed: [\w ,':\\-]+ \(byte \d+\)|Object missing required field `\w+`)(?: - at `\$[\w.\[\]]*`)?"
)
PLACE = re.compile(r" - at `(\$[\w.\[\]]*)`\Z")
SCHEMA_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-/")


def fault_of(error: Exception) -> str:
    """Return the message of an error of msgspec; of one that quotes a value, only the value's place.

    >>> fault_of(ValueError("Invalid enum value 'root:x:0:0' - at `$.action`"))
    'a value that is not allowed at $.action'
    >>> fault_of(ValueError("Expected `str`, got `int` - at `$.scope`"))
    'Expected `str`, got `int` - at `$.scope`'
    """
    message = str(error)
    if SAFE.fullmatch(message):
        return message
    place = PLACE.search(message)
    return f"a value that is not allowed at {place[1]}" if place else "a value that is not allowed"


def schema_shown(schema: str, limit: int = 60) -> str:
    """Return a schema as it is shown: one that has not the form of a schema's name is not quoted.

    >>> schema_shown("clean-news/changes/2"), schema_shown("root:x:0:0")
    ("'clean-news/changes/2'", 'another kind')
    """
    is_name = len(schema) <= limit and "/" in schema[1:-1] and SCHEMA_LETTERS.issuperset(schema)
    return repr(schema) if is_name else "another kind"
