// Search in the texts of the articles. A report file is searched block by block, between which the page stays usable;
// a server is asked.

const SLICE_MS = 14; // of work before the browser may draw
const MAX_SNIPPETS = 3; // of an article
const MAX_LISTED = 500; // articles with snippets
const MIN_WORDS = 2; // characters that are looked for in texts
const MAX_KEPT_CHARS = 40_000_000; // of texts that are kept for the next search
const SEARCH_PAUSE_MS = 250; // of typing

const textHits = {
  words: "", // what was looked for
  found: new Map(), // article → {count, snippets: [{left, match, right, start}]}
  searched: 0, // articles
  total: 0, // places
  isDone: true,
  failed: "",
};
const keptTexts = { version: -1, texts: new Map(), chars: 0 };

/** Look for the words of the search in all texts. */
async function searchTexts() {
  const words = criteria.search.trim();
  if (words === textHits.words) return;
  const found = new Map();
  Object.assign(textHits, { words, found, searched: 0, total: 0, isDone: words.length < MIN_WORDS, failed: "" });
  notify("hits");
  if (textHits.isDone) return;
  const isCurrent = () => textHits.found === found;
  try {
    if (server) await askServer(words, isCurrent);
    else await searchBlocks(patternOf(words), isCurrent);
  } catch (error) {
    if (isCurrent()) textHits.failed = error.message;
  }
  if (!isCurrent()) return;
  textHits.isDone = true;
  applyFilter(); // articles with these words are listed now
  notify("hits");
}

async function askServer(words, isCurrent) {
  const answer = await ask(`/api/search?${new URLSearchParams({ q: words.slice(0, 200), limit: MAX_LISTED })}`);
  if (!isCurrent()) return;
  for (const { article, count, snippets } of answer.articles) {
    if (count) textHits.found.set(article, { count, snippets });
    textHits.total += count;
  }
  textHits.searched = corpus.articles.total;
  textHits.hasMore = answer.more;
}

async function searchBlocks(pattern, isCurrent) {
  let until = performance.now() + SLICE_MS;
  for await (const [article, text] of allTexts()) {
    if (!isCurrent()) return;
    addHits(article, text, pattern);
    textHits.searched++;
    if (performance.now() > until) {
      notify("hits");
      await new Promise((resume) => setTimeout(resume));
      until = performance.now() + SLICE_MS;
    }
  }
}

/** Yields every article of the report file with its clean text. */
function* allTexts() {
  if (keptTexts.version !== columnVersion)
    Object.assign(keptTexts, { version: columnVersion, texts: new Map(), chars: 0 });
  let article = 0;
  for (const [block, count] of corpus.blocks.entries()) {
    let bodies = null;
    for (let at = 0; at < count; at++, article++) {
      let text = keptTexts.texts.get(article);
      if (text === undefined) {
        bodies ??= bodiesIn(block);
        text = cleanTextOf(bodies[at]);
        if (keptTexts.chars < MAX_KEPT_CHARS) {
          keptTexts.texts.set(article, text);
          keptTexts.chars += text.length;
        }
      }
      yield [article, text];
    }
  }
}

function addHits(article, text, pattern) {
  let count = 0;
  const snippets = [];
  for (const { index, 0: match } of text.matchAll(pattern)) {
    if (snippets.length < MAX_SNIPPETS && textHits.found.size < MAX_LISTED)
      snippets.push(snippetAt(text, index, match));
    count++;
  }
  if (!count) return;
  textHits.found.set(article, { count, snippets });
  textHits.total += count;
}

function snippetAt(text, index, match) {
  return {
    left: text.slice(Math.max(0, index - CONTEXT_CHARS), index),
    match,
    right: text.slice(index + match.length, index + match.length + CONTEXT_CHARS),
    start: codePointsBefore(text, index),
  };
}

/** Draw what was found: places in texts, and below them the changes and the names that have the words. */
function drawHits() {
  const { words, total, found, searched, isDone, failed } = textHits;
  byId("tab-found").hidden = criteria.search === "" && shown.view !== "found";
  byId("tab-found-count").textContent = total ? total.toLocaleString("en") : "";
  if (shown.view !== "found") return;
  const rest = isDone
    ? ""
    : `; ${searched.toLocaleString("en")} of ${counted(corpus.articles.total, "article")} searched …`;
  byId("hits-count").textContent =
    failed ||
    (criteria.search.trim() !== words
      ? "Searching …"
      : words.length < MIN_WORDS
        ? "Type at least two characters into the search field."
        : `“${visibleText(words)}” is in ${counted(found.size, "article")}, ${counted(total, "place")}${rest}`);
  hitArticles = [...found.keys()];
  hitList.fill(hitArticles.length, true);
  refill(byId("hits-elsewhere"), words ? [foundNames(words), foundPairs(words)] : []);
}

/** Returns the articles whose names have the words, as links. */
function foundNames(words) {
  const { name, gone } = corpus.articles;
  const found = [...matchFlags(name, words).entries()].filter(([article, hit]) => hit && !gone.has(article));
  return foundLinks("In names", found, ([article]) =>
    makeLink(addressOfArticle(article), {}, visibleText(name[article])),
  );
}

/** Returns the pairs whose words have the words, as links to their rows in the table of changes. */
function foundPairs(words) {
  const { before, after } = corpus.pairs,
    inAfter = matchFlags(after, words);
  const found = [...matchFlags(before, words).entries()].filter(([pair, hit]) => hit || inAfter[pair]);
  return foundLinks("In words changed", found, ([pair]) =>
    makeLink(addressOfPair(pair), {}, shortChange(before[pair], "del"), " → ", shortChange(after[pair], "ins")),
  );
}

function foundLinks(title, found, linkOf) {
  if (!found.length) return null;
  const rest = found.length - SHOWN_PLACES;
  return make(
    "p",
    { class: "elsewhere" },
    make("strong", {}, `${title} (${found.length.toLocaleString("en")}): `),
    found.slice(0, SHOWN_PLACES).map((each, at) => [at ? ", " : "", linkOf(each)]),
    rest > 0 ? ` and ${rest.toLocaleString("en")} more` : "",
  );
}

let hitArticles = [];
const hitList = growingList(byId("hits"), hitRow);

function hitRow(row) {
  const article = hitArticles[row],
    { count, snippets } = textHits.found.get(article);
  return make(
    "div",
    { class: "hit", role: "listitem" },
    make(
      "p",
      { class: "name" },
      visibleText(corpus.articles.name[article]),
      make("span", { class: "facts" }, ` ${counted(count, "place")}`),
    ),
    snippets.map(({ left, match, right, start }) =>
      make(
        "p",
        {},
        makeLink(
          addressOfWords(article, textHits.words, start),
          { "data-key": `${article} ${start}` },
          textNodes(oneLine(left)),
          make("mark", {}, textNodes(oneLine(match))),
          textNodes(oneLine(right)),
        ),
      ),
    ),
  );
}

function startTextSearch() {
  watch(["filter"], () => {
    clearTimeout(startTextSearch.timer);
    if (criteria.search.trim() !== textHits.words) startTextSearch.timer = setTimeout(searchTexts, SEARCH_PAUSE_MS);
  });
  watch(["hits", "view", "filter"], drawHits);
  byId("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    criteria.search = event.target.value;
    applyFilter();
    if (criteria.search !== "") showView("found");
  });
}
