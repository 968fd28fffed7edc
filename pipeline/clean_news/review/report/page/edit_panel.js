// The panel of the current edit: its details, and the buttons to decide on it.

function drawPanel() {
  const edit = shown.edit;
  byId("panel").hidden = edit === null || shown.view !== "articles";
  if (edit === null) return;
  const { pair, article } = editInfo(edit),
    { first } = corpus.articles;
  byId("position").textContent = `${edit - first[article] + 1} of ${corpus.articles.edits[article]} in this article`;
  refill(byId("details"), detailsOf(edit), similarEdits(pair));
  byId("details").scrollTop = 0;
  for (const scope of SCOPES) byId(`scope-${scope}`).checked = scope === shown.scope;
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

/** Set the scope of the next decision. */
function chooseScope(scope) {
  shown.scope = scope;
  byId(`scope-${scope}`).checked = true;
  showMessage(`Scope of decisions: ${SCOPE_NAMES[scope]}.`);
}

function startPanel() {
  watch(["edit", "view", "decisions"], drawPanel);
  for (const scope of SCOPES) byId(`scope-${scope}`).addEventListener("change", () => chooseScope(scope));
  byId("accept").addEventListener("click", () => decide("accept"));
  byId("reject").addEventListener("click", () => decide("reject"));
  byId("edit").addEventListener("click", askForText);
  byId("undo").addEventListener("click", undoLast);
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
}
