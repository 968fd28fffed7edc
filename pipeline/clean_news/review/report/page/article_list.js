// The list of articles that match the filter, in a chosen order.

const ORDERS = {
  doubt: "most in doubt",
  damage: "most changed",
  name: "name",
  source: "source",
  changes: "number of changes",
};
const listing = { order: "doubt" };
const list = growingList(byId("list"), articleRow);
let listed = []; // the articles in order

/**
 * Returns how much each article is in doubt: of each undecided edit that is not certain, how near its confidence is to
 * the one from which edits are applied, from 0 to 1, summed up.
 */
function doubts() {
  const { confidence, article } = corpus.edits,
    found = new Float64Array(corpus.articles.total);
  const { scale, apply_from: middle } = corpus,
    widest = Math.max(middle, scale - middle, 1),
    certain = CERTAIN * scale;
  for (let edit = 0; edit < corpus.total; edit++) {
    const sure = confidence[edit];
    if (results.edits[edit] && !decisionCodes[edit] && sure < certain)
      found[article[edit]] += 1 - Math.abs(sure - middle) / widest;
  }
  return found;
}

/** Returns the share of an article's text that was changed or removed, from 0 to 1. */
function damageOf(article) {
  const { changed, chars, removed } = corpus.articles;
  return Math.min(1, changed[article] / Math.max(1, chars[article] + removed[article]));
}

/** Returns articles in the chosen order; equal ones stay in the order of the report. */
function inChosenOrder(articles) {
  const { name, source } = corpus.articles;
  if (listing.order === "name") return sortedBy(articles, (each) => name[each].toLowerCase());
  if (listing.order === "source") return sortedBy(articles, (each) => corpus.sources[source[each]].toLowerCase());
  if (listing.order === "changes") return sortedBy(articles, (each) => -results.inArticle[each]);
  if (listing.order === "damage") return sortedBy(articles, (each) => -damageOf(each));
  const doubt = doubts();
  return sortedBy(articles, (each) => -doubt[each]);
}

function sortedBy(articles, keyOfArticle) {
  return articles
    .map((each) => [keyOfArticle(each), each])
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([, each]) => each);
}

function articleRow(row) {
  const article = listed[row],
    kind = corpus.kinds[corpus.articles.kind[article]];
  return make(
    "div",
    { class: "article-row", role: "listitem", "aria-setsize": listed.length, "aria-posinset": row + 1 },
    make(
      "button",
      {
        type: "button",
        "data-key": article,
        "aria-current": article === shown.article ? "true" : null,
        click: () => openFromList(article),
      },
      make("span", { class: "name" }, visibleText(corpus.articles.name[article])),
      make(
        "span",
        { class: "about" },
        make("span", {}, changesIn(article, results.inArticle[article])),
        kind === "other" ? null : make("span", { class: "kind" }, kind),
        listing.order === "damage" ? make("span", {}, `${percent(damageOf(article))} of its text`) : null,
        listing.order === "source" ? make("span", {}, sourceName(corpus.articles.source[article])) : null,
      ),
    ),
  );
}

async function openFromList(article) {
  await showArticle(article);
  if (shown.article === article && shown.edit === null) byId("article-title").focus({ preventScroll: true });
}

/** Mark the open article in the list, and scroll to it. */
function markOpenArticle() {
  for (const each of byId("list").querySelectorAll("[aria-current]")) each.removeAttribute("aria-current");
  const row = listed.indexOf(shown.article);
  if (row < 0) return;
  list.reveal(row);
  list.rowElement(row)?.firstChild.setAttribute("aria-current", "true");
}

function drawArticleList() {
  if (shown.view !== "articles") return;
  const before = listed;
  listed = inChosenOrder(results.articles);
  list.fill(listed.length, before.length === listed.length && before.every((each, row) => each === listed[row]));
  markOpenArticle();
}

/** After a decision the order stays, so that the place in the list does: only what is not listed any more goes. */
function keepOrder() {
  if (shown.view !== "articles" || !listed.length) return;
  const left = new Set(results.articles);
  const kept = listed.filter((each) => left.delete(each));
  listed = [...kept, ...left];
  list.fill(listed.length, true);
}

function startArticleList() {
  refill(
    byId("order"),
    Object.entries(ORDERS).map(([value, title]) => make("option", { value }, title)),
  );
  byId("order").addEventListener("change", (event) => {
    listing.order = event.target.value;
    drawArticleList();
    notify("order");
  });
  watch(["filter"], () => (deciding ? keepOrder() : drawArticleList()));
  watch(["view", "order"], drawArticleList);
  watch(["edit"], markOpenArticle);
}
