// The facets: each lists its values with the number of edits that would match if the value were selected.

const TITLES = {
  stage: "Stage",
  rule: "Rule",
  state: "State",
  confidence: "Confidence",
  decision: "Decision",
  kind: "Document",
};
const CHANGED_TITLES = { "": "all", changed: "with changes", unchanged: "unchanged" };
const FOLDED = ["rule", "confidence"]; // the longest ones
const TYPING_MS = 120; // the filter is applied when typing pauses
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
      make("span", { class: "value" }, facet === "rule" ? ruleNodes(name) : visibleText(name)),
      count,
    );
    boxes.set(`${facet} ${value}`, { row, box, count });
    return row;
  });
  if (!FOLDED.includes(facet)) return make("fieldset", { class: "facet" }, make("legend", {}, TITLES[facet]), rows);
  return make(
    "details",
    { class: "facet", id: `facet-${facet}`, open: criteria[facet].size > 0 },
    make("summary", {}, TITLES[facet]),
    make("fieldset", { class: "facet" }, make("legend", { class: "visually-hidden" }, TITLES[facet]), rows),
  );
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

/** Returns the choice between all articles, those with changes and those without. */
function changedChoice() {
  return make(
    "fieldset",
    { class: "facet" },
    make("legend", {}, "Articles"),
    Object.entries(CHANGED_TITLES).map(([value, title]) =>
      make(
        "label",
        {},
        make("input", {
          type: "radio",
          name: "changed",
          value,
          change: () => {
            criteria.changed = value;
            applyFilter();
          },
        }),
        make("span", { class: "value" }, title),
        make("span", { class: "count" }, articlesThat(value).toLocaleString("en")),
      ),
    ),
  );
}

function articlesThat(value) {
  const { edits, total, gone } = corpus.articles;
  const changed = edits.filter((number) => number > 0).length;
  return { "": total - gone.size, changed, unchanged: total - gone.size - changed }[value];
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
  for (const facet of FOLDED) if (criteria[facet].size) byId(`facet-${facet}`).open = true;
  for (const each of document.querySelectorAll("input[name=changed]")) each.checked = each.value === criteria.changed;
  if (byId("article-name").value !== criteria.article) byId("article-name").value = criteria.article;
  if (byId("search").value !== criteria.search) byId("search").value = criteria.search;
  byId("found").textContent = `${counted(results.articles.length, "article")}, ${counted(results.total, "change")}`;
  byId("reset").hidden = !isFiltered();
  byId("only-pair").hidden = criteria.pair === null;
  if (criteria.pair !== null) {
    const { before, after } = corpus.pairs;
    byId("only-pair").textContent =
      `Only ${visibleText(before[criteria.pair])} → ${visibleText(after[criteria.pair])} ✕`;
  }
  byId("only-source").hidden = criteria.source === null;
  if (criteria.source !== null) byId("only-source").textContent = `Only ${sourceName(criteria.source)} ✕`;
}

/** Draw the values again, which may have become more. */
function fillFacets() {
  boxes.clear();
  refill(byId("facet-lists"), changedChoice(), FACETS.map(makeFacet));
}

function startFacets() {
  fillFacets();
  watch(["columns"], fillFacets);
  watch(["filter"], drawFacets);
  for (const [field, what] of [
    ["search", "search"],
    ["article-name", "article"],
  ]) {
    byId(field).addEventListener("input", (event) => {
      criteria[what] = event.target.value;
      clearTimeout(startFacets.timer);
      startFacets.timer = setTimeout(applyFilter, TYPING_MS);
    });
  }
  byId("reset").addEventListener("click", resetFilter);
  for (const [button, what] of [
    ["only-pair", "pair"],
    ["only-source", "source"],
  ]) {
    byId(button).addEventListener("click", () => {
      criteria[what] = null;
      applyFilter();
    });
  }
  if (matchMedia("(min-width: 80rem)").matches) byId("facets").open = true;
}
