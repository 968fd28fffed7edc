// Actions that make and undo decisions: on the current edit, and on pairs everywhere.

/** Decide on the current edit in the selected scope, with the note beside it, and go to the next. */
function decide(action, text = "", note = noteBeside()) {
  if (shown.edit === null) {
    showMessage("Select a change first: j goes to the next one.");
    return;
  }
  if (moving) return; // somebody who types fast means the next change, which is not shown yet
  const edit = shown.edit,
    next = neighbour(edit, 1);
  record([decisionOn(edit, action, shown.scope, text, note)]);
  if (next !== null) showEdit(next);
  if (document.activeElement === byId("note")) byId("note").blur();
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
  if (made.length > 1) showMessage(`${counted(made.length, "pair")} ${action}ed everywhere. u undoes this.`);
}

/** Returns whether a decision is that of the person who reviews here. */
function isMine(decision) {
  return (decision.by ?? "") === reviewer.name;
}

/** Returns the note that is written in the panel of the current edit. */
function noteBeside() {
  return byId("note").value.trim();
}

/** Keep a note with one's own decision on the current edit; before it is decided, the note waits in its field. */
function noteDown() {
  const decision = shown.edit === null ? undefined : decisionAbout(shown.edit),
    note = noteBeside();
  if (decision && !isMine(decision) && note) showMessage("The note goes with your own decision: accept or reject.");
  if (!decision || !isMine(decision) || note === (decision.note ?? "")) return;
  record([decisionOn(shown.edit, decision.action, decision.scope, decision.text, note)]);
  showMessage(note ? "The note is kept with the decision." : "The note is removed.");
}

/** Undo the last step, and show its edit. */
function undoLast() {
  const undone = server ? undoAtServer() : undo();
  if (!server) saveDecisions();
  if (!undone.length) {
    showMessage("There is nothing to undo.");
    return;
  }
  const edit = undone.length === 1 && shown.view === "articles" ? editById().get(undone[0].id) : undefined;
  if (edit !== undefined) showEdit(edit);
  showMessage(`Undone: ${undone.length === 1 ? decisionText(undone[0]) : counted(undone.length, "decision")}.`);
}

/** Keep decisions: at the server, or in this browser. */
function record(made) {
  if (server) {
    keepAtServer(made);
    return;
  }
  addDecisions(made);
  saveDecisions();
}

/** Returns the first (1) or last (-1) matching edit of an article from an edit on; null if there is none. */
function matchingFrom(article, by, from) {
  const { first } = corpus.articles;
  for (
    let at = from ?? (by > 0 ? first[article] : first[article + 1] - 1);
    at >= first[article] && at < first[article + 1];
    at += by
  )
    if (results.edits[at]) return at;
  return null;
}

/** Returns the matching edit before (-1) or after (1) an edit, in the order of the list; null if there is none. */
function neighbour(edit, by) {
  const article = corpus.edits.article[edit];
  return matchingFrom(article, by, edit + by) ?? inOtherArticle(article, by);
}

/** Returns the matching edit that comes next in the articles listed before or after an article. */
function inOtherArticle(article, by) {
  const row = listed.indexOf(article);
  for (let at = row + by; at >= 0 && at < listed.length; at += by) {
    const found = matchingFrom(listed[at], by);
    if (found !== null) return found;
  }
  return null;
}

/** Go to the next or the previous edit; to the first one if there is no current edit. */
function step(by) {
  let next = null;
  if (shown.edit !== null) next = neighbour(shown.edit, by);
  else if (shown.article !== null) next = matchingFrom(shown.article, 1) ?? inOtherArticle(shown.article, by);
  else next = inOtherArticle(-1, 1);
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
  byId("own-note").value = noteBeside();
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
