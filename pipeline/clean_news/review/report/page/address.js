// The address: its fragment holds the view, the open article, the edit, the filter and the search, so that it can be
// kept, sent, and reloaded. Going to another place adds to the history of the browser; stepping through the changes of
// an article, and typing, do not.
//
//   #/inbox   #/articles   #/article/NAME?edit=ID   #/changes   #/sources   #/charts   #/found?q=WORDS
//   and for each of them: stage, rule, state, confidence, decision, kind (repeatable), name, q, pair, source, articles,
//   order, as (how the text is shown)

const PATHS = {
  inbox: "inbox",
  pairs: "changes",
  sources: "sources",
  charts: "charts",
  found: "found",
  people: "people",
};
const TEXT_CRITERIA = { article: "name", search: "q", changed: "articles" };
let following = false; // while the page follows the address, it does not change it
let lastPlace = null; // of the last address: what makes a new place

/** Returns the value of a facet in the address. */
function facetKey(facet, value) {
  if (facet === "confidence") return String(value / BINS);
  return facet === "decision" ? DECISION_VALUES[value] : facetValues(facet)[value];
}

/** Returns the fragment for what is shown. */
function addressNow() {
  const fields = new URLSearchParams();
  let path = PATHS[shown.view] ?? "articles";
  if (shown.view === "articles" && shown.article !== null) {
    path = `article/${encodeURIComponent(corpus.articles.name[shown.article])}`;
    if (shown.edit !== null) fields.set("edit", editIds()[shown.edit]);
    if (shown.find !== "") {
      fields.set("find", shown.find);
      fields.set("at", shown.at);
    }
    if (shown.reading !== "marked") fields.set("as", shown.reading);
  }
  if (shown.view === "articles" && listing.order !== "doubt") fields.set("order", listing.order);
  addCriteria(fields);
  return fragment(path, fields);
}

function fragment(path, fields) {
  const query = fields.toString();
  return `#/${path}${query ? `?${query}` : ""}`;
}

function addCriteria(fields) {
  for (const facet of FACETS) for (const value of criteria[facet]) fields.append(facet, facetKey(facet, value));
  for (const [criterion, name] of Object.entries(TEXT_CRITERIA))
    if (criteria[criterion] !== "") fields.set(name, criteria[criterion]);
  if (criteria.pair !== null) {
    const { rule, before, after } = corpus.pairs;
    fields.set("pair", pairKey(corpus.rules[rule[criteria.pair]][0], before[criteria.pair], after[criteria.pair]));
  }
  if (criteria.source !== null) fields.set("source", corpus.sources[criteria.source]);
}

/** Returns the address of an edit, whatever the filter. */
function addressOfEdit(edit) {
  const fields = new URLSearchParams({ edit: editIds()[edit] });
  return fragment(`article/${encodeURIComponent(corpus.articles.name[corpus.edits.article[edit]])}`, fields);
}

/** Returns the address of an article, whatever the filter. */
function addressOfArticle(article) {
  return fragment(`article/${encodeURIComponent(corpus.articles.name[article])}`, new URLSearchParams());
}

/** Returns the address of a pair in the table of changes. */
function addressOfPair(pair) {
  const { rule, before, after } = corpus.pairs;
  return fragment(
    PATHS.pairs,
    new URLSearchParams({ pair: pairKey(corpus.rules[rule[pair]][0], before[pair], after[pair]) }),
  );
}

/** Returns the address of words in the clean text of an article. */
function addressOfWords(article, find, at) {
  return fragment(`article/${encodeURIComponent(corpus.articles.name[article])}`, new URLSearchParams({ find, at }));
}

/** Returns what makes a place of its own in the history. */
function placeNow() {
  return JSON.stringify([
    shown.view,
    shown.view === "articles" ? [shown.article, shown.find, shown.find && shown.at] : null,
    ...FACETS.map((facet) => [...criteria[facet]]),
    criteria.pair,
    criteria.source,
    criteria.changed,
  ]);
}

/** Put what is shown into the title, by which it is found in the history of the browser. */
function updateTitle() {
  const { view, article } = shown,
    isOpen = view === "articles" && article !== null;
  const what = isOpen ? visibleText(corpus.articles.name[article]) : byId(`tab-${view}`).firstChild.data.trim();
  document.title = `${what} – ${visibleText(corpus.name)} – clean-news ${server ? "review" : "report"}`;
}

/** Put what is shown into the address. */
function updateAddress() {
  updateTitle();
  if (following) return;
  const address = addressNow(),
    place = placeNow();
  if (address !== location.hash) {
    if (place === lastPlace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  }
  lastPlace = place;
}

/** Show what the address says; what does not exist any more is left out. */
async function followAddress() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const fields = new URLSearchParams(query);
  following = true;
  try {
    readCriteria(fields);
    listing.order = Object.hasOwn(ORDERS, fields.get("order") ?? "") ? fields.get("order") : "doubt";
    byId("order").value = listing.order;
    shown.reading = Object.hasOwn(READINGS, fields.get("as") ?? "") ? fields.get("as") : "marked";
    const view =
      Object.keys(PATHS).find((each) => PATHS[each] === path) ?? (/^article/.test(path) ? "articles" : "inbox");
    Object.assign(shown, { view, article: null, edit: null, find: "", at: 0 });
    notify("view");
    applyFilter();
    if (path.startsWith("article/")) await followArticle(path.slice("article/".length), fields);
    else notify("edit");
  } finally {
    following = false;
  }
  lastPlace = placeNow();
  updateAddress(); // what was left out
}

function startAddress() {
  watch(["view", "edit", "filter", "reading", "order"], updateAddress);
  window.addEventListener("popstate", followAddress); // Back, Forward, links, and addresses that are typed
}

async function followArticle(encoded, fields) {
  let name = encoded;
  try {
    name = decodeURIComponent(encoded);
  } catch {
    /* it is no encoded name; then there is no such article */
  }
  const article = articleByName().get(name),
    edit = fields.has("edit") ? editById().get(fields.get("edit")) : undefined;
  if (edit !== undefined && corpus.edits.article[edit] === article) await showEdit(edit);
  else if (article !== undefined && !corpus.articles.gone.has(article))
    await showArticle(article, fields.get("find") ?? "", Number(fields.get("at")) || 0);
  else {
    notify("edit");
    showMessage(`There is no article ${visibleText(name)} here.`);
  }
}

function readCriteria(fields) {
  clearCriteria();
  for (const facet of FACETS) {
    const wanted = new Set(fields.getAll(facet));
    facetValues(facet).forEach((_, value) => {
      if (wanted.has(facetKey(facet, value))) criteria[facet].add(value);
    });
  }
  for (const [criterion, name] of Object.entries(TEXT_CRITERIA)) criteria[criterion] = fields.get(name) ?? "";
  if (!Object.hasOwn(CHANGED_TITLES, criteria.changed)) criteria.changed = "";
  criteria.pair = fields.has("pair") ? (pairByKey().get(fields.get("pair")) ?? null) : null;
  const source = fields.has("source") ? corpus.sources.indexOf(fields.get("source")) : -1;
  criteria.source = source < 0 ? null : source;
}
