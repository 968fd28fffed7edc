// Where people decided differently about the same edits: a queue with the reasons of each, which a verdict settles.

let disagreements = [];
const reasons = new Map(); // by key of the disagreement: what somebody is writing, which outlasts a new drawing
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

/**
 * Returns the disagreements that no verdict settles, as clean_news/decisions/disagreements.py: {key, about, lines}, where
 * lines are one of each person, and about is that of the narrowest scope, whose key a verdict has.
 */
function openDisagreements() {
  const byKey = new Map(),
    people = new Map(); // by what edits have in common
  for (const line of inOrderOfTime(allLines())) {
    pushTo(byKey, keyOf(line), line);
    pushTo(people, pairKey(line.rule, line.before, line.after), line.by ?? "");
  }
  const found = new Map();
  for (const scope of [...SCOPES].reverse()) {
    for (const lines of byKey.values()) {
      const first = lines.at(-1);
      if (lines[0].scope !== scope) continue;
      if (first.rule !== HAND && new Set(people.get(pairKey(first.rule, first.before, first.after))).size < 2) continue;
      const each = inOrderOfTime(latestAbout(first, byKey));
      if (!each.some((line) => actionOf(line) !== actionOf(each[0]))) continue;
      const id = JSON.stringify(each.map((line) => [keyOf(line), line.by ?? "", line.at ?? ""]));
      const about = SCOPES.map((wanted) => each.find((line) => line.scope === wanted)).find((line) => line);
      if (!found.has(id)) found.set(id, { key: keyOf(about), about, lines: each });
    }
  }
  return [...found.values()];
}

function pushTo(map, key, value) {
  if (map.has(key)) map.get(key).push(value);
  else map.set(key, [value]);
}

/** Returns the last decision of each person on the edits that a decision is about: of the narrowest scope. */
function latestAbout(first, byKey) {
  const latest = new Map();
  for (const scope of SCOPES.slice(SCOPES.indexOf(first.scope))) {
    const verdicts = [...latest.values()].filter((line) => line.verdict).map((line) => line.at ?? "");
    const since = verdicts.sort().at(-1) ?? ""; // what is older than a verdict of a narrower scope is settled by it
    for (const [by, line] of sinceVerdict(byKey.get(keyOf({ ...first, scope })) ?? []))
      if (!latest.has(by) && (since === "" || (line.at ?? "") > since)) latest.set(by, line);
  }
  return [...latest.values()];
}

/** Returns the last decision of each person since the last verdict, which is one of them; of lines with the same key. */
function sinceVerdict(lines) {
  const latest = new Map();
  for (const line of lines) {
    if (line.verdict) latest.clear();
    latest.delete(line.by ?? "");
    latest.set(line.by ?? "", line);
  }
  return latest;
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
  const { key, about: line, lines } = disagreements[row],
    name = `${visibleText(line.before)} to ${visibleText(line.after)}`;
  const note = make("input", {
    autocomplete: "off",
    maxlength: 1000,
    "aria-label": `Reason of the verdict on ${name}`,
    "data-key": `reason ${key}`,
    value: reasons.get(key) ?? "",
    input: () => reasons.set(key, note.value),
  });
  const verdict = (action, words, text) =>
    make(
      "button",
      {
        type: "button",
        "data-key": `${action} ${key}`,
        "aria-label": `${words}: ${name}`,
        click: () => {
          reasons.delete(key);
          settle(line, action, text, note.value.trim());
        },
      },
      words,
    );
  const target = line.scope === "once" ? editById().get(line.id) : undefined;
  const pair = pairByKey().get(pairKey(line.rule, line.before, line.after));
  const texts = [...new Set(lines.filter((each) => each.action === "replace").map((each) => each.text))];
  return make(
    "div",
    { class: "disagreement", role: "listitem" },
    make("p", { class: "change-line" }, shortChange(line.before, "del"), " → ", shortChange(line.after, "ins")),
    make("p", { class: "facts" }, ruleNodes(line.rule), ", ", reachOf(line)),
    make(
      "ul",
      { class: "opinions" },
      lines.map((each) =>
        make(
          "li",
          {},
          personNode(each.by || "somebody"),
          ": ",
          opinionNodes(each),
          each.scope === line.scope ? "" : ` (${SCOPE_NAMES[each.scope]})`,
        ),
      ),
    ),
    make("label", { class: "note" }, "Reason ", note),
    make(
      "div",
      { class: "actions" },
      verdict("accept", "✓ Accept"),
      verdict("reject", "✗ Reject"),
      texts.map((text) => verdict("replace", `✎ ${visibleText(text).slice(0, 40)}`, text)),
      target === undefined ? null : makeLink(addressOfEdit(target), {}, "See it in its article"),
      pair === undefined || target !== undefined ? null : makeLink(addressOfPair(pair), {}, "See its places"),
    ),
  );
}

function opinionNodes({ action, text, note, rule, after }) {
  const what = actionOf({ action, rule, text, after });
  return [
    what.startsWith("replace ") ? `“${visibleText(what.slice(8))}”` : what,
    note ? ` – ${visibleText(note)}` : "",
  ];
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
      ...signature(note),
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
