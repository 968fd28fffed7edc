// The report's data: columns for all edits, read at once, and the bodies of articles, unpacked when they are opened.

const BLOCKS_KEPT = 8;

const corpus = readColumns();

function elementOf(name) {
  return document.querySelector(`script[data-name="${name}"]`);
}

function readColumns() {
  const read = JSON.parse(elementOf("columns").textContent);
  const { articles, pairs, edits } = read;
  const total = edits.pair.length;
  const article = new Uint32Array(total),
    first = new Uint32Array(articles.name.length + 1);
  let at = 0;
  articles.edits.forEach((count, number) => {
    article.fill(number, at, at + count);
    at += count;
    first[number + 1] = at;
  });
  return {
    ...read,
    total, // of edits
    articles: { ...articles, first, total: articles.name.length }, // first[n]: the first edit of article n
    pairs: { ...pairs, rule: Uint16Array.from(pairs.rule), total: pairs.rule.length },
    edits: {
      article,
      pair: Uint32Array.from(edits.pair),
      state: Uint8Array.from(edits.state),
      confidence: Uint16Array.from(edits.confidence),
    },
  };
}

/** The ids of all edits; read when first asked for. */
const editIds = once(() => JSON.parse(elementOf("ids").textContent));

/** The edit of an id; undefined if there is none. */
const editOfId = once(() => new Map(editIds().map((id, edit) => [id, edit])));

/** The pair of a rule's code, a text before and a text after. */
const pairOfKey = once(
  () =>
    new Map(
      Array.from(corpus.pairs.rule, (rule, pair) => [
        keyOfPair(corpus.rules[rule][0], corpus.pairs.before[pair], corpus.pairs.after[pair]),
        pair,
      ]),
    ),
);

/** The article of a name. */
const articleOfName = once(() => new Map(corpus.articles.name.map((name, article) => [name, article])));

function keyOfPair(rule, before, after) {
  return JSON.stringify([rule, before, after]);
}

/** What a function gives, found out at the first call. */
function once(find) {
  let found;
  return () => (found ??= find());
}

/** The block of each article, and its place there. */
const places = once(() =>
  corpus.blocks.flatMap((count, block) => Array.from({ length: count }, (_, at) => [block, at])),
);
const blockElements = once(() => document.querySelectorAll('script[data-name="block"]'));
const unpacked = new Map(); // the blocks that were used last

/** The body of an article; see reporting/pieces.py. */
function bodyOf(article) {
  const [block, at] = places()[article];
  if (!unpacked.has(block)) {
    if (unpacked.size >= BLOCKS_KEPT) unpacked.delete(unpacked.keys().next().value);
    const packed = Uint8Array.from(atob(blockElements()[block].textContent), (letter) => letter.charCodeAt(0));
    unpacked.set(block, JSON.parse(new TextDecoder().decode(inflate(packed))));
  }
  return unpacked.get(block)[at];
}

/** What an edit is about, from the columns. */
function edited(edit) {
  const pair = corpus.edits.pair[edit];
  const [code, stage, summary] = corpus.rules[corpus.pairs.rule[pair]];
  return {
    pair,
    code,
    summary,
    stage: corpus.stages[stage],
    before: corpus.pairs.before[pair],
    after: corpus.pairs.after[pair],
    state: corpus.states[corpus.edits.state[edit]],
    confidence: corpus.edits.confidence[edit] / corpus.fineness,
    article: corpus.edits.article[edit],
  };
}

/** A share of the columns as people read it. */
function percent(share) {
  return `${(100 * share).toFixed(share > 0.99 && share < 1 ? 2 : 0)} %`;
}
