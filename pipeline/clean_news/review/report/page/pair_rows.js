// The rows of the table: each pair of before and after with statistics of its matching edits, and their order.

/** Returns the pairs with matching edits and their statistics. */
function pairRows() {
  const { pair, state, confidence, article } = corpus.edits;
  const rows = new Map();
  for (let edit = 0; edit < corpus.total; edit++) {
    if (!results.edits[edit]) continue;
    let row = rows.get(pair[edit]);
    if (!row) {
      row = {
        pair: pair[edit],
        count: 0,
        articles: 0,
        last: -1,
        sum: 0,
        states: new Array(corpus.states.length).fill(0),
      };
      rows.set(pair[edit], row);
    }
    row.count++;
    row.states[state[edit]]++;
    row.sum += confidence[edit];
    if (row.last !== article[edit]) {
      row.articles++;
      row.last = article[edit];
    } // edits are ordered by article
  }
  return [...rows.values()];
}

/** Sort key of each column. */
const SORTED_BY = {
  before: (row) => corpus.pairs.before[row.pair].toLowerCase(),
  after: (row) => corpus.pairs.after[row.pair].toLowerCase(),
  rule: (row) => ruleName(corpus.rules[corpus.pairs.rule[row.pair]][0]),
  count: (row) => row.count,
  applied: (row) => row.states[corpus.states.indexOf("applied")],
  suggested: (row) => row.states[corpus.states.indexOf("suggested")],
  articles: (row) => row.articles,
  confidence: (row) => row.sum / row.count,
  decision: (row) => effective.everywhere.get(row.pair)?.action ?? "",
};

/** Sorts the rows by a column; direction is 1 or -1. The sort is stable. */
function sorted(rows, column, direction) {
  const keyed = rows.map((row) => [SORTED_BY[column](row), row]);
  return keyed.sort(([one], [other]) => (one < other ? -direction : one > other ? direction : 0)).map(([, row]) => row);
}
