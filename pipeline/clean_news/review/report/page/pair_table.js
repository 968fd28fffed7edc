// The table of all pairs of before and after, with decisions of scope everywhere.

const COLUMNS = ["before", "after", "rule", "count", "applied", "suggested", "articles", "confidence", "decision"];
const TEXT_COLUMNS = ["before", "after", "rule", "decision"]; // first sorted ascending, numbers descending
const COLUMN_TITLES = { count: "times", decision: "everywhere" };

const sorting = { column: "count", direction: -1 };
const picked = new Set(); // pairs
let rows = [];
const table = growingList(byId("pair-rows"), pairRow);

function pairRow(at) {
  const row = rows[at],
    { pair } = row,
    [code] = corpus.rules[corpus.pairs.rule[pair]];
  const before = corpus.pairs.before[pair],
    after = corpus.pairs.after[pair];
  const decision = effective.everywhere.get(pair),
    name = `${visibleText(before)} to ${visibleText(after)}`.slice(0, MAX_SHOWN_CHARS);
  const numbers = {
    count: row.count,
    applied: SORTED_BY.applied(row),
    suggested: SORTED_BY.suggested(row),
    articles: row.articles,
  };
  const box = make("input", {
    type: "checkbox",
    "data-key": `pick ${pair}`,
    "aria-label": `Select ${name}`,
    change: () => pick(pair, box.checked),
  });
  box.checked = picked.has(pair);
  return make(
    "div",
    { class: "pair-row", role: "row", "aria-rowindex": at + 2, "data-pair": pair },
    make("span", { class: "pick", role: "cell" }, box),
    make(
      "span",
      { class: "before", role: "cell" },
      make(
        "button",
        { type: "button", class: "link", "data-key": `show ${pair}`, click: () => showOnlyPair(pair) },
        shortChange(before, "span"),
      ),
    ),
    make("span", { class: "after", role: "cell" }, shortChange(after, "span")),
    make("span", { class: "rule", role: "cell" }, ruleNodes(code)),
    Object.entries(numbers).map(([column, number]) =>
      make(
        "span",
        { class: `number ${column}`, role: "cell", "data-label": COLUMN_TITLES[column] ?? column },
        number.toLocaleString("en"),
      ),
    ),
    make(
      "span",
      { class: "number confidence", role: "cell", "data-label": "confidence" },
      percent(SORTED_BY.confidence(row) / corpus.scale),
    ),
    make(
      "span",
      { class: "decision", role: "cell" },
      ["accept", "reject"].map((action) =>
        make(
          "button",
          {
            type: "button",
            "data-key": `${action} ${pair}`,
            "aria-pressed": String(decision?.action === action),
            "aria-label": `${action} ${name} everywhere`,
            click: () => decidePairs([pair], action),
          },
          action === "accept" ? "✓ accept" : "✗ reject",
        ),
      ),
      decision?.action === "replace" ? make("span", {}, decisionText(decision)) : null,
    ),
  );
}

function pick(pair, wanted) {
  if (wanted) picked.add(pair);
  else picked.delete(pair);
  drawPicked();
}

function drawPicked() {
  byId("picked").textContent = `${counted(rows.length, "pair")}, ${picked.size.toLocaleString("en")} selected`;
  byId("accept-picked").disabled = byId("reject-picked").disabled = picked.size === 0;
  const all = rows.length > 0 && rows.every((row) => picked.has(row.pair));
  byId("pick-all").checked = all;
  byId("pick-all").indeterminate = !all && picked.size > 0;
}

/** Update the rows; does nothing while the table is hidden. */
function drawTable() {
  if (shown.view !== "pairs") return;
  rows = sorted(pairRows(), sorting.column, sorting.direction);
  const there = new Set(rows.map((row) => row.pair));
  for (const pair of picked) if (!there.has(pair)) picked.delete(pair); // hidden pairs must not be decided on
  byId("pairs").setAttribute("aria-rowcount", rows.length + 1);
  for (const head of byId("pair-head").querySelectorAll("[data-column]")) {
    const by = head.dataset.column === sorting.column;
    head.setAttribute("aria-sort", by ? (sorting.direction > 0 ? "ascending" : "descending") : "none");
  }
  byId("sort-by").value = sorting.column;
  table.fill(rows.length, deciding);
  drawPicked();
}

function sortBy(column) {
  const again = sorting.column === column;
  sorting.direction = again ? -sorting.direction : TEXT_COLUMNS.includes(column) ? 1 : -1;
  sorting.column = column;
  drawTable();
}

function startTable() {
  refill(
    byId("pair-head"),
    make(
      "div",
      { class: "pair-row", role: "row" },
      make(
        "span",
        { role: "columnheader" },
        make("input", {
          type: "checkbox",
          id: "pick-all",
          "aria-label": "Select all pairs that are shown",
          change: (event) => {
            for (const row of rows)
              if (event.target.checked) picked.add(row.pair);
              else picked.delete(row.pair);
            drawTable();
          },
        }),
      ),
      COLUMNS.map((column) =>
        make(
          "span",
          { role: "columnheader", "data-column": column },
          make("button", { type: "button", click: () => sortBy(column) }, COLUMN_TITLES[column] ?? column),
        ),
      ),
    ),
  );
  refill(
    byId("sort-by"),
    COLUMNS.map((column) => make("option", { value: column }, COLUMN_TITLES[column] ?? column)),
  );
  byId("sort-by").addEventListener("change", (event) => sortBy(event.target.value));
  byId("turn").addEventListener("click", () => sortBy(sorting.column));
  byId("accept-picked").addEventListener("click", () => decidePairs(picked, "accept"));
  byId("reject-picked").addEventListener("click", () => decidePairs(picked, "reject"));
  byId("save-csv").addEventListener("click", saveChanges);
  watch(["filter", "view"], drawTable);
}
