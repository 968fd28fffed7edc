// Deciding: on the current edit, and on pairs everywhere at once.

/** Decide on the current edit in the chosen scope, and go on to the next. */
function decide(action, text = "", note = "") {
  if (shown.edit === null) {
    tell("Choose a change first: j goes to the next one.");
    return;
  }
  const edit = shown.edit,
    next = neighbour(edit, 1);
  take([decisionOn(edit, action, shown.scope, text, note)]);
  if (next !== null) showEdit(next);
}

/** Decide on pairs, everywhere. */
function decidePairs(pairs, action) {
  const wanted = new Set(pairs);
  const made = [];
  for (let edit = 0; edit < corpus.total && wanted.size; edit++) {
    // an edit of each pair stands for it
    if (wanted.delete(corpus.edits.pair[edit])) made.push(decisionOn(edit, action, "everywhere"));
  }
  take(made);
  tell(`${counted(made.length, "pair")} ${action}ed everywhere. u takes it back.`);
}

/** Take the last step back, and show the edit that it was about. */
function takeBack() {
  const gone = undo();
  keep();
  if (!gone.length) {
    tell("There is nothing to take back.");
    return;
  }
  const edit = gone.length === 1 && shown.view === "articles" ? editOfId().get(gone[0].id) : undefined;
  if (edit !== undefined) showEdit(edit);
  tell(`Taken back: ${gone.length === 1 ? said(gone[0]) : counted(gone.length, "decision")}.`);
}

function take(made) {
  decideAll(made);
  keep();
}

/** The nearest edit before (-1) or behind (1) that the filter leaves; null if there is none. */
function neighbour(edit, step) {
  for (let at = edit + step; at >= 0 && at < corpus.total; at += step) if (found.edits[at]) return at;
  return null;
}

/** Go to the next or the previous edit; from none, to the first. */
function step(by) {
  const from = shown.edit ?? (shown.article === null ? -1 : corpus.articles.first[shown.article] - 1);
  const next = neighbour(Math.max(from, by < 0 ? 0 : -1), by);
  if (next === null) tell(by > 0 ? "This is the last change." : "This is the first change.");
  else showEdit(next);
}

/** Ask for the reviewer's own text for the current edit. */
function askForText() {
  if (shown.edit === null) {
    tell("Choose a change first: j goes to the next one.");
    return;
  }
  const { before, after } = edited(shown.edit),
    decision = decisionAbout(shown.edit);
  refill(part("own-before"), changedNodes(before));
  part("own-scope").textContent = SCOPE_NAMES[shown.scope];
  part("own-text").value = decision?.action === "replace" ? decision.text : after;
  part("own-note").value = decision?.note ?? "";
  part("own").showModal();
  part("own-text").select();
}

function startDeciding() {
  part("own-ok").addEventListener("click", () => {
    part("own").close();
    decide("replace", part("own-text").value, part("own-note").value);
  });
  part("own-cancel").addEventListener("click", () => part("own").close());
  part("own-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) part("own-ok").click();
  });
}
