"""Whatever is planted, no command writes outside CLEAN, runs it, fails with a traceback or loses another article.

``hostile_cases`` has the cases. ``CLEAN_NEWS_FULL=1`` runs each command of each case as a process of its own; otherwise
some cases of each kind are run in this process.
"""

import gc
import json
import os
import re
from collections import Counter

import pytest
from hostile_cases import CASES, COMMANDS, WITH_WORDS
from hostile_logs import RAW
from hostile_site import LOG, OTHERS, SECRET, VICTIM, Done, copied, review_process, run_here, run_process, whole_site
from hostile_user_files import ENTRY

from clean_news.change_log import read, revert

pytest.importorskip("textual", reason="the review needs textual: pip install 'clean-news[review]'")
pytest.importorskip("datatrove", reason="the shards are those of datatrove: pip install 'clean-news[cluster]'")

FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
EACH = 1 if FULL else 29  # every so many cases
FRESH = 20  # one in so many cases gets new interpreters
MOST_SECONDS = 10  # of CPU time, for one command
MOST_LENGTH = 4_000  # of a line of a message
CLEANING = ("run", "cluster")
# An edit at the cursor, or "no edit to review".
UNDECIDED = re.compile(r"(\d+) edits? undecided")
TRUSTED = ("a planted stage", "run --config")  # whoever names a settings file trusts it
FAILED = ("Traceback", "clean-news itself failed")


