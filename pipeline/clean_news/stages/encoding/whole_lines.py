"""Decode, with ftfy, lines that are still garbled after each sequence was looked at on its own.

ftfy judges a line as a whole, and knows kinds of damage that sequences do not show. Its answer is only taken where no
character is lost.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# What UTF-8 in a single-byte codec leaves; hardly any text has it.
GARBLED = re.compile(r"(?<![A-ZÀ-Þ])[ÃÂâãÐÑ][^\x00-\x7f’”]")
LOST = "\ufffd"


@cache
def _mojibake_only() -> "TextFixerConfig":
    """The settings of ftfy with which it only decodes; what it guesses for lost bytes is off."""
    from ftfy import TextFixerConfig  # imported where needed: the CLI must start fast

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        replace_lossy_sequences=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
    )


def decoded_as_a_whole(line: str) -> str:
    """Return what ftfy makes of a garbled line; the line itself if it is not garbled, or would lose characters.

    Args:
        line: one line, whose sequences were decoded.
    """
    if not GARBLED.search(line):
        return line
    from ftfy import fix_and_explain

    fixed = fix_and_explain(line, _mojibake_only()).text
    loses = fixed.count(LOST) > line.count(LOST) or GARBLED.search(fixed)
    return line if loses else fixed
