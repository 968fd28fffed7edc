// The page while a server serves it: events tell it of decisions, of articles that were cleaned again, and of what the
// server does. What somebody reads stays where it is.

const live = { state: { cleaning: 0, waiting: "", problem: "", reading: null }, cannotClean: "", isConnected: true };
let changesUnderWay = null; // a promise, while changes are read
let changesWanted = false; // there may be more
const MAX_TRIES = 5; // to read an article that is being changed

/** Say whether everything is kept, and what the server does. */
function drawConnection() {
  const { cleaning, waiting, problem, reading } = live.state;
  const steps = atServer.pending.filter((each) => !each.undo).length,
    number = counted(steps, "decision");
  const isOffline = atServer.failed !== "" || !live.isConnected;
  const said = [
    isOffline
      ? `${atServer.failed || "The server does not answer."} ${steps ? `${number} wait${steps === 1 ? "s" : ""} here: it is sent when clean-news serve runs with --port ${location.port} again.` : "Decisions will wait here."}`
      : steps
        ? `Keeping ${number} …`
        : atServer.pending.length
          ? "Undoing …"
          : "",
    live.cannotClean ? "" : problem,
    waiting,
    reading ? `Reading: ${reading[0].toLocaleString("en")} of ${counted(reading[1], "article")} …` : "",
    cleaning ? `${counted(cleaning, "article")} being cleaned again …` : "",
    live.cannotClean ? `Decisions are kept, but articles are not cleaned again: ${live.cannotClean}` : "",
  ].filter(Boolean);
  byId("connection").textContent = said.join(" ");
  byId("connection").hidden = said.length === 0;
  byId("connection").classList.toggle("problem", isOffline || problem !== "");
}

function listen() {
  const events = new EventSource(`/api/events?${new URLSearchParams({ token: server.token })}`);
  const on = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("hello", async ({ generation, version, state }) => {
    Object.assign(live, { state, isConnected: true });
    atServer.failed = "";
    endPause();
    if (version !== atServer.version) await readDecisions();
    if (generation !== server.generation) await readChanges();
    drawConnection();
  });
  on("changed", readChanges);
  on("decisions", takeDecisions);
  on("state", (state) => {
    live.state = state;
    drawConnection();
  });
  events.addEventListener("error", () => {
    live.isConnected = false;
    drawConnection();
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, LONGEST_WAIT_MS / 5); // it was refused
  });
}

/** Read the articles that changed since the last time; one request at a time. */
function readChanges() {
  changesWanted = true;
  changesUnderWay ??= (async () => {
    try {
      while (changesWanted) {
        changesWanted = false;
        await readChangesOnce();
      }
    } catch (error) {
      showMessage(error.message);
    } finally {
      changesUnderWay = null;
    }
  })();
  return changesUnderWay;
}

async function readChangesOnce() {
  const answer = await ask(`/api/changes?since=${server.generation}`);
  if (answer.reload) {
    const { generation, columns, ids } = await ask("/api/columns");
    const made = withTypedColumns(columns),
      numbers = new Map(made.articles.name.map((name, article) => [name, article]));
    await showingTheSame(
      generation,
      (name) => numbers.get(name),
      (article) => ids.slice(made.articles.first[article], made.articles.first[article + 1]),
      () => {
        bodyCache.clear();
        Object.assign(corpus, made);
        idsRead = ids;
      },
    );
    return;
  }
  const rows = new Map(answer.articles.map((row) => [row.article, row]));
  await showingTheSame(
    answer.generation,
    (name) => articleByName().get(name),
    (article) => rows.get(article)?.ids,
    () => {
      for (const article of rows.keys()) bodyCache.delete(article);
      mergeRows(answer);
    },
  );
}

/**
 * Change the columns, and show the same article, edit and place in the text afterwards. What has to be asked for is
 * there before anything changes: meanwhile somebody may go on.
 * @param {number} generation of the new columns
 * @param {(name: string) => number | undefined} numberOf returns the new number of an article
 * @param {(article: number) => string[] | undefined} idsOf returns the new edits of an article, if it changed
 * @param {() => void} change changes the columns
 */
