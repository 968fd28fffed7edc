// The articles by source, which is their host or folder: how many are spun, scanned, in another encoding, full of
// boilerplate; over time where the days of publication are known.

const SOURCE_COLUMNS = ["source", "articles", "undecided", "spun", "scanned", "encodings", "boilerplate", "over time"];
const sourceSorting = { column: "articles", direction: -1 };

/** Returns the name of a source, a number in corpus.sources. */
function sourceName(source) {
  const name = corpus.sources[source];
  return name === "." || name === "" ? "(no folder)" : visibleText(name);
}

/** Returns a row of figures for each source. */
function sourceRows() {
  const { articles, edits } = corpus;
  const undecided = new Uint32Array(articles.total);
  for (let edit = 0; edit < corpus.total; edit++) if (!decisionCodes[edit]) undecided[edits.article[edit]]++;
  const found = new Map();
  for (let article = 0; article < articles.total; article++) {
    if (articles.gone.has(article)) continue;
    const source = articles.source[article];
    if (!found.has(source)) found.set(source, emptyRow(source));
    addArticle(found.get(source), article, undecided[article]);
  }
  return [...found.values()];
}

function emptyRow(source) {
  return {
    source,
    articles: 0,
    undecided: 0,
    judged: 0,
    spun: 0,
    scanned: 0,
    chars: 0,
    removed: 0,
    families: {},
    charsets: {},
    months: new Map(),
  };
}

function addArticle(row, article, undecided) {
  const { articles } = corpus,
    kind = corpus.kinds[articles.kind[article]];
  const isSpun = kind.startsWith("spun"),
    isScanned = kind.endsWith("scanned");
  row.articles++;
  row.undecided += undecided;
  row.judged += articles.spun[article] >= 0;
  row.spun += isSpun;
  row.scanned += isScanned;
  row.chars += articles.chars[article] + articles.removed[article];
  row.removed += articles.removed[article];
  const charset = corpus.charsets[articles.charset[article]];
  row.charsets[charset] = (row.charsets[charset] ?? 0) + 1;
  if (isSpun) {
    const family = corpus.families[articles.family[article]] || "unnamed";
    row.families[family] = (row.families[family] ?? 0) + 1;
  }
  const month = articles.date[article].slice(0, 7);
  if (!month) return;
  const of = row.months.get(month) ?? { articles: 0, spun: 0, scanned: 0 };
  row.months.set(month, { articles: of.articles + 1, spun: of.spun + isSpun, scanned: of.scanned + isScanned });
}

/** Returns the names with their numbers, the largest first: "a 12, b 3". */
function tallied(numbers) {
  return Object.entries(numbers)
    .sort(([, one], [, other]) => other - one)
    .map(([name, number]) => `${visibleText(name)} ${number.toLocaleString("en")}`)
    .join(", ");
}

const SOURCE_KEYS = {
  source: (row) => corpus.sources[row.source].toLowerCase(),
  articles: (row) => row.articles,
  undecided: (row) => row.undecided,
  spun: (row) => row.spun / row.articles,
  scanned: (row) => row.scanned / row.articles,
  encodings: (row) => Object.keys(row.charsets).length,
  boilerplate: (row) => row.removed / Math.max(1, row.chars),
};

function drawSources() {
  if (shown.view !== "sources") return;
  const { column, direction } = sourceSorting,
    keyOfRow = SOURCE_KEYS[column];
  const rows = sourceRows().sort((one, other) => {
    const [a, b] = [keyOfRow(one), keyOfRow(other)];
    return a < b ? -direction : a > b ? direction : one.source - other.source;
  });
  refill(
    byId("sources"),
    make("caption", { class: "visually-hidden" }, "Sources of the articles"),
    make("thead", {}, make("tr", {}, SOURCE_COLUMNS.map(sourceHead))),
    make("tbody", {}, rows.map(sourceRow)),
  );
}

function sourceHead(column) {
  const by = column === sourceSorting.column;
  if (!SOURCE_KEYS[column]) return make("th", { scope: "col" }, column);
  return make(
    "th",
    { scope: "col", "aria-sort": by ? (sourceSorting.direction > 0 ? "ascending" : "descending") : "none" },
    make("button", { type: "button", click: () => sortSources(column) }, column),
  );
}

function sortSources(column) {
  const again = sourceSorting.column === column;
  sourceSorting.direction = again ? -sourceSorting.direction : column === "source" ? 1 : -1;
  sourceSorting.column = column;
  drawSources();
  byId("sources").querySelector('[aria-sort]:not([aria-sort="none"]) button').focus();
}

function sourceRow(row) {
  const share = (number, of) => (number ? `${percent(number / of)} (${number.toLocaleString("en")})` : "–");
  const families = tallied(row.families);
  const cells = {
    articles: row.articles.toLocaleString("en"),
    undecided: row.undecided.toLocaleString("en"),
    spun:
      row.judged || row.spun ? share(row.spun, row.articles) + (families ? `; spinner ${families}` : "") : "not judged",
    scanned: share(row.scanned, row.articles),
    encodings: tallied(row.charsets),
    boilerplate: row.removed ? percent(row.removed / row.chars) : "–",
  };
  return make(
    "tr",
    { "data-source": corpus.sources[row.source] },
    make("th", { scope: "row" }, makeLink(addressOfSource(row.source), {}, sourceName(row.source))),
    Object.entries(cells).map(([column, said]) => make("td", { class: column, "data-label": column }, said)),
    make("td", { class: "months", "data-label": "over time" }, row.months.size ? monthChart(row) : "no dates"),
  );
}

/** Returns the articles of each month as bars, the spun and scanned ones filled. */
function monthChart({ months }) {
  const all = [...months].sort(([one], [other]) => (one < other ? -1 : 1)).slice(-24),
    most = Math.max(...all.map(([, of]) => of.articles));
  const said = all.map(([month, of]) => `${month}: ${of.articles} articles, ${of.spun} spun, ${of.scanned} scanned`);
  return makeSvg(
    "svg",
    {
      class: "months-chart",
      viewBox: `0 0 ${all.length * 10} 30`,
      width: all.length * 10,
      height: 30,
      role: "img",
      "aria-label": said.join("; "),
    },
    makeSvg("title", {}, said.join("\n")),
    all.map(([, of], at) => {
      const height = (28 * of.articles) / most,
        bad = (28 * Math.max(of.spun, of.scanned)) / most;
      return [
        makeSvg("rect", { class: "all", x: at * 10 + 1, y: 29 - height, width: 8, height }),
        makeSvg("rect", { class: "bad", x: at * 10 + 1, y: 29 - bad, width: 8, height: bad }),
      ];
    }),
  );
}

/** Returns the address of the articles of a source. */
function addressOfSource(source) {
  return fragment("articles", new URLSearchParams({ source: corpus.sources[source] }));
}

function startSources() {
  watch(["view", "filter"], drawSources);
}
