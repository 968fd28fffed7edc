// The display state. Code that changes it calls notify(), and watchers redraw their part of the page.

const shown = {
  view: "inbox", // see VIEWS in start.js
  article: null, // the open article
  edit: null, // the current edit
  scope: "once", // of the next decision
  reading: "marked", // how the open article is shown: marked, beside or clean
  find: "", // words that are marked in the open article
  at: 0, // which of their occurrences is the current one
  source: null, // the open source, a number in corpus.shared.source
};

const watchers = [];
let moving = 0; // articles that are being loaded; until then the current edit is the one before

/** Call a function whenever one of these aspects changes: "view", "edit", "filter", "decisions", "reading". */
function watch(aspects, redraw) {
  watchers.push([aspects, redraw]);
}

/** Call the watchers of an aspect. */
function notify(aspect) {
  for (const [aspects, redraw] of watchers) if (aspects.includes(aspect)) redraw(aspect);
}

/** Show a view. */
function showView(view) {
  if (view !== "articles") shown.source = null;
  shown.view = view;
  notify("view");
}

/** Load an article to go there; returns whether it is there. */
async function moved(article) {
  moving++;
  const isThere = await loaded(article);
  moving--;
  return isThere;
}

/** Make an edit the current one, and open its article. */
async function showEdit(edit) {
  const article = corpus.edits.article[edit];
  if (!(await moved(article))) return;
  Object.assign(shown, { edit, article, find: "", at: 0 });
  if (shown.view !== "articles") showView("articles");
  notify("edit");
}

/** Open an article at its first matching edit, or at an occurrence of some words. */
async function showArticle(article, find = "", at = 0) {
  if (!(await moved(article))) return;
  const { first } = corpus.articles;
  Object.assign(shown, { article, edit: null, find, at });
  for (let edit = first[article]; find === "" && edit < first[article + 1] && shown.edit === null; edit++) {
    if (results.edits[edit]) shown.edit = edit;
  }
  if (shown.view !== "articles") showView("articles");
  notify("edit");
}

/** Return to the list of articles. */
function closeArticle() {
  Object.assign(shown, { article: null, edit: null, find: "", at: 0 });
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
