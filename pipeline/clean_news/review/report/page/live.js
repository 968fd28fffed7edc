// The page while a server serves it: events tell it of decisions, of articles that were cleaned again, and of what the
// server does. What somebody reads stays where it is.

const live = { state: { cleaning: 0, waiting: "", problem: "", reading: null }, cannotClean: "", isConnected: true };
let changesAsked = null; // the request for changes that is under way; further ones wait for it

/** Say whether everything is kept, and what the server does. */
function drawConnection() {
  const { cleaning, waiting, problem, reading } = live.state;
  const steps = atServer.pending.filter((each) => !each.undo).length,
    number = counted(steps, "decision");
  const isOffline = atServer.failed !== "" || !live.isConnected;
  const said = [
    isOffline
      ? `${atServer.failed || "The server does not answer."} ${steps ? `${number} wait${steps === 1 ? "s" : ""} here and will be sent again.` : "Decisions will wait here."}`
      : steps
        ? `Keeping ${number} …`
        : "",
    problem,
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
async function readChanges() {
  if (changesAsked !== null) {
    changesAsked.again = true;
    return;
  }
  changesAsked = { again: false };
  try {
    const answer = await ask(`/api/changes?since=${server.generation}`);
    if (answer.reload) await takeColumns(await ask("/api/columns"));
    else await takeChanges(answer);
  } catch (error) {
    showMessage(error.message);
  }
  const { again } = changesAsked;
  changesAsked = null;
  if (again) await readChanges();
}

/** Take the columns anew: after a restart of the server. */
async function takeColumns({ generation, columns, ids }) {
  const open = shown.article === null ? null : corpus.articles.name[shown.article];
  await showingTheSame(open, async () => {
    bodyCache.clear();
    Object.assign(corpus, withTypedColumns(columns));
    idsRead = ids;
    server.generation = generation;
  });
}

/** Take the rows of articles that changed. */
async function takeChanges(answer) {
  const open = shown.article === null ? null : corpus.articles.name[shown.article];
  await showingTheSame(open, async () => {
    for (const { article } of answer.articles) bodyCache.delete(article);
    mergeRows(answer);
    server.generation = answer.generation;
  });
}

/** Change the columns, and show the same article, edit and place in the text afterwards. */
async function showingTheSame(open, change) {
  const id = shown.edit === null ? null : editIds()[shown.edit],
    place = placeInText();
  await change();
  columnVersion++;
  const article = open === null ? null : (articleByName().get(open) ?? null),
    isThere = article !== null && !corpus.articles.gone.has(article) && (await loaded(article));
  shown.article = isThere ? article : null;
  const edit = id === null ? undefined : editById().get(id);
  shown.edit = isThere && edit !== undefined && corpus.edits.article[edit] === article ? edit : null;
  notify("columns");
  updateEffective(); // which draws everything again
  if (open !== null && !isThere) {
    notify("edit");
    showMessage(`${visibleText(open)} is not there any more.`);
  }
  if (isThere) returnToPlace(place);
  drawPanel();
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

async function startLive() {
  if (!server) return;
  live.cannotClean = server.can_clean ? "" : server.why_not;
  document.title = `${visibleText(corpus.name)}: clean-news`;
  for (const each of ["load", "help-file"]) byId(each).hidden = true;
  for (const each of ["help-server", "save-word"]) byId(each).hidden = false;
  byId("save-word").addEventListener("click", () =>
    saveFromServer(`/api/export/changes.docx?article=${shown.article}`, "changes.docx"),
  );
  restorePending();
  mergeDecisions();
  listen();
  sendPending();
  drawConnection();
}