async function showingTheSame(generation, numberOf, idsOf, change) {
  const bodies = new Map();
  const openName = () => (shown.article === null ? null : corpus.articles.name[shown.article]);
  for (let name = openName(); name !== null && !bodies.has(name); name = openName()) {
    const article = numberOf(name),
      ids = article === undefined ? undefined : idsOf(article);
    if (ids === undefined) break; // it is gone, or as it was
    const answer = await ask(`/api/articles/${article}`).catch((error) => {
      if (!error.status) throw error; // the server is away: nothing changes until it is back
      return null;
    });
    if (answer !== null && !areSame(answer.columns.ids, ids)) changesWanted = true; // it has changed again
    bodies.set(name, answer !== null && areSame(answer.columns.ids, ids) ? answer.body : null);
  }
  const open = openName(),
    id = shown.edit === null ? null : editIds()[shown.edit],
    place = placeInText(),
    hadBody = open !== null && !bodies.has(open) ? bodyCache.get(shown.article) : null;
  change();
  server.generation = generation;
  columnVersion++;
  const article = open === null ? undefined : articleByName().get(open),
    body = bodies.get(open) ?? hadBody;
  const isThere = article !== undefined && !corpus.articles.gone.has(article) && body;
  if (isThere) bodyCache.set(article, body);
  shown.article = isThere ? article : null;
  const edit = id === null ? undefined : editById().get(id);
  shown.edit = isThere && edit !== undefined && corpus.edits.article[edit] === article ? edit : null;
  notify("columns");
  updateEffective(); // which draws everything again
  if (open !== null && !isThere) {
    notify("edit");
    showMessage(`${visibleText(open)} is not there any more, or is being changed.`);
  }
  if (isThere) returnToPlace(place);
  drawPanel();
}

function areSame(some, others) {
  return some.length === others.length && some.every((each, at) => each === others[at]);
}

/** Returns what somebody reads: the first change that is in view and where, how far it is scrolled, and the focus. */
function placeInText() {
  const box = cleanElement(),
    top = box.getBoundingClientRect().top;
  const span = spans.find((each) => box.contains(each) && each.getBoundingClientRect().bottom > top);
  return {
    scrolled: box.scrollTop,
    id: span && editIds()[Number(span.dataset.edit)],
    offset: span && span.getBoundingClientRect().top - top,
    isFocused: box.contains(document.activeElement),
  };
}

function returnToPlace({ scrolled, id, offset, isFocused }) {
  const box = cleanElement(),
    edit = id === undefined ? undefined : editById().get(id),
    span = edit === undefined ? undefined : spanOf(edit);
  box.scrollTop = scrolled;
  if (span) box.scrollTop += span.getBoundingClientRect().top - box.getBoundingClientRect().top - offset;
  if (isFocused && shown.edit !== null) spanOf(shown.edit)?.focus({ preventScroll: true });
}

/** Load the article that comes next in the list, so that nobody waits for it. */
function loadNext() {
  const next = shown.edit === null ? null : inOtherArticle(shown.article, 1);
  const article = next === null ? null : corpus.edits.article[next];
  if (article !== null && !bodyCache.has(article)) fetchBody(article).catch(() => {}); // it is asked for again when it is opened
}

function startLive() {
  if (!server) return;
  live.cannotClean = server.can_clean ? "" : server.why_not;
  for (const each of ["load", "help-file"]) byId(each).hidden = true;
  for (const each of ["help-server", "save-word"]) byId(each).hidden = false;
  byId("save-word").addEventListener("click", () =>
    saveFromServer(`/api/export/changes.docx?article=${shown.article}`, "changes.docx"),
  );
  watch(["edit"], loadNext);
  restorePending();
  mergeDecisions();
  listen();
  sendPending();
  drawConnection();
}
