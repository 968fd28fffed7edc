// The reviewer's decisions, as in clean_news/decisions.py: one about each thing, the narrowest scope counts.

const SCHEMA = "clean-news/decisions/1";
const ACTIONS = ["accept", "reject", "replace"];
const SCOPES = ["once", "article", "everywhere"];
const SCOPE_NAMES = { once: "once", article: "in this article", everywhere: "everywhere" };

const decisions = new Map(); // by what each is about, in the order in which they were made
const undoable = []; // what each step put in the place of what: lists of [key, decision before]
const decidedOn = new Uint8Array(corpus.total); // for each edit the number of what was decided, see DECIDED
// The decisions by their targets: an edit; an article and a pair in one number; a pair.
const effective = { once: new Map(), article: new Map(), everywhere: new Map() };

/** What a decision is about. */
function keyOf({ scope, id, article, rule, before, after }) {
  if (scope === "once") return JSON.stringify([scope, id]);
  return JSON.stringify(scope === "article" ? [scope, article, rule, before, after] : [scope, rule, before, after]);
}

/** The decision about an edit as a reviewer makes it. */
function decisionOn(edit, action, scope, text = "", note = "") {
  const { article, code, before, after } = edited(edit);
  const at = new Date().toISOString().replace(/\.\d+Z$/, "+00:00"); // as Python writes it: they are compared as text
  return {
    schema: SCHEMA,
    action,
    scope,
    id: editIds()[edit],
    article: corpus.articles.name[article],
    rule: code,
    before,
    after,
    ...(action === "replace" ? { text } : {}),
    ...(reviewer.name ? { by: reviewer.name } : {}),
    at,
    ...(note ? { note } : {}),
  };
}

/** The decision that counts for an edit; undefined if there is none. */
function decisionAbout(edit) {
  if (!decidedOn[edit]) return undefined;
  const { pair, article } = edited(edit);
  return (
    effective.once.get(edit) ??
    effective.article.get(article * corpus.pairs.total + pair) ??
    effective.everywhere.get(pair)
  );
}

/** Take decisions on, in one step. */
function decideAll(made) {
  undoable.push(
    made.map((decision) => {
      const key = keyOf(decision),
        before = decisions.get(key);
      decisions.delete(key); // the latest goes to the end
      decisions.set(key, decision);
      return [key, before];
    }),
  );
  redecide();
}

/** Take the last step back; returns what it had decided, an empty list if there was none. */
function undo() {
  const step = undoable.pop() ?? [];
  const gone = step.map(([key, before]) => {
    const decision = decisions.get(key);
    decisions.delete(key);
    if (before) decisions.set(key, before);
    return decision;
  });
  redecide();
  return gone;
}

/** Put other decisions in the place of all. */
function replaceDecisions(others) {
  decisions.clear();
  for (const decision of others) decisions.set(keyOf(decision), decision);
  undoable.length = 0;
  redecide();
}

/** The edit that a decision is about; for the wider scopes the pair; undefined if this report has none. */
function targetOf(decision) {
  if (decision.scope === "once") return editOfId().get(decision.id);
  const pair = pairOfKey().get(keyOfPair(decision.rule, decision.before, decision.after));
  if (decision.scope === "everywhere" || pair === undefined) return pair;
  const article = articleOfName().get(decision.article);
  return article === undefined ? undefined : article * corpus.pairs.total + pair;
}

/** Work out what was decided on each edit. */
function redecide() {
  for (const scope of SCOPES) effective[scope].clear();
  for (const decision of decisions.values()) {
    const target = targetOf(decision);
    if (target !== undefined) effective[decision.scope].set(target, decision);
  }
  const { once: single, article: inArticle, everywhere } = effective;
  const { pair, article } = corpus.edits;
  for (let edit = 0; edit < corpus.total; edit++) {
    const decision =
      (single.size && single.get(edit)) ||
      (inArticle.size && inArticle.get(article[edit] * corpus.pairs.total + pair[edit])) ||
      (everywhere.size && everywhere.get(pair[edit]));
    decidedOn[edit] = decision ? 1 + ACTIONS.indexOf(decision.action) : 0;
  }
  changed("decisions");
}

/** How many decisions are about nothing in this report. */
function aboutNothing() {
  return decisions.size - SCOPES.reduce((sum, scope) => sum + effective[scope].size, 0);
}

/** What was decided, in words. */
function said({ action, scope, text, by }) {
  const what = { accept: "accepted", reject: "rejected", replace: `replaced by “${inWords(text ?? "")}”` }[action];
  return `${what} ${SCOPE_NAMES[scope]}${by ? ` by ${by}` : ""}`;
}
