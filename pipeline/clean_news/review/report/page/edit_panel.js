// The panel of the current edit: its details, and the buttons to decide on it.

function drawPanel() {
  const edit = shown.edit;
  byId("panel").hidden = edit === null || shown.view !== "articles";
  if (byId("panel").hidden) return;
  const { pair, article } = editInfo(edit),
    { first } = corpus.articles;
  byId("position").textContent = `${edit - first[article] + 1} of ${corpus.articles.edits[article]} in this article`;
  refill(byId("details"), detailsOf(edit), similarEdits(pair));
  byId("details").scrollTop = 0;
  drawNote(edit);
  for (const scope of SCOPES) byId(`scope-${scope}`).checked = scope === shown.scope;
  drawEffect();
}

const noteShown = { id: "", said: "" }; // the edit whose note the field shows, and that note

/** Show the note of one's own decision on an edit; what somebody has begun to write about it stays. */
function drawNote(edit) {
  const id = editIds()[edit],
    decision = decisionAbout(edit),
    said = decision && isMine(decision) ? (decision.note ?? "") : "",
    field = byId("note");
  if (noteShown.id !== id || field.value === noteShown.said) field.value = said;
  Object.assign(noteShown, { id, said });
}

/** Returns the number of identical changes, with a button that shows them. */
function similarEdits(pair) {
  let edits = 0;
  const articles = new Set();
  corpus.edits.pair.forEach((each, edit) => {
    if (each === pair) {
      edits++;
      articles.add(corpus.edits.article[edit]);
    }
  });
  if (edits === 1) return null;
  return make(
    "p",
    { class: "facts" },
    make(
      "button",
      { type: "button", class: "link", click: () => showOnlyPair(pair) },
      `The same change ${edits.toLocaleString("en")} times in ${counted(articles.size, "article")}`,
    ),
  );
}

/** Filter by a pair. */
function showOnlyPair(pair) {
  criteria.pair = pair;
  applyFilter();
  showView("articles");
}

/** Say how many changes a decision in the selected scope is about. */
function drawEffect() {
  const edit = shown.edit;
  if (edit === null) return;
  const { pair, article } = editInfo(edit);
  let number = 0;
  const articles = new Set();
  for (let each = 0; each < corpus.total; each++) {
    if (corpus.edits.pair[each] !== pair) continue;
    if (shown.scope === "once" ? each !== edit : shown.scope === "article" && corpus.edits.article[each] !== article)
      continue;
    number++;
    articles.add(corpus.edits.article[each]);
  }
  byId("scope-effect").textContent =
    `A decision is about ${counted(number, "edit")} in ${counted(articles.size, "article")}.`;
}

/** Set the scope of the next decision. */
function chooseScope(scope) {
  shown.scope = scope;
  byId(`scope-${scope}`).checked = true;
  drawEffect();
  showMessage(`Scope of decisions: ${SCOPE_NAMES[scope]}.`);
}

function startPanel() {
  byId("note").addEventListener("change", noteDown);
  byId("note").addEventListener("keydown", (event) => {
    if (event.key === "Enter") byId("note").blur();
  });
  watch(["edit", "view", "decisions"], drawPanel);
  for (const scope of SCOPES) byId(`scope-${scope}`).addEventListener("change", () => chooseScope(scope));
  // A click on them does not end the note, which would keep it with the decision before this one.
  for (const id of ["accept", "reject", "edit"]) byId(id).addEventListener("mousedown", (event) => event.preventDefault());
  byId("accept").addEventListener("click", () => decide("accept"));
  byId("reject").addEventListener("click", () => decide("reject"));
  byId("edit").addEventListener("click", askForText);
  byId("undo").addEventListener("click", undoLast);
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
}
