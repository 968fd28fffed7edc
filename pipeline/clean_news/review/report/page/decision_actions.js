// Actions that make and undo decisions: on the current edit, and on pairs everywhere.

/** Decide on the current edit in the selected scope, and go to the next. */
function decide(action, text = "", note = "") {
  if (shown.edit === null) {
    showMessage("Select a change first: j goes to the next one.");
    return;
  }
  const edit = shown.edit,
    next = neighbour(edit, 1);
  record([decisionOn(edit, action, shown.scope, text, note)]);
  if (next !== null) showEdit(next);
}

/** Decide on pairs, everywhere. */
function decidePairs(pairs, action) {
  const wanted = new Set(pairs);
  const made = [];
  for (let edit = 0; edit < corpus.total && wanted.size; edit++) {
    // the first edit of each pair represents it
    if (wanted.delete(corpus.edits.pair[edit])) made.push(decisionOn(edit, action, "everywhere"));
  }
  record(made);
  showMessage(`${counted(made.length, "pair")} ${action}ed everywhere. u undoes this.`);
}

/** Undo the last step, and show its edit. */
function undoLast() {
  const undone = undo();
  saveDecisions();
  if (!undone.length) {
    showMessage("There is nothing to undo.");
    return;
  }
  const edit = undone.length === 1 && shown.view === "articles" ? editById().get(undone[0].id) : undefined;
  if (edit !== undefined) showEdit(edit);
  showMessage(`Undone: ${undone.length === 1 ? decisionText(undone[0]) : counted(undone.length, "decision")}.`);
}

function record(made) {
  addDecisions(made);
  saveDecisions();
}

/** Returns the nearest matching edit before (-1) or after (1) an edit; null if there is none. */
function neighbour(edit, step) {
  for (let at = edit + step; at >= 0 && at < corpus.total; at += step) if (results.edits[at]) return at;
  return null;
}

/** Go to the next or the previous edit; to the first one if there is no current edit. */
function step(by) {
  const from = shown.edit ?? (shown.article === null ? -1 : corpus.articles.first[shown.article] - 1);
  const next = neighbour(Math.max(from, by < 0 ? 0 : -1), by);
  if (next === null) showMessage(by > 0 ? "This is the last change." : "This is the first change.");
  else showEdit(next);
}

/** Ask for the reviewer's replacement of the current edit. */
function askForText() {
  if (shown.edit === null) {
    showMessage("Select a change first: j goes to the next one.");
    return;
  }
  const { before, after } = editInfo(shown.edit),
    decision = decisionAbout(shown.edit);
  refill(byId("own-before"), changedNodes(before));
  byId("own-scope").textContent = SCOPE_NAMES[shown.scope];
  byId("own-text").value = decision?.action === "replace" ? decision.text : after;
  byId("own-note").value = decision?.note ?? "";
  byId("own").showModal();
  byId("own-text").select();
}

function startDecisionActions() {
  byId("own-ok").addEventListener("click", () => {
    byId("own").close();
    decide("replace", byId("own-text").value, byId("own-note").value);
  });
  byId("own-cancel").addEventListener("click", () => byId("own").close());
  byId("own-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("own-ok").click();
  });
}
