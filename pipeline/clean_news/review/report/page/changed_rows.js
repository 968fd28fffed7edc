// The columns after some articles changed: rows of the server replace those of the articles.

/** Put rows of articles into the columns; see /api/changes in review/serve. */
function mergeRows(answer) {
  for (const shared of ["stages", "rules", "sources", "families", "charsets", "decodings"])
    corpus[shared] = answer[shared];
  addPairs(answer.pairs);
  const rows = new Map(answer.articles.map((row) => [row.article, row]));
  const { articles } = corpus,
    total = Math.max(articles.total, ...answer.articles.map((row) => row.article + 1));
  const counts = Array.from({ length: total }, (_, each) => rows.get(each)?.pair.length ?? articles.edits[each] ?? 0);
  replaceEdits(counts, rows);
  for (const [article, row] of rows) {
    for (const name of Object.keys(articles))
      if (Array.isArray(articles[name]) && name in row) articles[name][article] = row[name];
    if (row.gone) articles.gone.add(article);
    else articles.gone.delete(article);
  }
  Object.assign(articles, { edits: counts, total, ...articleRanges(counts) });
}

function addPairs({ from, rule, before, after }) {
  const { pairs } = corpus,
    known = pairs.total - from; // of those that are sent
  pairs.rule.push(...rule.slice(known));
  pairs.before.push(...before.slice(known));
  pairs.after.push(...after.slice(known));
  pairs.total = pairs.rule.length;
}

/** Make the columns of the edits again: those of the rows, and of all other articles those that were there. */
function replaceEdits(counts, rows) {
  const { articles, edits: old } = corpus,
    oldIds = editIds();
  const total = counts.reduce((sum, count) => sum + count, 0);
  const made = {
    article: articlesOfEdits(counts, total),
    pair: new Uint32Array(total),
    state: new Uint8Array(total),
    confidence: new Uint16Array(total),
  };
  const ids = [];
  let at = 0;
  for (const [article, count] of counts.entries()) {
    const row = rows.get(article),
      [start, end] = [articles.first[article], articles.first[article + 1]];
    for (const name of ["pair", "state", "confidence"])
      made[name].set(row ? row[name] : old[name].subarray(start, end), at);
    for (let edit = 0; edit < count; edit++) ids.push(row ? row.ids[edit] : oldIds[start + edit]);
    at += count;
  }
  corpus.edits = made;
  corpus.total = total;
  idsRead = ids;
}
