// Which edits and articles are shown. Within a facet any of the chosen values will do; all facets must agree.
// Each facet has a bit: for each edit the facets that refuse it are noted, so that one pass over the columns finds what
// all let through, and for each facet the counts of what the others let through.

const BINS = 10; // of confidence
const BIT = { stage: 1, rule: 2, state: 4, confidence: 8, decision: 16, kind: 32, article: 64, search: 128, pair: 256 };
const FACETS = ["stage", "rule", "state", "confidence", "decision", "kind"];
const DECIDED = ["undecided", "accept", "reject", "replace"];

const chosen = {
  // what is asked for
  stage: new Set(),
  rule: new Set(),
  state: new Set(),
  confidence: new Set(),
  decision: new Set(),
  kind: new Set(),
  article: "", // a part of its name
  search: "",
  pair: null,
};

const found = {
  // what is found
  edits: new Uint8Array(corpus.total), // 1 where an edit is shown
  total: 0, // of edits shown
  inArticle: new Uint32Array(corpus.articles.total), // edits shown of each article
  articles: [], // those shown
  counts: Object.fromEntries(FACETS.map((facet) => [facet, []])), // of edits, by value
};

/** The values of a facet, as people read them. */
function valuesOf(facet) {
  if (facet === "stage") return corpus.stages;
  if (facet === "rule") return corpus.rules.map(([code]) => code);
  if (facet === "state") return corpus.states;
  if (facet === "kind") return corpus.kinds;
  if (facet === "decision") return ["undecided", "accepted", "rejected", "replaced"];
  return Array.from({ length: BINS }, (_, bin) => `${(bin / BINS).toFixed(1)} – ${((bin + 1) / BINS).toFixed(1)}`);
}

function binOf(confidence) {
  return Math.min(BINS - 1, Math.floor((confidence * BINS) / corpus.fineness));
}

/** Whether anything is asked for. */
function isFiltered() {
  return (
    FACETS.some((facet) => chosen[facet].size) || chosen.article !== "" || chosen.search !== "" || chosen.pair !== null
  );
}

/** Ask for everything again. */
function resetFilter() {
  for (const facet of FACETS) chosen[facet].clear();
  Object.assign(chosen, { article: "", search: "", pair: null });
  refilter();
}

function refusals(facet, length, valueAt = (at) => at) {
  const wanted = chosen[facet];
  return Array.from({ length }, (_, at) => (wanted.size && !wanted.has(valueAt(at)) ? BIT[facet] : 0));
}

/** For each text whether the searched one is in it, in whatever case. */
function hits(texts, wanted) {
  const sought = wanted.toLowerCase();
  return Uint8Array.from(texts, (text) => (text.toLowerCase().includes(sought) ? 1 : 0));
}

/** Why each article is refused as a whole. */
function articleRefusals() {
  const { name, kind } = corpus.articles;
  const ofKind = refusals("kind", corpus.kinds.length);
  const named = chosen.article ? hits(name, chosen.article) : null;
  return Uint16Array.from(kind, (each, article) => ofKind[each] | (named && !named[article] ? BIT.article : 0));
}

/** Find what is asked for, and let the page show it. */
function refilter() {
  const { pair, state, confidence, article } = corpus.edits;
  const byStage = refusals("stage", corpus.rules.length, (rule) => corpus.rules[rule][1]);
  const byRule = refusals("rule", corpus.rules.length).map((bits, rule) => bits | byStage[rule]);
  const byState = refusals("state", corpus.states.length);
  const byBin = refusals("confidence", BINS),
    byDecision = refusals("decision", DECIDED.length);
  const byArticle = articleRefusals();
  const searched = chosen.search !== "";
  const inPair = searched ? pairHits() : null,
    inName = searched ? hits(corpus.articles.name, chosen.search) : null;
  const counts = {
    stage: new Array(corpus.stages.length).fill(0),
    rule: new Array(corpus.rules.length).fill(0),
    state: new Array(corpus.states.length).fill(0),
    confidence: new Array(BINS).fill(0),
    decision: new Array(DECIDED.length).fill(0),
    kind: new Array(corpus.kinds.length).fill(0),
  };
  found.inArticle.fill(0);
  found.total = 0;
  for (let edit = 0; edit < corpus.total; edit++) {
    const itsPair = pair[edit],
      itsArticle = article[edit];
    const rule = corpus.pairs.rule[itsPair],
      bin = binOf(confidence[edit]),
      decision = decidedOn[edit];
    let against = byRule[rule] | byState[state[edit]] | byBin[bin] | byDecision[decision] | byArticle[itsArticle];
    if (searched && !inPair[itsPair] && !inName[itsArticle]) against |= BIT.search;
    if (chosen.pair !== null && chosen.pair !== itsPair) against |= BIT.pair;
    if (!(against & ~BIT.stage)) counts.stage[corpus.rules[rule][1]]++;
    if (!(against & ~BIT.rule)) counts.rule[rule]++;
    if (!(against & ~BIT.state)) counts.state[state[edit]]++;
    if (!(against & ~BIT.confidence)) counts.confidence[bin]++;
    if (!(against & ~BIT.decision)) counts.decision[decision]++;
    if (!(against & ~BIT.kind)) counts.kind[corpus.articles.kind[itsArticle]]++;
    found.edits[edit] = against ? 0 : 1;
    if (!against) {
      found.inArticle[itsArticle]++;
      found.total++;
    }
  }
  found.counts = counts;
  found.articles = articlesFound(byArticle, inName);
  changed("filter");
}

function pairHits() {
  const { before, after, rule } = corpus.pairs;
  const codes = hits(
    corpus.rules.map(([code]) => code),
    chosen.search,
  );
  const inBefore = hits(before, chosen.search),
    inAfter = hits(after, chosen.search);
  return inBefore.map((hit, pair) => hit | inAfter[pair] | codes[rule[pair]]);
}

/** The articles with edits that are shown; where no edit is asked for, also those that have none. */
function articlesFound(refused, inName) {
  const edits =
    chosen.pair !== null || ["stage", "rule", "state", "confidence", "decision"].some((facet) => chosen[facet].size);
  const all = Array.from(corpus.articles.name.keys());
  return all.filter((each) => found.inArticle[each] || (!edits && !refused[each] && (!inName || inName[each])));
}
