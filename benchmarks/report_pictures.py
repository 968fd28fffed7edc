"""Take the screenshots of the report in docs/pictures/ with Chromium.

    python benchmarks/report_pictures.py CLEAN -o docs/pictures

Run it after the appearance of the report changed. Needs chromium and chromedriver, and `pip install selenium`.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clean_news.pipeline import rules_by_stage
from clean_news.review.report.report_file import write
from clean_news.review.traced_articles import traced_articles
from clean_news.settings import Settings

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "review" / "report"))
from headless_chromium import chromium, missing

WIDE = {"width": 1120, "height": 640, "deviceScaleFactor": 1, "mobile": False}
PHONE = {"width": 390, "height": 780, "deviceScaleFactor": 1, "mobile": True}
# In the first spun article, some edits further on: one accepted, one rejected everywhere.
REVIEW_KEYS = [*"jjjjjjjj", "a", "3", "r", "1"]
SPUN = "#/article/02-spun-foreign-ministry.txt"
# Selects words of the clean text, as with the mouse, and opens the dialog that changes them.
SELECT_WORDS = """
const walker = document.createTreeWalker(document.getElementById('text'), NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const at = node.data.indexOf('fishing rights');
  if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + 'fishing rights'.length);
}
document.getElementById('hand-open').click();
document.getElementById('hand-after').value = 'fishing grounds';
document.getElementById('hand-after').dispatchEvent(new Event('input'));
"""
# Two people decide about the same change, with their reasons.
NAMED = """
document.getElementById('reviewer').value = '{}';
document.getElementById('reviewer').dispatchEvent(new Event('change'));
document.getElementById('note').value = '{}';
document.getElementById('{}').click();
"""
DISAGREEMENT = (
    NAMED.format("Ada", "a quotation: what she said, not what the spinner made of it", "reject"),
    "document.getElementById('previous').click()",
    NAMED.format("Bob", "the agency has “foreign ministry” throughout", "accept"),
    "document.getElementById('tab-people').click()",
)
PLACES = "document.querySelector('#groups [aria-expanded]').click()"


class Picture(NamedTuple):
    """How a picture is taken: the screen, the scheme, the place in the report, keys and scripts."""

    screen: dict[str, object]
    scheme: str
    place: str
    keys: list[str]
    scripts: tuple[str, ...] = ()


PICTURES = {
    "report-inbox": Picture(WIDE, "light", "#/inbox", [], (PLACES,)),
    "report-light": Picture(WIDE, "light", "#/articles", REVIEW_KEYS),
    "report-dark": Picture(WIDE, "dark", "#/articles", REVIEW_KEYS),
    "report-phone": Picture(PHONE, "light", "#/articles", REVIEW_KEYS),
    "report-table": Picture(WIDE, "light", "#/changes", []),
    "report-beside": Picture(WIDE, "light", f"{SPUN}?as=beside", ["j", "j"]),
    "report-people": Picture(WIDE, "light", SPUN, ["j", "j"], DISAGREEMENT),
    "report-words": Picture(WIDE, "light", SPUN, [], (SELECT_WORDS,)),
}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clean", type=Path, metavar="CLEAN")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    given = parser.parse_args()
    if missing():
        sys.exit(missing())
    given.output.mkdir(parents=True, exist_ok=True)
    summaries = {rule.code: rule.summary for rules in rules_by_stage(Settings()).values() for rule in rules}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.html")
        with report.open("wb") as file:
            articles = ((each.trace, each.log) for each in traced_articles(given.clean, (), print))
            write(articles, file, given.clean.resolve().name, summaries)
        with chromium(Path(folder, "profile")) as browser:
            for name, picture in PICTURES.items():
                open_report(browser, report, picture)
                browser.save_screenshot(str(given.output / f"{name}.png"))


def open_report(browser: "Chrome", report: Path, picture: Picture) -> None:
    """Open the report as on a first visit, press the keys and run the script."""
    from selenium.webdriver import ActionChains  # optional

    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", picture.screen)
    media = [{"name": "prefers-color-scheme", "value": picture.scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    browser.get(report.as_uri())
    browser.execute_script("localStorage.clear()")
    browser.get("about:blank")
    browser.get(report.as_uri() + picture.place)
    for key in picture.keys:  # to whatever has the focus, which may be drawn again meanwhile
        ActionChains(browser).send_keys(key).perform()
    for script in picture.scripts:
        browser.execute_script(script)
    still = "document.getElementById('message').textContent = ''; setTimeout(arguments[0], 300)"
    browser.execute_async_script(still)


if __name__ == "__main__":
    main()
