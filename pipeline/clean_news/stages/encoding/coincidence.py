"""Tell mojibake from genuine text that happens to be a UTF-8 sequence: ``NICIODATĂ™``, ``2√π``, ``├── files``."""

from clean_news.stages.encoding.codec_patterns import ANSI, CodecPatterns
from clean_news.stages.encoding.plausibility import family, is_latin, script

OTHER_SCRIPTS = frozenset({"cp1251", "cp1253", "koi8-r"})
CLOSING = "’”…–—"  # after a capital letter these may be genuine: “MAÇÔ
AFTER_WORDS = CLOSING + "™®©°£€§»¿¡´¨·¹²³\xa0"  # further signs that follow a word, as in NESTLÉ®
MOJIBAKE_LEADS = "ÃÂÎÏ"  # capital letters that hardly end a word, unlike the others
BOX_LEADS = "─┼├┬"
SINGLE_LINES = "─│┌┐└┘├┤┬┴┼"
MATHS = "√≈ƒ" + BOX_LEADS  # symbols that also occur on their own
MATHS_LETTERS = "πµ"  # after √
UNMISTAKABLE = "£§©®°·¼½¾"  # these do not follow a capital letter in Cyrillic text
# Signs that do not follow a letter, and capital letters that do not follow a lower-case one.
UNDEFINED_IN_CP1252 = "\x81\x8d\x8f\x90\x9d"
NEVER_AFTER_LETTERS = frozenset(map(chr, range(0x80, 0xA0))) | frozenset("¤¦¨¬¯¸ƒˆ˜†‡‰‹›‚„¢£¥¡¿±µ¹²³¼½¾ªº€§¶©«ŠŽŒŸ")


def is_certain(garbled: str, before: str, after: str) -> bool:
    """Whether a sequence of an ANSI codec is not genuine text: a letter, and a sign that does not follow a letter.

    >>> is_certain("ê°€", "", ""), is_certain("ë…”", "t", "")
    (True, False)
    """
    lead, more = garbled[0], garbled[1:]
    if len(garbled) > 2:
        alone = lead == "â" and (not before or before in " )")  # no word ends in it
        return lead.isalpha() and (alone or not NEVER_AFTER_LETTERS.isdisjoint(more))
    if more in UNDEFINED_IN_CP1252:
        return True
    if lead == "Â":
        return more in "´¨¸¯¬¦¤ª"
    return lead in "ÃÎÏÌÍ" and (more in NEVER_AFTER_LETTERS or more in "´»") and not (more in "£€" and after.isdigit())


def may_be_genuine(two_before: str, garbled: str, after: str, decoded: str, patterns: CodecPatterns) -> bool:
    """Whether a sequence that can be decoded is as likely to be genuine text.

    Args:
        two_before: up to two characters before it.
        garbled: the sequence.
        after: the character after it; empty at the end of the line.
        decoded: what it is decoded to.
        patterns: those of its codec.
    """
    before, further = two_before[-1:], two_before[:-1]
    if decoded == "à" and garbled[-1] == "\xa0" and (before + after == "--" or (after == " " and not before.isalnum())):
        return False  # vis-à-vis; the word à, and a space after it
    if patterns.codec in OTHER_SCRIPTS:
        # A Cyrillic or Greek letter and a symbol form a sequence by coincidence, but not in a word of Latin letters.
        adjacent = script(before) in ("CYRILLIC", "GREEK") or script(after) in ("CYRILLIC", "GREEK")
        joined = any(side.isascii() and side.isalnum() for side in (before, after))
        single = len(garbled) > 2 and len(decoded) == 1 and not family(decoded)
        control = any("\x80" <= one <= "\x9f" for one in garbled)
        signs = len(garbled) > 5 and not NEVER_AFTER_LETTERS.isdisjoint(garbled)
        return adjacent or not (joined or decoded in UNMISTAKABLE or len(decoded) > 2 or single or control or signs)
    if len(decoded) == 1 and len(garbled) > 2:
        # Brontë…” is no Korean syllable, and zvlášť has no Latin letter of three bytes.
        coincident = bool(family(decoded)) and not is_certain(garbled, before, after)
        return patterns.codec in ANSI and (coincident or (garbled.isalpha() and garbled.islower()))
    if len(decoded) > 1 or len(garbled) > 2:
        return False
    if decoded.islower() and before.isupper() and further.isupper():
        return True  # a lower-case letter after two capitals
    in_word = after.isalpha() and not (garbled[-1] == "’" and after in "sS")
    if decoded.isalpha() and not in_word:
        if garbled[-1] in CLOSING:
            return True
        if garbled[0].isupper() and garbled[0] not in MOJIBAKE_LEADS and garbled[-1] in AFTER_WORDS:
            return not before.islower()
    if garbled[0] in MATHS and decoded.islower() and decoded != "à":
        return _may_be_a_symbol(before, further, garbled, after)
    return False


def _may_be_a_symbol(before: str, further: str, garbled: str, after: str) -> bool:
    """Whether a root, a line and the like stand for themselves before what follows."""
    if is_latin(before):
        is_root = garbled[0] == "√" and (garbled[1].isalpha() or garbled[1] in MATHS_LETTERS)
        return is_root and not is_latin(after) and not is_latin(further)
    if garbled[0] in BOX_LEADS:
        return garbled[1] in SINGLE_LINES or not is_latin(after)  # ├╝ mixes single and double lines
    return not is_latin(after) or garbled[1] in MATHS_LETTERS
