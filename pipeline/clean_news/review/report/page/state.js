// The display state. Code that changes it calls notify(), and watchers redraw their part of the page.

const shown = {
  view: "articles", // articles, pairs or charts
  article: null, // the open article
  edit: null, // the current edit
  scope: "once", // of the next decision
};

const watchers = [];

/** Call a function whenever one of these aspects changes: "view", "edit", "filter", "decisions". */
function watch(aspects, redraw) {
  watchers.push([aspects, redraw]);
}

/** Call the watchers of an aspect. */
function notify(aspect) {
  for (const [aspects, redraw] of watchers) if (aspects.includes(aspect)) redraw(aspect);
}

/** Show a view. */
function showView(view) {
  shown.view = view;
  notify("view");
}

/** Make an edit the current one, and open its article. */
function showEdit(edit) {
  shown.edit = edit;
  shown.article = corpus.edits.article[edit];
  if (shown.view !== "articles") showView("articles");
  notify("edit");
}

/** Open an article at its first matching edit. */
function showArticle(article) {
  const { first } = corpus.articles;
  shown.article = article;
  shown.edit = null;
  for (let edit = first[article]; edit < first[article + 1] && shown.edit === null; edit++) {
    if (results.edits[edit]) shown.edit = edit;
  }
  notify("edit");
}

/** Return to the list of articles. */
function closeArticle() {
  shown.article = shown.edit = null;
  notify("edit");
}

/** Show a message for 8 seconds. */
function showMessage(message) {
  byId("message").textContent = message;
  clearTimeout(showMessage.timer);
  showMessage.timer = setTimeout(() => {
    byId("message").textContent = "";
  }, 8000);
}
