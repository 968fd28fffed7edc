// Page initialisation; runs after all other scripts.

const VIEWS = ["inbox", "articles", "pairs", "sources", "charts", "people", "found"];

function drawView() {
  for (const view of VIEWS) {
    byId(`view-${view}`).hidden = shown.view !== view;
    if (shown.view === view) byId(`tab-${view}`).setAttribute("aria-current", "page");
    else byId(`tab-${view}`).removeAttribute("aria-current");
  }
  document.body.dataset.view = shown.view;
}

function drawTotals() {
  byId("totals").textContent =
    `${counted(corpus.articles.total - corpus.articles.gone.size, "article")}, ${counted(corpus.total, "change")}, clean-news ${corpus.version}`;
}

/** Go past the header and the filter: to the first thing that can be focused in the view. */
function skipToContent() {
  const view = byId(`view-${shown.view}`);
  const wanted =
    shown.view === "articles" && shown.article !== null ? (spanOf(shown.edit) ?? byId("article-title")) : null;
  (wanted ?? view.querySelector("h2[tabindex], .list, [tabindex]") ?? view).focus();
}

function start() {
  byId("title").textContent = visibleText(corpus.name);
  drawTotals();
  for (const view of VIEWS) byId(`tab-${view}`).addEventListener("click", () => showView(view));
  byId("skip").addEventListener("click", skipToContent);
  watch(["view"], drawView);
  watch(["columns"], drawTotals);
  startFacets();
  startInbox();
  startArticleList();
  startArticleView();
  startReading();
  startPanel();
  startTable();
  startSources();
  startCharts();
  startTextSearch();
  startKeyboard();
  startDecisionActions();
  startHandWords();
  startDisagreements();
  watch(["decisions"], applyFilter);
  startStorage();
  startLive();
  startAddress();
  drawView();
  followAddress();
  byId("opening").remove();
  document.body.dataset.ready = "";
}

start();
