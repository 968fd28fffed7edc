"""Article text cannot execute, load or disguise anything, tested in a browser."""

import json

import pytest

HOSTILE = (
    "<script>window.__hacked = 1</script>",
    "</script><script>window.__hacked = 1</script>",
    "<!--<script>window.__hacked = 1",
    '"><img src=x onerror="window.__hacked = 1; alert(1)">',
    "<svg/onload=alert(1)>",
    "<a href='javascript:window.__hacked=1'>here</a>",
    "javascript:alert(1)//",
    "<iframe srcdoc='<script>parent.__hacked = 1</script>'></iframe>",
    "<style>@import url(http://news.invalid/a.css)</style>",
    "<link rel=stylesheet href=http://news.invalid/a.css><img src=http://news.invalid/a.png>",
    "<base href=http://news.invalid/><meta http-equiv=refresh content=0;url=http://news.invalid/>",
    "{{constructor.constructor('window.__hacked = 1')()}} ${window.__hacked = 1}",
    "]]>&lt;script&gt; \\u003cscript> __proto__",
)
ALL = " ".join(HOSTILE)


@pytest.fixture
def hostile(article, opened):
    """A report with hostile content everywhere: texts, names, rules, stages, evidence, facts."""
    evidence = {
        "candidates": dict.fromkeys(HOSTILE, 0.1),
        "context": ALL,
        HOSTILE[0]: {HOSTILE[3]: [ALL]},
        "__proto__": 1,
    }
    raw = f"A yr ago. {ALL} It left. It rose."
    change = {"before": "yr", "after": ALL, "rule": HOSTILE[3], **evidence}
    of_source = {"original": ALL, "around": [ALL, HOSTILE[3]], "by": ALL, "source": ALL}
    taken = {"before": "rose", "after": HOSTILE[3], "rule": HOSTILE[3], **of_source}
    suggestion = {"before": "It left", "after": HOSTILE[3], "state": "suggested", "rule": HOSTILE[0], **evidence}
    made = article(
        raw,
        [(HOSTILE[3], [change, suggestion]), ("source", [taken])],
        name=ALL,
        document={HOSTILE[3]: ALL, "__proto__": HOSTILE[0], "source": {"id": ALL, "origin": HOSTILE[3]}},
        metadata={HOSTILE[3]: ALL},
        note=ALL,
    )
    return opened([made], {HOSTILE[3]: ALL}, name=ALL)


def visit_everything(page):
    """Open every part of the page that shows something of an article."""
    page.press("j", "j", "a", "k", "e")
    page.click("#own-ok")
    page.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    point = "new PointerEvent('pointerover', {pointerType: 'mouse', bubbles: true})"
    page.run(f"document.querySelector('.change').dispatchEvent({point})")
    for tab in ("pairs", "charts", "sources", "articles", "inbox"):
        page.click(f"#tab-{tab}")
    page.run("document.querySelectorAll('.group [aria-expanded]').forEach((each) => each.click())")
    page.go("#/articles")
    page.press("j")
    for way in ("beside", "clean"):
        page.click(f"input[name=reading][value={way}]")
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    page.seek("script")
    page.go("#/found?q=script")
    page.wait("document.querySelectorAll('.hit').length > 0")


def test_nothing_is_executed_or_requested(hostile):
    visit_everything(hostile)
    assert hostile.run("return window.__hacked") is None
    assert [each for each in hostile.requests() if not each.startswith("file:") or "report.html" not in each] == []
    assert hostile.run("return document.querySelectorAll('script:not([type]), script[src]').length") == 1
    made = "img, iframe, object, embed, link, base, form, #view-articles style, [onerror], [onload], [src]"
    made += ", [href]:not(a), a:not([href^='#/'])"
    assert hostile.run("return document.querySelectorAll(arguments[0]).length", made) == 0
    assert [entry["message"] for entry in hostile.browser.get_log("browser")] == []


def test_hostile_text_is_shown_as_it_is(hostile):
    assert hostile.text("#title") == ALL
    hostile.press("j")
    assert hostile.text("#text").startswith(f"A yr{ALL} ago. {ALL} It left")
    assert hostile.text("#details ins") == ALL
    assert hostile.text("#article-title") == ALL


def test_the_policy_blocks_foreign_scripts_and_requests(article, opened):
    page = opened([article("The ferry left.")])
    refused = """
    const done = arguments[0], refused = [];
    document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'window.__hacked = 1';
    const picture = document.createElement('img');
    picture.src = 'http://news.invalid/a.png';
    const style = document.createElement('style');
    style.textContent = 'body { display: none }';
    const button = document.createElement('button');
    button.setAttribute('onclick', 'window.__hacked = 1');
    document.body.append(script, picture, style, button);
    button.click();
    fetch('http://news.invalid/').catch(() => setTimeout(() => done(refused.sort()), 100));
    """
    assert page.browser.execute_async_script(refused) == [
        "connect-src",
        "img-src",
        "script-src-attr",
        "script-src-elem",
        "style-src-elem",
    ]
    assert page.run("return window.__hacked") is None


def test_invisible_characters_are_named(article, opened):
    turned = "It \u202ewas\u202c a\u200b fer\u00adry\u2066.\ufeff\x07 \u00a0\U000e0041"
    page = opened([article(turned, [("spin", [{"before": "It", "after": "\u2067She"}])], name="a\u202etxt.exe")])
    page.press("j")
    shown = page.text("#text")
    assert not set("\u202e\u202c\u200b\u00ad\u2066\u2067\ufeff\x07\u00a0\U000e0041") & set(
        page.run("return document.body.innerText")
    )
    assert shown.startswith("ItU+2067She U+202EwasU+202C azwsp fershyryU+2066.bomU+0007")
    assert page.text("#article-title") == "a[U+202E]txt.exe"


@pytest.mark.full
def test_hostile_decisions_are_loaded_as_text_or_rejected(article, opened, tmp_path):
    page = opened([article("A yr ago.", [("spin", [{"before": "yr", "after": "year"}])])])
    edit = page.run("return JSON.parse(document.querySelector('[data-name=ids]').textContent)")[0]
    script = "<img src=x onerror=window.__hacked=1>"
    about = {"id": edit, "article": "", "rule": "", "before": "", "after": ""}
    line = json.dumps({"action": "replace", "scope": "once", **about, "text": script, "by": "<b>Eve</b>"})
    good = tmp_path / "good.jsonl"
    good.write_text(line, encoding="utf-8")
    page.one("#file").send_keys(str(good))
    page.press("j")
    assert script in page.text(".decided")
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"action":"accept"}\n', encoding="utf-8")
    page.one("#file").send_keys(str(bad))
    page.wait("document.getElementById('message').textContent.startsWith('Line 1')")
    assert page.text("#message") == "Line 1 is not a decision; correct or remove it. Nothing was loaded."
    assert page.text("#decision-count") == "1"
    assert page.run("return window.__hacked") is None
