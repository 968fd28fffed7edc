// The facets: for each a list of values with the number of edits that choosing it would leave.

const TITLES = {
  stage: "Stage",
  rule: "Rule",
  state: "State",
  confidence: "Confidence",
  decision: "Decision",
  kind: "Document",
};
const boxes = new Map(); // of each facet's value: its row, check box and count

function makeFacet(facet) {
  const names = valuesOf(facet);
  const rows = inOrder(facet, [...names.keys()]).map((value) => {
    const name = names[value];
    const box = make("input", {
      type: "checkbox",
      "data-facet": facet,
      "data-value": name,
      change: () => toggle(facet, value, box.checked),
    });
    const count = make("span", { class: "count" });
    const row = make(
      "label",
      { title: facet === "rule" ? inWords(corpus.rules[value][2]) : null },
      box,
      make("span", { class: "value" }, inWords(name)),
      count,
    );
    boxes.set(`${facet} ${value}`, { row, box, count });
    return row;
  });
  return make("fieldset", { class: "facet" }, make("legend", {}, TITLES[facet]), rows);
}

/** The values in the order of the list: rules by stage and code, all others as they come. */
function inOrder(facet, values) {
  if (facet !== "rule") return values;
  const key = ([code, stage]) => `${String(stage).padStart(3, "0")} ${code}`;
  return values.sort((one, other) => (key(corpus.rules[one]) < key(corpus.rules[other]) ? -1 : 1));
}

function toggle(facet, value, wanted) {
  if (wanted) chosen[facet].add(value);
  else chosen[facet].delete(value);
  refilter();
}

function drawFacets() {
  for (const facet of FACETS) {
    found.counts[facet].forEach((number, value) => {
      const { row, box, count } = boxes.get(`${facet} ${value}`);
      box.checked = chosen[facet].has(value);
      count.textContent = number.toLocaleString("en");
      row.hidden = number === 0 && !box.checked;
    });
  }
  if (part("article-name").value !== chosen.article) part("article-name").value = chosen.article;
  if (part("search").value !== chosen.search) part("search").value = chosen.search;
  part("reset").hidden = !isFiltered();
  part("only-pair").hidden = chosen.pair === null;
  if (chosen.pair !== null) {
    const { before, after } = corpus.pairs;
    part("only-pair").textContent = `Only ${inWords(before[chosen.pair])} → ${inWords(after[chosen.pair])} ✕`;
  }
}

function startFacets() {
  refill(part("facet-lists"), FACETS.map(makeFacet));
  watch(["filter"], drawFacets);
  for (const [field, what] of [
    ["search", "search"],
    ["article-name", "article"],
  ]) {
    part(field).addEventListener("input", (event) => {
      chosen[what] = event.target.value;
      clearTimeout(startFacets.timer);
      startFacets.timer = setTimeout(refilter, 120); // while somebody types
    });
  }
  part("reset").addEventListener("click", resetFilter);
  part("only-pair").addEventListener("click", () => {
    chosen.pair = null;
    refilter();
  });
  if (matchMedia("(min-width: 60rem)").matches) part("facets").open = true;
}
