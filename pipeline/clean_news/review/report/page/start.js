// Page initialisation; runs after all other scripts.

const VIEWS = ["articles", "pairs", "charts"];

function drawView() {
  for (const view of VIEWS) {
    byId(`view-${view}`).hidden = shown.view !== view;
    byId(`tab-${view}`).setAttribute("aria-pressed", shown.view === view);
  }
  document.body.dataset.view = shown.view;
}

function start() {
  document.title = `${visibleText(corpus.name)}: clean-news report`;
  byId("title").textContent = visibleText(corpus.name);
  byId("totals").textContent =
    `${counted(corpus.articles.total, "article")}, ${counted(corpus.total, "change")}, clean-news ${corpus.version}`;
  for (const view of VIEWS) byId(`tab-${view}`).addEventListener("click", () => showView(view));
  watch(["view"], drawView);
  startFacets();
  startArticleList();
  startArticleView();
  startPanel();
  startTable();
  startCharts();
  startKeyboard();
  startDecisionActions();
  startStorage();
  watch(["decisions"], applyFilter);
  drawView();
  applyFilter();
  byId("opening").remove();
  document.body.dataset.ready = "";
}

start();
