// The filter. Values within a facet are alternatives (OR); facets are combined (AND).
// Each facet has a bit. One pass over the columns records for each edit the facets that exclude it, which yields the
// matching edits and, for each facet, the counts of the edits that match all other facets.

const BINS = 10; // of confidence
const BIT = {
  stage: 1,
  rule: 2,
  state: 4,
  confidence: 8,
  decision: 16,
  kind: 32,
  article: 64,
  search: 128,
  pair: 256,
  source: 512,
  changed: 1024,
};
const FACETS = ["decision", "stage", "rule", "state", "confidence", "kind"];
const OF_EDITS = ["decision", "stage", "rule", "state", "confidence"];
const DECISION_VALUES = ["undecided", "accept", "reject", "replace"];

// The filter criteria.
const criteria = {
  stage: new Set(),
  rule: new Set(),
  state: new Set(),
  confidence: new Set(),
  decision: new Set(),
  kind: new Set(),
  article: "", // part of its name
  search: "",
  pair: null,
  source: null, // a number in corpus.sources
  changed: "", // "changed" or "unchanged" articles only
};

// What matches the criteria.
const results = {
  edits: new Uint8Array(0), // 1 for each edit that matches
  total: 0, // number of matching edits
  inArticle: new Uint32Array(0), // number of matching edits per article
  articles: [], // the articles to list
  counts: Object.fromEntries(FACETS.map((facet) => [facet, []])), // edits by value
};

/** Returns the names of the values of a facet. */
function facetValues(facet) {
  if (facet === "stage") return corpus.stages;
  if (facet === "rule") return corpus.rules.map(([code]) => code);
  if (facet === "state") return corpus.states;
  if (facet === "kind") return corpus.kinds;
  if (facet === "decision") return ["undecided", "accepted", "rejected", "replaced"];
  return Array.from({ length: BINS }, (_, bin) => `${(bin / BINS).toFixed(1)} – ${((bin + 1) / BINS).toFixed(1)}`);
}

function binOf(confidence) {
  return Math.min(BINS - 1, Math.floor((confidence * BINS) / corpus.scale));
}

/** Returns whether any criterion is set. */
function isFiltered() {
  return (
    FACETS.some((facet) => criteria[facet].size) ||
    ["article", "search", "changed"].some((each) => criteria[each] !== "") ||
    criteria.pair !== null ||
    criteria.source !== null
  );
}

/** Clear all criteria. */
function clearCriteria() {
  for (const facet of FACETS) criteria[facet].clear();
  Object.assign(criteria, { article: "", search: "", pair: null, source: null, changed: "" });
}

function resetFilter() {
  clearCriteria();
  applyFilter();
}

function exclusions(facet, length, valueAt = (at) => at) {
  const wanted = criteria[facet];
  return Array.from({ length }, (_, at) => (wanted.size && !wanted.has(valueAt(at)) ? BIT[facet] : 0));
}

/** Returns for each text whether it contains the search text, ignoring case. */
function matchFlags(texts, wanted) {
  const sought = wanted.toLowerCase();
  return Uint8Array.from(texts, (text) => (text.toLowerCase().includes(sought) ? 1 : 0));
}

/** Returns for each article the facets that exclude it. */
function articleExclusions() {
  const { name, kind, source, edits: number, gone } = corpus.articles;
  const ofKind = exclusions("kind", corpus.kinds.length);
  const named = criteria.article ? matchFlags(name, criteria.article) : null;
  return Uint16Array.from(kind, (each, article) => {
    let bits = ofKind[each];
    if ((named && !named[article]) || gone.has(article)) bits |= BIT.article;
    if (criteria.source !== null && criteria.source !== source[article]) bits |= BIT.source;
    if (criteria.changed && (criteria.changed === "changed") !== number[article] > 0) bits |= BIT.changed;
    return bits;
  });
}

/** Recompute the results and notify the page. */
function applyFilter() {
  const { pair, state, confidence, article } = corpus.edits;
  const byStage = exclusions("stage", corpus.rules.length, (rule) => corpus.rules[rule][1]);
  const byRule = exclusions("rule", corpus.rules.length).map((bits, rule) => bits | byStage[rule]);
  const byState = exclusions("state", corpus.states.length);
  const byBin = exclusions("confidence", BINS),
    byDecision = exclusions("decision", DECISION_VALUES.length);
  const byArticle = articleExclusions();
  const searched = criteria.search !== "";
  const inPair = searched ? matchingPairs() : null,
    inName = searched ? matchFlags(corpus.articles.name, criteria.search) : null;
  const counts = {
    stage: new Array(corpus.stages.length).fill(0),
    rule: new Array(corpus.rules.length).fill(0),
    state: new Array(corpus.states.length).fill(0),
    confidence: new Array(BINS).fill(0),
    decision: new Array(DECISION_VALUES.length).fill(0),
    kind: new Array(corpus.kinds.length).fill(0),
  };
  if (results.edits.length !== corpus.total) results.edits = new Uint8Array(corpus.total);
  results.inArticle = new Uint32Array(corpus.articles.total);
  results.total = 0;
  for (let edit = 0; edit < corpus.total; edit++) {
    const itsPair = pair[edit],
      itsArticle = article[edit];
    const rule = corpus.pairs.rule[itsPair],
      bin = binOf(confidence[edit]),
      decision = decisionCodes[edit];
    let excludedBy = byRule[rule] | byState[state[edit]] | byBin[bin] | byDecision[decision] | byArticle[itsArticle];
    if (searched && !inPair[itsPair] && !inName[itsArticle]) excludedBy |= BIT.search;
    if (criteria.pair !== null && criteria.pair !== itsPair) excludedBy |= BIT.pair;
    if (!(excludedBy & ~BIT.stage)) counts.stage[corpus.rules[rule][1]]++;
    if (!(excludedBy & ~BIT.rule)) counts.rule[rule]++;
    if (!(excludedBy & ~BIT.state)) counts.state[state[edit]]++;
    if (!(excludedBy & ~BIT.confidence)) counts.confidence[bin]++;
    if (!(excludedBy & ~BIT.decision)) counts.decision[decision]++;
    if (!(excludedBy & ~BIT.kind)) counts.kind[corpus.articles.kind[itsArticle]]++;
    results.edits[edit] = excludedBy ? 0 : 1;
    if (!excludedBy) {
      results.inArticle[itsArticle]++;
      results.total++;
    }
  }
  results.counts = counts;
  results.articles = matchingArticles(byArticle, inName);
  notify("filter");
}

function matchingPairs() {
  const { before, after, rule } = corpus.pairs;
  const codes = matchFlags(
    corpus.rules.map(([code]) => `${code} ${ruleName(code)}`),
    criteria.search,
  );
  const inBefore = matchFlags(before, criteria.search),
    inAfter = matchFlags(after, criteria.search);
  return inBefore.map((hit, pair) => hit | inAfter[pair] | codes[rule[pair]]);
}

/**
 * Returns the articles with matching edits, and those whose name or text has the words that are searched; also those
 * without edits if no criterion applies to edits.
 */
function matchingArticles(excluded, inName) {
  const edits = criteria.pair !== null || OF_EDITS.some((facet) => criteria[facet].size);
  const all = Array.from(corpus.articles.name.keys());
  return all.filter(
    (each) =>
      results.inArticle[each] || (!edits && !excluded[each] && (!inName || inName[each] || textHits.found.has(each))),
  );
}
