// Putting the page together, once everything is there.

const VIEWS = ["articles", "pairs", "charts"];

function drawView() {
  for (const view of VIEWS) {
    part(`view-${view}`).hidden = shown.view !== view;
    part(`tab-${view}`).setAttribute("aria-pressed", shown.view === view);
  }
  document.body.dataset.view = shown.view;
}

function start() {
  document.title = `${inWords(corpus.name)}: clean-news report`;
  part("title").textContent = inWords(corpus.name);
  part("totals").textContent =
    `${counted(corpus.articles.total, "article")}, ${counted(corpus.total, "change")}, clean-news ${corpus.version}`;
  for (const view of VIEWS) part(`tab-${view}`).addEventListener("click", () => showView(view));
  watch(["view"], drawView);
  startFacets();
  startArticleList();
  startArticleView();
  startPanel();
  startTable();
  startCharts();
  startKeyboard();
  startDeciding();
  startKeeping();
  watch(["decisions"], refilter);
  drawView();
  refilter();
  part("opening").remove();
  document.body.dataset.ready = "";
}

start();
