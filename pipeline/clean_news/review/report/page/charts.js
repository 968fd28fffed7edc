// Three charts of what the filter leaves, drawn as SVG.

const WIDTH = 640,
  LINE = 28,
  LABELS = 150,
  NUMBERS = 64;

/** How many edits of each state each value has: rows of [name, [number of each state]]. */
function edits(names, valueOf) {
  const rows = names.map((name) => [name, new Array(corpus.states.length).fill(0)]);
  for (let edit = 0; edit < corpus.total; edit++) {
    if (found.edits[edit]) rows[valueOf(edit)][1][corpus.edits.state[edit]]++;
  }
  return rows;
}

/** Documents by how probably they were spun: rows of [name, [number]]. */
function spunDocuments() {
  const names = ["not judged", ...valuesOf("confidence")];
  const rows = names.map((name) => [name, [0]]);
  for (const article of found.articles) {
    const spun = corpus.articles.spun[article];
    rows[spun < 0 ? 0 : 1 + binOf(spun)][1][0]++;
  }
  return rows;
}

/** Lying bars, each with its name before it and its number behind it; the parts of a bar are told by texture too. */
function bars(title, rows, classes) {
  const largest = Math.max(1, ...rows.map(([, parts]) => sum(parts)));
  const wide = WIDTH - LABELS - NUMBERS,
    tall = rows.length * LINE;
  const label = `${title}: ${rows.map(([name, parts]) => `${name} ${sum(parts)}`).join(", ")}`;
  return draw(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${tall}`, role: "img", "aria-label": label, class: "chart" },
    rows.map(([name, parts], at) => {
      let x = LABELS;
      return [
        draw("text", { x: LABELS - 8, y: at * LINE + 19, "text-anchor": "end" }, inWords(name)),
        parts.map((number, kind) => {
          const width = (number / largest) * wide,
            from = x;
          x += width;
          return draw(
            "rect",
            { x: from, y: at * LINE + 4, width, height: LINE - 8, class: classes[kind] },
            draw("title", {}, `${inWords(name)}: ${number.toLocaleString("en")} ${classes[kind]}`),
          );
        }),
        draw("text", { x: x + 6, y: at * LINE + 19 }, sum(parts).toLocaleString("en")),
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
    part("charts"),
    make(
      "section",
      {},
      make("h2", {}, "Changes by stage"),
      key,
      bars("Changes by stage", edits(corpus.stages, stageOf), corpus.states),
    ),
    make(
      "section",
      {},
      make("h2", {}, "Changes by confidence"),
      key.cloneNode(true),
      bars(
        "Changes by confidence",
        edits(valuesOf("confidence"), (edit) => binOf(corpus.edits.confidence[edit])),
        corpus.states,
      ),
    ),
    make(
      "section",
      {},
      make("h2", {}, "Documents by the probability that they were spun"),
      bars("Documents by the probability that they were spun", spunDocuments(), ["documents"]),
    ),
  );
}

function startCharts() {
  watch(["view", "filter"], drawCharts);
}
