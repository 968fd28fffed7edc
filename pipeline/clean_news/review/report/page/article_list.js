// The list of articles that match the filter.

const ROW_HEIGHT = 56; // px: two lines of text, large enough for touch
const list = virtualList(byId("list"), () => ROW_HEIGHT, articleRow);

function articleRow(row) {
  const article = results.articles[row],
    kind = corpus.kinds[corpus.articles.kind[article]];
  const open = article === shown.article;
  return make(
    "div",
    { class: "article-row", role: "listitem", "aria-setsize": results.articles.length, "aria-posinset": row + 1 },
    make(
      "button",
      { type: "button", "data-key": article, "aria-current": open ? "true" : null, click: () => openFromList(article) },
      make(
        "span",
        { class: "name", title: visibleText(corpus.articles.name[article]) },
        visibleText(corpus.articles.name[article]),
      ),
      make(
        "span",
        { class: "about" },
        counted(results.inArticle[article], "change"),
        kind === "other" ? null : make("span", { class: "kind" }, kind),
      ),
    ),
  );
}

function openFromList(article) {
  showArticle(article);
  byId("article-title").focus({ preventScroll: true });
}

function startArticleList() {
  watch(["filter"], () => {
    byId("found").textContent = `${counted(results.articles.length, "article")}, ${counted(results.total, "change")}`;
    list.fill(results.articles.length);
  });
  watch(["edit"], () => {
    const row = results.articles.indexOf(shown.article);
    if (row >= 0) list.reveal(row);
    else list.fill(results.articles.length);
  });
  watch(["view"], () => list.fill(results.articles.length));
}
