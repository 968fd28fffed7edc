// The reviewer's decisions, as in clean_news/decisions.py: one per key, and the narrowest scope takes precedence.

const SCHEMA = "clean-news/decisions/1";
const HAND = "HAND"; // rule of what people write themselves; see clean_news/hand_edits.py
const ACTIONS = ["accept", "reject", "replace"];
const SCOPES = ["once", "article", "everywhere"];
const SCOPE_NAMES = { once: "once", article: "in this article", everywhere: "everywhere" };

const decisions = new Map(); // by key, in the order in which they were made
const overridden = []; // decisions that a later one of another person contradicts
const undoable = []; // the steps, each a list of [key, previous decision]
let decisionCodes = new Uint8Array(corpus.total); // of each edit, an index into DECISION_VALUES
let decisionVersion = 1; // it grows with each change of the decisions
let deciding = false; // while the page is told of other decisions, its lists keep their order
// The decisions by target: an edit; an article and a pair combined in one number; a pair.
const effective = { once: new Map(), article: new Map(), everywhere: new Map() };

/** Returns the key of a decision: decisions with the same key replace each other. */
function keyOf({ scope, id, article, rule, before, after }) {
  if (scope === "once") return JSON.stringify([scope, id]);
  return JSON.stringify(scope === "article" ? [scope, article, rule, before, after] : [scope, rule, before, after]);
}

/** Returns the time in Python's format: times are compared as text. */
function timeNow() {
  return new Date().toISOString().replace(/\.\d+Z$/, "+00:00");
}

/** Returns what each new decision says of itself: by whom, when and why. */
function signature(note) {
  return { ...(reviewer.name ? { by: reviewer.name } : {}), at: timeNow(), ...(note ? { note } : {}) };
}

/** Returns a new decision on an edit. */
function decisionOn(edit, action, scope, text = "", note = "") {
  const { article, code, before, after } = editInfo(edit);
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
    ...signature(note),
  };
}

/** Returns the decision in effect for an edit; undefined if there is none. */
function decisionAbout(edit) {
  if (!decisionCodes[edit]) return undefined;
  const { pair, article } = editInfo(edit);
  return (
    effective.once.get(edit) ??
    effective.article.get(article * corpus.pairs.total + pair) ??
    effective.everywhere.get(pair)
  );
}

/** Add decisions as one step. */
function addDecisions(made) {
  undoable.push(
    made.map((decision) => {
      const key = keyOf(decision),
        before = decisions.get(key);
      decisions.delete(key); // move to the end
      decisions.set(key, decision);
      if (before && (before.by ?? "") !== (decision.by ?? "")) overridden.push(before);
      return [key, before];
    }),
  );
  updateEffective();
}

/** Undo the last step; returns its decisions, an empty list if there was no step. */
function undo() {
  const step = undoable.pop() ?? [];
  const undone = step.map(([key, before]) => {
    const decision = decisions.get(key);
    decisions.delete(key);
    if (before) decisions.set(key, before);
    if (overridden.includes(before)) overridden.splice(overridden.indexOf(before), 1);
    return decision;
  });
  updateEffective();
  return undone;
}

/** Returns all decisions, also those that are not in effect. */
function allLines() {
  return server
    ? [...atServer.lines, ...atServer.pending.flatMap((each) => each.shown ?? [])]
    : [...overridden, ...decisions.values()];
}

/** Replace all decisions; of those with the same key, the last one is in effect. */
function replaceDecisions(others) {
  decisions.clear();
  overridden.length = 0;
  for (const decision of others) {
    const key = keyOf(decision),
      earlier = decisions.get(key);
    if (earlier && (earlier.by ?? "") !== (decision.by ?? "")) overridden.push(earlier);
    decisions.delete(key);
    decisions.set(key, decision);
  }
  undoable.length = 0;
  updateEffective();
}

/** Returns the target of a decision, see effective; undefined if it is not in this report. */
function targetOf(decision) {
  if (decision.scope === "once") return editById().get(decision.id);
  const pair = pairByKey().get(pairKey(decision.rule, decision.before, decision.after));
  if (decision.scope === "everywhere" || pair === undefined) return pair;
  const article = articleByName().get(decision.article);
  return article === undefined ? undefined : article * corpus.pairs.total + pair;
}

/** Recompute the decision in effect for each edit. */
function updateEffective() {
  for (const scope of SCOPES) effective[scope].clear();
  for (const decision of decisions.values()) {
    const target = targetOf(decision);
    if (target !== undefined) effective[decision.scope].set(target, decision);
  }
  const { once: single, article: inArticle, everywhere } = effective;
  const { pair, article } = corpus.edits;
  if (decisionCodes.length !== corpus.total) decisionCodes = new Uint8Array(corpus.total);
  for (let edit = 0; edit < corpus.total; edit++) {
    const decision =
      (single.size && single.get(edit)) ||
      (inArticle.size && inArticle.get(article[edit] * corpus.pairs.total + pair[edit])) ||
      (everywhere.size && everywhere.get(pair[edit]));
    decisionCodes[edit] = decision ? 1 + ACTIONS.indexOf(decision.action) : 0;
  }
  decisionVersion++;
  deciding = true;
  notify("decisions");
  deciding = false;
}

/** Returns the number of decisions without a target in this report. */
function countUnmatched() {
  const byHand = [...decisions.values()].filter((each) => each.rule === HAND && targetOf(each) === undefined).length;
  return decisions.size - byHand - SCOPES.reduce((sum, scope) => sum + effective[scope].size, 0);
}

/** Returns a decision in words. */
function decisionText({ action, scope, text, by }) {
  const what = {
    accept: "accepted",
    reject: "rejected",
    replace: `replaced by “${visibleText(text ?? "")}”`,
  }[action];
  return `${what} ${SCOPE_NAMES[scope]}${by ? ` by ${by}` : ""}`;
}