def test_the_matrix_is_as_large_as_it_claims():
    assert len({(case.kind, case.name) for case in CASES}) == len(CASES)
    by_kind = Counter(case.kind for case in CASES)
    assert len(by_kind) == 6
    assert min(by_kind.values()) >= 20
    assert len(CASES) >= 130


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A site in which nothing is planted; what the commands import is imported."""
    site = whole_site(tmp_path_factory.mktemp("whole") / "site")
    for name, words in COMMANDS.items():
        assert run_here(copied(site, tmp_path_factory.mktemp(name) / "site"), *words).code == 0
    if FULL:  # load the shipped dictionary once
        spun = copied(site, tmp_path_factory.mktemp("spun") / "site")
        (spun.work / "clean-news.toml").write_text(WITH_WORDS, encoding="utf-8")
        (spun.work / "words.tsv").write_text(ENTRY, encoding="utf-8")
        assert run_here(spun, *COMMANDS["run"]).code == 0
    gc.collect()
    gc.freeze()  # or every process would copy all objects when it collects garbage
    yield site
    gc.unfreeze()


@pytest.mark.parametrize("case", CASES[::EACH], ids=lambda case: f"{case.kind}: {case.name}")
def test_nothing_planted_does_harm(whole, tmp_path, case):
    for number, (name, words) in enumerate(case.commands.items()):
        site = copied(whole, tmp_path / f"{number}/site")
        case.plant(site)
        if cleans(name):
            for path in (site.clean / OTHERS[1], site.clean / f"{OTHERS[1]}{LOG}"):
                path.unlink()
        before = site.snapshot()
        if not FULL:
            done = run_here(site, *words)
        elif name == "review":
            done = review_process(site)
        else:
            done = run_process(site, *words, fresh=CASES.index(case) % FRESH == 0)
        print(f"{done.seconds:.2f} s, exit code {done.code}: {case.kind}: {case.name}: {name}")  # noqa: T201
        try:
            check(case, name, site, done, before, whole)
        except AssertionError as error:
            pytest.fail(f"{name}: {error}\n{done.errors[-2_000:] or done.out[-2_000:]}")


def cleans(name):
    """Whether a command writes clean files."""
    return name.startswith(CLEANING) and name != "run --check"


def check(case, name, site, done, before, whole):
    canary = site.top / "canary"
    if (case.name, name) == TRUSTED:
        assert canary.exists(), "the canary does not sing"
        canary.unlink()
    assert not canary.exists(), "what was planted ran"
    assert site.snapshot() == before, "something was written outside CLEAN"
    assert done.code in {0, 1, 2}
    assert done.seconds < MOST_SECONDS
    printed = done.out + done.errors
    assert not [text for text in FAILED if text in printed]
    assert SECRET.split(":")[1] not in printed
    if name != "review":
        assert not {*"\x1b\x07"} & {*printed}, "a control character is not shown as an escape"
        assert max(map(len, done.errors.splitlines()), default=0) < MOST_LENGTH
    if case.kind == "log" and done.code == 2:
        assert VICTIM in printed, "the article is not named"
    refused = (case.for_all or name == "cluster") and done.code == 2 and not delivered(case, name, site, done, whole)
    if refused:
        assert printed.strip(), "no reason"
    else:
        assert delivered(case, name, site, done, whole), "another article is lost"
    for other in OTHERS[: 1 if cleans(name) else 2]:
        assert restored(site, other), f"{other} was damaged"
        if refused:
            assert (site.clean / other).read_bytes() == (whole.clean / other).read_bytes()


def restored(site, name):
    """Whether a clean file and its log restore the raw file."""
    try:
        log = read((site.clean / f"{name}{LOG}").read_bytes(), name)
        return revert((site.clean / name).read_bytes().decode(), log) == RAW
    except FileNotFoundError:
        return False


def delivered(case, name, site, done, whole):
    """Whether a command did for the other articles what it is for."""
    if cleans(name):
        same = case.kind in {"settings", "dictionary", "decisions"} or all(
            (site.clean / other).read_bytes() == (whole.clean / other).read_bytes()
            for other in OTHERS
            if restored(site, other)
        )
        return same and all(restored(site, other) for other in OTHERS)
    match name:
        case "revert":
            back = [site.work / "back" / other for other in OTHERS]
            return all(path.is_file() and path.read_bytes() == RAW for path in back)
        case "diff":
            return {*OTHERS} <= {json.loads(line)["id"] for line in done.out.splitlines()}
        case "report":
            page = site.work / "report.html"
            return page.is_file() and all(other in page.read_text(encoding="utf-8") for other in OTHERS)
        case "review":
            found = UNDECIDED.search(done.out + done.errors)
            return found is not None and int(found.group(1)) >= edits(whole)
        case "verify":
            return "article" in done.errors and not any(other in done.out for other in OTHERS)
        case "run --check" | "decisions check":
            return not any(other in done.errors for other in OTHERS)
    raise AssertionError(name)


def edits(whole):
    """The number of edits of one article, of which the review decides less than its number."""
    log = read((whole.clean / f"{OTHERS[0]}{LOG}").read_bytes(), "")
    return sum(len(stage.edits) for stage in log.stages)


def test_the_checks_see_what_is_wrong(whole, tmp_path):
    case = CASES[0]
    for number, (what, damage) in enumerate(DAMAGES.items()):
        site = copied(whole, tmp_path / f"{number}/site")
        before = site.snapshot()
        done = damage(site) or Done(0, "", "", 0.0)
        with pytest.raises(AssertionError, match=what):
            check(case, "run", site, done, before, whole)
    site = copied(whole, tmp_path / "good/site")
    check(case, "run", site, Done(0, "", "", 0.0), site.snapshot(), whole)


DAMAGES = {
    "what was planted ran": lambda site: (site.top / "canary").touch(),
    "written outside CLEAN": lambda site: (site.top / "home" / ".profile").write_text("evil") and None,
    "outside": lambda site: (site.raw / OTHERS[0]).write_text("evil") and None,
    "130": lambda _: Done(130, "", "", 0.0),
    "Traceback": lambda _: Done(2, "", "Traceback (most recent call last):", 0.0),
    "99": lambda _: Done(0, "", "", 99.0),
    "control": lambda _: Done(0, "\x1b", "", 0.0),
    "lost": lambda site: (site.clean / OTHERS[1]).unlink(),
}
