// The report's data: columns of all edits, parsed at once, and article bodies, decompressed when opened.

const CACHED_BLOCKS = 8;

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

/** Returns the ids of all edits; parsed on the first call. */
const editIds = once(() => JSON.parse(elementOf("ids").textContent));

/** Returns the map from ids to edits. */
const editById = once(() => new Map(editIds().map((id, edit) => [id, edit])));

/** Returns the map from pairKey() to pairs. */
const pairByKey = once(
  () =>
    new Map(
      Array.from(corpus.pairs.rule, (rule, pair) => [
        pairKey(corpus.rules[rule][0], corpus.pairs.before[pair], corpus.pairs.after[pair]),
        pair,
      ]),
    ),
);

/** Returns the map from names to articles. */
const articleByName = once(() => new Map(corpus.articles.name.map((name, article) => [name, article])));

function pairKey(rule, before, after) {
  return JSON.stringify([rule, before, after]);
}

/** Memoises a function without arguments. */
function once(find) {
  let found;
  return () => (found ??= find());
}

/** Returns the block of each article and its position in that block. */
const blockPositions = once(() =>
  corpus.blocks.flatMap((count, block) => Array.from({ length: count }, (_, at) => [block, at])),
);
const blockElements = once(() => document.querySelectorAll('script[data-name="block"]'));
const blockCache = new Map(); // the most recently decompressed blocks

/** Returns the body of an article; see report/pieces.py. */
function bodyOf(article) {
  const [block, at] = blockPositions()[article];
  if (!blockCache.has(block)) {
    if (blockCache.size >= CACHED_BLOCKS) blockCache.delete(blockCache.keys().next().value);
    const packed = Uint8Array.from(atob(blockElements()[block].textContent), (letter) => letter.charCodeAt(0));
    blockCache.set(block, JSON.parse(new TextDecoder().decode(inflate(packed))));
  }
  return blockCache.get(block)[at];
}

/** Returns the values of an edit in the columns. */
function editInfo(edit) {
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
    confidence: corpus.edits.confidence[edit] / corpus.scale,
    article: corpus.edits.article[edit],
  };
}

/** Formats a number between 0 and 1 as a percentage. */
function percent(share) {
  return `${(100 * share).toFixed(share > 0.99 && share < 1 ? 2 : 0)} %`;
}
