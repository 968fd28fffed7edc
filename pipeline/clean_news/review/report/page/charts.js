// Three SVG charts of the edits and articles that match the filter; below them, the people.

const WIDTH = 640,
  ROW_STEP = 28,
  LABELS = 150,
  NUMBERS = 64;

/** Counts edits by value and state; returns rows of [name, [count per state]]. */
function edits(names, valueOf) {
  const rows = names.map((name) => [name, new Array(corpus.states.length).fill(0)]);
  for (let edit = 0; edit < corpus.total; edit++) {
    if (results.edits[edit]) rows[valueOf(edit)][1][corpus.edits.state[edit]]++;
  }
  return rows;
}

/** Counts documents by their probability of being spun; returns rows of [name, [count]]. */
function spunDocuments() {
  const names = ["not judged", ...facetValues("confidence")];
  const rows = names.map((name) => [name, [0]]);
  for (const article of results.articles) {
    const spun = corpus.articles.spun[article];
    rows[spun < 0 ? 0 : 1 + binOf(spun)][1][0]++;
  }
  return rows;
}

/** A horizontal stacked bar chart with names on the left and totals on the right; segments also differ in texture. */
function barChart(title, rows, classes) {
  const largest = Math.max(1, ...rows.map(([, parts]) => sum(parts)));
  const plotWidth = WIDTH - LABELS - NUMBERS,
    plotHeight = rows.length * ROW_STEP;
  const label = `${title}: ${rows.map(([name, parts]) => `${name} ${sum(parts)}`).join(", ")}`;
  return makeSvg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${plotHeight}`, role: "img", "aria-label": label, class: "chart" },
    rows.map(([name, parts], at) => {
      let x = LABELS;
      return [
        makeSvg("text", { x: LABELS - 8, y: at * ROW_STEP + 19, "text-anchor": "end" }, visibleText(name)),
        parts.map((number, kind) => {
          const width = (number / largest) * plotWidth,
            from = x;
          x += width;
          return makeSvg(
            "rect",
            { x: from, y: at * ROW_STEP + 4, width, height: ROW_STEP - 8, class: classes[kind] },
            makeSvg("title", {}, `${visibleText(name)}: ${number.toLocaleString("en")} ${classes[kind]}`),
          );
        }),
        makeSvg("text", { x: x + 6, y: at * ROW_STEP + 19 }, sum(parts).toLocaleString("en")),
      ];
    }),
  );
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function drawCharts() {
  if (shown.view !== "charts") return;
  const stageOf = (edit) => corpus.rules[corpus.pairs.rule[corpus.edits.pair[edit]]][1];
  const key = make(
    "p",
    { class: "key" },
    corpus.states.map((state) => [make("span", { class: `swatch ${state}` }), ` ${state} `]),
  );
  refill(
    byId("charts"),
    make(
      "section",
      {},
      make("h2", {}, "Changes by stage"),
      key,
      barChart("Changes by stage", edits(corpus.stages, stageOf), corpus.states),
    ),
    make(
      "section",
      {},
      make("h2", {}, "Changes by confidence"),
      key.cloneNode(true),
      barChart(
        "Changes by confidence",
        edits(facetValues("confidence"), (edit) => binOf(corpus.edits.confidence[edit])),
        corpus.states,
      ),
    ),
    make(
      "section",
      {},
      make("h2", {}, "Documents by the probability that they were spun"),
      barChart("Documents by the probability that they were spun", spunDocuments(), ["documents"]),
    ),
    make("section", { id: "people-charts" }, make("h2", {}, "People")),
  );
  drawPeople();
}

function startCharts() {
  watch(["view", "filter"], drawCharts);
}
