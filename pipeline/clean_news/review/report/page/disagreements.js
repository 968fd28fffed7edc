// Where people decided differently about the same edits: a queue with the reasons of each, which a verdict settles.

let disagreements = [];
const disagreementList = growingList(byId("disagreements"), disagreementRow);

/** Returns lines in the order of their time; of equal times, in the order of the file. */
function inOrderOfTime(lines) {
  return lines
    .map((line, place) => [line.at ?? "", place, line])
    .sort((one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : one[1] - other[1]))
    .map(([, , line]) => line);
}

/** Returns the action of a decision in a form that is equal if and only if they agree. */
function actionOf({ action, rule, text, after }) {
  if (action === "replace") return `replace ${text}`;
  return rule === HAND && action === "accept" ? `replace ${after}` : action;
}

/** Returns the disagreements that no verdict settles: for each, the last decision of each person. */
function openDisagreements() {
  const byKey = new Map();
  for (const line of inOrderOfTime(allLines())) {
    const key = keyOf(line);
    if (!byKey.has(key)) byKey.set(key, new Map());
    const people = byKey.get(key);
    if (line.verdict) people.clear(); // whoever decides after it disagrees with it
    people.delete(line.by ?? "");
    people.set(line.by ?? "", line);
  }
  return [...byKey]
    .map(([key, people]) => ({ key, lines: [...people.values()] }))
    .filter(({ lines }) => new Set(lines.map(actionOf)).size > 1);
}

/** Returns what a decision is about in words: how many edits of this corpus. */
function reachOf(line) {
  if (line.scope === "once") return `once, in ${visibleText(line.article)}`;
  const pair = pairByKey().get(pairKey(line.rule, line.before, line.after));
  const article = line.scope === "article" ? articleByName().get(line.article) : undefined;
  let number = 0;
  const articles = new Set();
  for (let edit = 0; edit < corpus.total; edit++) {
    if (corpus.edits.pair[edit] !== pair || (article !== undefined && corpus.edits.article[edit] !== article)) continue;
    number++;
    articles.add(corpus.edits.article[edit]);
  }
  const where = line.scope === "article" ? `in ${visibleText(line.article)}` : "everywhere";
  return `${where}: ${counted(number, "edit")} in ${counted(articles.size, "article")}`;
}

function disagreementRow(row) {
  const { key, lines } = disagreements[row],
    [line] = lines,
    name = `${visibleText(line.before)} to ${visibleText(line.after)}`;
  const note = make("input", { autocomplete: "off", maxlength: 1000, "aria-label": `Reason of the verdict on ${name}` });
  const verdict = (action, words, text) =>
    make(
      "button",
      { type: "button", "data-key": `${action} ${key}`, "aria-label": `${words}: ${name}`, click: () => settle(line, action, text, note.value.trim()) },
      words,
    );
  const target = line.scope === "once" ? editById().get(line.id) : undefined;
  const texts = [...new Set(lines.filter((each) => each.action === "replace").map((each) => each.text))];
  return make(
    "div",
    { class: "disagreement", role: "listitem" },
    make("p", { class: "change-line" }, shortChange(line.before, "del"), " → ", shortChange(line.after, "ins")),
    make("p", { class: "facts" }, ruleNodes(line.rule), ", ", reachOf(line)),
    make(
      "ul",
      { class: "opinions" },
      lines.map((each) => make("li", {}, personNode(each.by || "somebody"), ": ", opinionNodes(each))),
    ),
    make("label", { class: "note" }, "Reason ", note),
    make(
      "div",
      { class: "actions" },
      verdict("accept", "✓ Accept"),
      verdict("reject", "✗ Reject"),
      texts.map((text) => verdict("replace", `✎ ${visibleText(text).slice(0, 40)}`, text)),
      target === undefined ? null : makeLink(addressOfEdit(target), {}, "See it in its article"),
    ),
  );
}

function opinionNodes({ action, text, note, rule, after }) {
  const what = actionOf({ action, rule, text, after });
  return [what.startsWith("replace ") ? `“${visibleText(what.slice(8))}”` : what, note ? ` – ${visibleText(note)}` : ""];
}

/** Decide a disagreement. */
function settle(line, action, text, note) {
  const { scope, id, article, rule, before, after, prefix, suffix, ordinal } = line;
  record([
    {
      schema: SCHEMA,
      action,
      scope,
      id,
      article,
      rule,
      before,
      after,
      ...(action === "replace" ? { text } : {}),
      ...(reviewer.name ? { by: reviewer.name } : {}),
      at: timeNow(),
      ...(note ? { note } : {}),
      ...(prefix || suffix ? { prefix, suffix, ordinal } : {}),
      verdict: true,
    },
  ]);
  showMessage("The verdict is in effect. u undoes it.");
}

function drawDisagreements() {
  disagreements = openDisagreements();
  byId("tab-people").hidden = disagreements.length === 0 && shown.view !== "people";
  byId("tab-people-count").textContent = disagreements.length || "";
  if (shown.view !== "people") return;
  byId("disagreements-count").textContent = disagreements.length
    ? `${counted(disagreements.length, "disagreement")}; until a verdict, the later decision is in effect.`
    : "Nobody disagrees.";
  disagreementList.fill(disagreements.length, true);
}

function startDisagreements() {
  watch(["decisions", "view", "columns"], drawDisagreements);
}
