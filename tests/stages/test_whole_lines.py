"""What is still garbled is decoded by ftfy, where no character is lost."""

import pytest

from clean_news.stages.encoding.whole_lines import decoded_as_a_whole


def test_a_garbled_line_is_decoded() -> None:
    assert decoded_as_a_whole("The cafÃ© in ZÃ¼rich was full.") == "The café in Zürich was full."


@pytest.mark.parametrize(
    "line",
    [
        "MAÇÃ is a name in a headline.",
        "The café in Zürich was full.",
        "A tilde ends her name: Antã, they said.",
        "He wrote “ﬁne” and 5 ㎞, and it stays.",
        "Só Ã\ufffd was left of it.",
    ],
)
def test_other_lines_stay(line: str) -> None:
    assert decoded_as_a_whole(line) == line


def test_nothing_else_that_ftfy_can_do_is_done() -> None:
    assert decoded_as_a_whole("“The cafÃ©”, he said: ﬁne &amp; dear.") == "“The café”, he said: ﬁne &amp; dear."
