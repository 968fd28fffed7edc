// The list of articles that have something to show.

const ROW = 56; // px: two lines, and wide enough for a thumb
const list = virtualList(part("list"), () => ROW, articleRow);

function articleRow(row) {
  const article = found.articles[row],
    kind = corpus.kinds[corpus.articles.kind[article]];
  const open = article === shown.article;
  return make(
    "div",
    { class: "article-row", role: "listitem", "aria-setsize": found.articles.length, "aria-posinset": row + 1 },
    make(
      "button",
      { type: "button", "data-key": article, "aria-current": open ? "true" : null, click: () => openFromList(article) },
      make(
        "span",
        { class: "name", title: inWords(corpus.articles.name[article]) },
        inWords(corpus.articles.name[article]),
      ),
      make(
        "span",
        { class: "about" },
        counted(found.inArticle[article], "change"),
        kind === "other" ? null : make("span", { class: "kind" }, kind),
      ),
    ),
  );
}

function openFromList(article) {
  showArticle(article);
  part("article-title").focus({ preventScroll: true });
}

function startArticleList() {
  watch(["filter"], () => {
    part("found").textContent = `${counted(found.articles.length, "article")}, ${counted(found.total, "change")}`;
    list.fill(found.articles.length);
  });
  watch(["edit"], () => {
    const row = found.articles.indexOf(shown.article);
    if (row >= 0) list.reveal(row);
    else list.fill(found.articles.length);
  });
  watch(["view"], () => list.fill(found.articles.length));
}
