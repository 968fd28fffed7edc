// What is shown now. Whoever changes it says so, and every part of the page that cares redraws itself.

const shown = {
  view: "articles", // articles, pairs or charts
  article: null, // the open one
  edit: null, // the current one
  scope: "once", // of the next decision
};

const watchers = [];

/** Call a function whenever one of these aspects changed: "view", "edit", "filter", "decisions". */
function watch(aspects, redraw) {
  watchers.push([aspects, redraw]);
}

/** Say that an aspect changed. */
function changed(aspect) {
  for (const [aspects, redraw] of watchers) if (aspects.includes(aspect)) redraw(aspect);
}

/** Show a view. */
function showView(view) {
  shown.view = view;
  changed("view");
}

/** Make an edit the current one, and open its article. */
function showEdit(edit) {
  shown.edit = edit;
  shown.article = corpus.edits.article[edit];
  if (shown.view !== "articles") showView("articles");
  changed("edit");
}

/** Open an article, at its first edit that the filter leaves. */
function showArticle(article) {
  const { first } = corpus.articles;
  shown.article = article;
  shown.edit = null;
  for (let edit = first[article]; edit < first[article + 1] && shown.edit === null; edit++) {
    if (found.edits[edit]) shown.edit = edit;
  }
  changed("edit");
}

/** Back to the list of articles. */
function closeArticle() {
  shown.article = shown.edit = null;
  changed("edit");
}

/** Tell people something, for a while. */
function tell(message) {
  part("message").textContent = message;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => {
    part("message").textContent = "";
  }, 8000);
}
