"""The properties that must hold for every input; shared by the tests and the fuzz target."""

from functools import cache
from random import Random

from clean_news import Cleaner, revert
from clean_news.change_log import read, write
from clean_news.charsets.decoding import NotText
from clean_news.settings import STAGES, Settings, select_stages

SETTINGS = (
    Settings(),
    Settings(document="spun", quotes="repair", level="bold", min_words=0),
    Settings(document="spun", quotes="keep", level="safe"),
    Settings(document="spun", min_words=0, suggest_from=0.0),
    Settings(document="genuine", min_words=0, apply_from_rules=(("OCR", 0.0),)),
    Settings(level="bold", min_words=0, charset="windows-1250"),
    Settings(document="spun", level="bold", min_words=0, rules_off=("SPIN001", "LAY"), suggest_rules=("ENC",)),
    Settings(document="spun", min_words=0, protect=("harbour board", "the", "Lisbon")),
    *(select_stages(Settings(document="spun", min_words=0, level="bold"), [stage], []) for stage in STAGES),
    *(select_stages(Settings(document="spun", min_words=0, level="bold"), [], [stage]) for stage in STAGES),
    Settings(stages=tuple(reversed(STAGES)), document="spun", min_words=0, level="bold"),
)


@cache
def cleaner(settings: Settings) -> Cleaner:
    """The cleaner for some settings; it has cleaned a text, so that what it needs is loaded."""
    made = Cleaner(settings)
    made.clean("The overseas ministry mentioned it.")
    return made


def settings_of(seed: int) -> Settings:
    """The settings for an input: in every second case the level is bold, so that every stage makes edits."""
    random = Random(~seed)
    return SETTINGS[1] if random.random() < 0.4 else random.choice(SETTINGS)


def check_comes_back(article: bytes | str, settings: Settings) -> bool:
    """Clean an input and revert it; raise AssertionError for a property that does not hold.

    Returns:
        Whether it was text; binary data may be refused.
    """
    try:
        cleaned = cleaner(settings).clean(article, "a/b.txt", "raw/a/b.txt")
    except NotText:
        assert isinstance(article, bytes), "a text is no binary data"
        return False
    raw = article if isinstance(article, bytes) else article.encode("utf-8", "surrogatepass")
    failed = {stage.name: stage.failed for stage in cleaned.log.stages if stage.failed}
    assert not failed, failed
    line = write(cleaned.log)
    assert line.count(b"\n") == 1
    log = read(line, "log")
    assert write(log) == line, "the log reads otherwise than it was written"
    stored = cleaned.text.encode("utf-8")  # raises for a lone surrogate
    assert revert(stored.decode("utf-8"), log) == raw, "it does not come back"
    return True
