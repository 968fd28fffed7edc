// The data: columns of all edits, parsed at once, and bodies of articles. A report file has the bodies in blocks, which
// are decompressed when one of their articles is opened; a server is asked for them.

const CACHED_BLOCKS = 8;
const CACHED_BODIES = 40; // of a server

const server = elementOf("server") ? JSON.parse(elementOf("server").textContent) : null; // null in a report file
const corpus = withTypedColumns(JSON.parse(elementOf("columns").textContent));
let columnVersion = 0; // of the columns; what is derived from them is derived again when it changes

function elementOf(name) {
  return document.querySelector(`script[data-name="${name}"]`);
}

/** Returns the columns with typed arrays, and with the first edit of each article. */
function withTypedColumns(read) {
  const { articles, pairs, edits } = read;
  return {
    ...read,
    total: edits.pair.length, // of edits
    articles: { ...articles, ...articleRanges(articles.edits), total: articles.name.length, gone: new Set() },
    pairs: { ...pairs, total: pairs.rule.length },
    edits: {
      article: articlesOfEdits(articles.edits, edits.pair.length),
      pair: Uint32Array.from(edits.pair),
      state: Uint8Array.from(edits.state),
      confidence: Uint16Array.from(edits.confidence),
    },
  };
}

/** Returns the first edit of each article; after the last one, the number of edits. */
function articleRanges(counts) {
  const first = new Uint32Array(counts.length + 1);
  counts.forEach((count, number) => {
    first[number + 1] = first[number] + count;
  });
  return { first };
}

function articlesOfEdits(counts, total) {
  const article = new Uint32Array(total);
  let at = 0;
  counts.forEach((count, number) => {
    article.fill(number, at, at + count);
    at += count;
  });
  return article;
}

/** Memoises a function without arguments, until the columns change. */
function once(find) {
  let found,
    version = -1;
  return () => {
    if (version !== columnVersion) {
      found = find();
      version = columnVersion;
    }
    return found;
  };
}

let idsRead = null;

/** Returns the ids of all edits; parsed on the first call. */
function editIds() {
  return (idsRead ??= JSON.parse(elementOf("ids").textContent));
}

/** Returns the map from ids to edits. */
const editById = once(() => new Map(editIds().map((id, edit) => [id, edit])));

/** Returns the map from pairKey() to pairs. */
const pairByKey = once(
  () =>
    new Map(
      corpus.pairs.rule.map((rule, pair) => [
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

/** Returns the block of each article and its position in that block. */
const blockPositions = once(() =>
  corpus.blocks.flatMap((count, block) => Array.from({ length: count }, (_, at) => [block, at])),
);
const blockElements = once(() => document.querySelectorAll('script[data-name="block"]'));
const blockCache = new Map(); // the most recently decompressed blocks
const bodyCache = new Map(); // the most recently fetched bodies

/** Returns the bodies of a block. */
function bodiesIn(block) {
  const packed = Uint8Array.from(atob(blockElements()[block].textContent), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(inflate(packed)));
}

/** Returns the body of an article, see report/article_body.py; of a server's, one that was loaded. */
function bodyOf(article) {
  if (server) return bodyCache.get(article);
  const [block, at] = blockPositions()[article];
  if (!blockCache.has(block)) {
    if (blockCache.size >= CACHED_BLOCKS) blockCache.delete(blockCache.keys().next().value);
    blockCache.set(block, bodiesIn(block));
  }
  return blockCache.get(block)[at];
}

/** Load the body of an article; returns whether it is there. Reports why if it is not. */
async function loaded(article) {
  if (!server || bodyCache.has(article)) return true;
  try {
    await fetchBody(article);
    return true;
  } catch (error) {
    showMessage(error.message);
    return false;
  }
}

/** Fetch the body of an article that fits its columns; if it has changed meanwhile, these are read first. */
async function fetchBody(article) {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { body, columns } = await ask(`/api/articles/${article}`);
    const { first } = corpus.articles;
    if (areSame(columns.ids, editIds().slice(first[article], first[article + 1]))) {
      while (bodyCache.size >= CACHED_BODIES)
        bodyCache.delete([...bodyCache.keys()].find((each) => each !== shown.article));
      bodyCache.set(article, body);
      return;
    }
    await readChanges();
  }
  throw new Refusal(`${visibleText(corpus.articles.name[article])} is being changed; open it again.`);
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

/** Returns what decoding changed in an article, in words; empty if nothing. */
function decodedAs(article) {
  return corpus.decodings[corpus.articles.decoded[article]];
}

/** Returns the number of changes of an article in words; never "0 changes" if its bytes were decoded. */
function changesIn(article, number) {
  const decoded = decodedAs(article);
  if (number === 0 && corpus.articles.edits[article] === 0) return decoded || "unchanged";
  return counted(number, "change") + (decoded ? `, ${decoded}` : "");
}

/** Formats a number between 0 and 1 as a percentage. */
function percent(share) {
  return `${(100 * share).toFixed(share > 0.99 && share < 1 ? 2 : 0)} %`;
}
