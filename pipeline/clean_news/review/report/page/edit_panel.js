// The panel of the current edit: what there is to know about it, and the buttons that decide on it.

function drawPanel() {
  const edit = shown.edit;
  part("panel").hidden = edit === null || shown.view !== "articles";
  if (edit === null) return;
  const { pair, article } = edited(edit),
    { first } = corpus.articles;
  part("position").textContent = `${edit - first[article] + 1} of ${corpus.articles.edits[article]} in this article`;
  refill(part("details"), detailsOf(edit), alike(pair));
  part("details").scrollTop = 0;
  for (const scope of SCOPES) part(`scope-${scope}`).checked = scope === shown.scope;
}

/** How often there is the same change, with a way to see all of them. */
function alike(pair) {
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

/** Leave only the edits of a pair. */
function showOnlyPair(pair) {
  chosen.pair = pair;
  refilter();
  showView("articles");
}

/** Choose where the next decision holds. */
function chooseScope(scope) {
  shown.scope = scope;
  part(`scope-${scope}`).checked = true;
  tell(`Decisions hold ${SCOPE_NAMES[scope]}.`);
}

function startPanel() {
  watch(["edit", "view", "decisions"], drawPanel);
  for (const scope of SCOPES) part(`scope-${scope}`).addEventListener("change", () => chooseScope(scope));
  part("accept").addEventListener("click", () => decide("accept"));
  part("reject").addEventListener("click", () => decide("reject"));
  part("edit").addEventListener("click", askForText);
  part("undo").addEventListener("click", takeBack);
  part("previous").addEventListener("click", () => step(-1));
  part("next").addEventListener("click", () => step(1));
}
