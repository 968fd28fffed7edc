// The facets: each lists its values with the number of edits that would match if the value were selected.

const TITLES = {
  stage: "Stage",
  rule: "Rule",
  state: "State",
  confidence: "Confidence",
  decision: "Decision",
  kind: "Document",
};
const boxes = new Map(); // row, check box and count of each facet value

function makeFacet(facet) {
  const names = facetValues(facet);
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
      { title: facet === "rule" ? visibleText(corpus.rules[value][2]) : null },
      box,
      make("span", { class: "value" }, visibleText(name)),
      count,
    );
    boxes.set(`${facet} ${value}`, { row, box, count });
    return row;
  });
  return make("fieldset", { class: "facet" }, make("legend", {}, TITLES[facet]), rows);
}

/** Returns the values in display order: rules by stage and code, others unchanged. */
function inOrder(facet, values) {
  if (facet !== "rule") return values;
  const key = ([code, stage]) => `${String(stage).padStart(3, "0")} ${code}`;
  return values.sort((one, other) => (key(corpus.rules[one]) < key(corpus.rules[other]) ? -1 : 1));
}

function toggle(facet, value, wanted) {
  if (wanted) criteria[facet].add(value);
  else criteria[facet].delete(value);
  applyFilter();
}

function drawFacets() {
  for (const facet of FACETS) {
    results.counts[facet].forEach((number, value) => {
      const { row, box, count } = boxes.get(`${facet} ${value}`);
      box.checked = criteria[facet].has(value);
      count.textContent = number.toLocaleString("en");
      row.hidden = number === 0 && !box.checked;
    });
  }
  if (byId("article-name").value !== criteria.article) byId("article-name").value = criteria.article;
  if (byId("search").value !== criteria.search) byId("search").value = criteria.search;
  byId("reset").hidden = !isFiltered();
  byId("only-pair").hidden = criteria.pair === null;
  if (criteria.pair !== null) {
    const { before, after } = corpus.pairs;
    byId("only-pair").textContent =
      `Only ${visibleText(before[criteria.pair])} → ${visibleText(after[criteria.pair])} ✕`;
  }
}

function startFacets() {
  refill(byId("facet-lists"), FACETS.map(makeFacet));
  watch(["filter"], drawFacets);
  for (const [field, what] of [
    ["search", "search"],
    ["article-name", "article"],
  ]) {
    byId(field).addEventListener("input", (event) => {
      criteria[what] = event.target.value;
      clearTimeout(startFacets.timer);
      startFacets.timer = setTimeout(applyFilter, 120); // wait until typing pauses
    });
  }
  byId("reset").addEventListener("click", resetFilter);
  byId("only-pair").addEventListener("click", () => {
    criteria.pair = null;
    applyFilter();
  });
  if (matchMedia("(min-width: 60rem)").matches) byId("facets").open = true;
}
