// Decisions at the server. Each step is shown at once, kept in this browser, and posted until the server answers; the
// server knows the step by its id, so that none is lost and none is kept twice.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const PENDING_KEY = "clean-news/pending/"; // of each step, so that several pages do not overwrite each other's
const NAME_KEY = "clean-news/name";
const FINAL = [400, 404, 405, 409, 413, 415, 422, 500]; // answers that no repetition changes

const atServer = {
  lines: [], // all decisions that the server keeps, everybody's
  version: -1,
  pending: [], // steps that it has not answered: {step, by, decisions} or {step, by, undo: true}
  isSending: false,
  waiting: null, // ends the wait before the next attempt
  failed: "", // why the last attempt failed
};

/** Returns an id for a step: 32 hex digits. */
function newStep() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Show the decisions that are kept and those that are on their way. */
function mergeDecisions() {
  const undone = new Set(atServer.pending.filter((each) => each.undo).map((each) => each.step));
  const kept = atServer.lines.filter((line) => !undone.has(line.step));
  const known = new Set(kept.map((line) => line.step));
  const coming = atServer.pending
    .filter((each) => !each.undo && !undone.has(each.step) && !known.has(each.step))
    .flatMap((each) => each.shown);
  replaceDecisions([...inOrderOfTime(kept), ...coming]);
}

/** Keep decisions at the server. */
function keepAtServer(made) {
  addStep({
    step: newStep(),
    by: reviewer.name,
    shown: made,
    decisions: made.map(({ schema: _, by: __, at: ___, ...decision }) => decision),
  });
}

/** Keep words that somebody changed by hand at the server; it makes the decision. */
function keepHandAtServer(hand, scope, note) {
  addStep({ step: newStep(), by: reviewer.name, shown: [], decisions: [{ hand, scope, note }] });
}

function addStep(step) {
  atServer.pending.push({ ...step, madeAt: Date.now() });
  savePending(atServer.pending.at(-1));
  mergeDecisions();
  sendPending();
}

/** Undo the last step of this person; returns its decisions. */
function undoAtServer() {
  const mine = (line) => line.step && (line.by ?? "") === reviewer.name;
  const undone = new Set(atServer.pending.filter((each) => each.undo).map((each) => each.step));
  const unsent = atServer.pending.findLast((each) => !each.undo && !undone.has(each.step));
  const last = unsent ?? inOrderOfTime(atServer.lines).findLast((line) => mine(line) && !undone.has(line.step));
  if (!last) return [];
  const decided = unsent?.shown ?? atServer.lines.filter((line) => line.step === last.step);
  addStep({ step: last.step, by: reviewer.name, undo: true });
  return decided;
}

/** Send what is pending, one step after the other, until the server has answered all. */
async function sendPending() {
  if (atServer.isSending) return;
  atServer.isSending = true;
  let wait = FIRST_WAIT_MS;
  while (atServer.pending.length) {
    drawConnection();
    const [item] = atServer.pending;
    const { step, by, decisions: decided } = item;
    try {
      const answer = await (item.undo
        ? ask("/api/undo", { step, by })
        : ask("/api/decisions", { step, by, decisions: decided }));
      takeAnswer(item, answer);
      atServer.failed = "";
      wait = FIRST_WAIT_MS;
    } catch (error) {
      if (FINAL.includes(error.status)) {
        dropFirst();
        showMessage(`Not kept: ${error.message}`);
        continue;
      }
      atServer.failed = error.message;
      drawConnection();
      await pause(wait);
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
  }
  atServer.isSending = false;
  drawConnection();
}

function takeAnswer(item, answer) {
  const { shown } = item;
  if (item.undo) removeSteps([item.step]);
  else addLines(answer.decisions);
  atServer.version = Math.max(atServer.version, answer.version);
  if (answer.cannot_clean) live.cannotClean = answer.cannot_clean;
  const isShown = !item.undo && shown.length > 0 && shown.every((each) => decisions.get(keyOf(each)) === each);
  if (!isShown) {
    dropFirst();
    return;
  }
  forgetFirst();
  for (const line of answer.decisions) decisions.set(keyOf(line), line); // as it is kept: with name and time
}

function dropFirst() {
  forgetFirst();
  mergeDecisions();
}

function forgetFirst() {
  const step = atServer.pending.shift();
  try {
    localStorage.removeItem(pendingKey(step));
  } catch {
    /* then it was not stored either */
  }
}

/** Wait; endPause() ends it. */
function pause(milliseconds) {
  return new Promise((resume) => {
    const timer = setTimeout(resume, milliseconds);
    atServer.waiting = () => {
      clearTimeout(timer);
      resume();
    };
  });
}

/** Try again at once: the server is back. */
function endPause() {
  atServer.waiting?.();
  atServer.waiting = null;
  sendPending();
}

/** Add lines that the server keeps, unless they are there. */
function addLines(lines) {
  const known = new Set(atServer.lines.map((line) => line.step));
  atServer.lines.push(...lines.filter((line) => !line.step || !known.has(line.step)));
}

function removeSteps(steps) {
  if (!steps.some((step) => atServer.lines.some((line) => line.step === step))) return;
  atServer.lines = atServer.lines.filter((line) => !steps.includes(line.step));
}

/** Take what an event says of decisions. */
async function takeDecisions({ version, added, removed }) {
  if (added === null && removed === null) {
    await readDecisions();
    return;
  }
  const { lines } = atServer,
    before = lines.length;
  addLines(added ?? []);
  removeSteps(removed ?? []);
  atServer.version = version;
  const isOwn = (added ?? []).every((line) => line.step === atServer.pending[0]?.step); // its answer is on its way
  if (atServer.lines !== lines || (lines.length > before && !isOwn)) mergeDecisions();
}

/** Read all decisions. */
async function readDecisions() {
  const answer = await ask("/api/decisions");
  atServer.lines = answer.decisions;
  atServer.version = answer.version;
  mergeDecisions();
}

function pendingKey({ step, undo }) {
  return `${PENDING_KEY}${step}${undo ? "/undo" : ""}`;
}

function savePending(step) {
  try {
    localStorage.setItem(pendingKey(step), JSON.stringify(step));
  } catch {
    /* without storage it is lost with the page; drawConnection() says that it is not kept yet */
  }
}

/** Take up what an earlier page could not send. */
function restorePending() {
  try {
    const stored = Object.keys(localStorage).filter((key) => key.startsWith(PENDING_KEY));
    const left = stored.map((key) => JSON.parse(localStorage.getItem(key)));
    const sound = left.filter((each) => typeof each?.step === "string" && (each.undo || Array.isArray(each.shown)));
    atServer.pending = sound.sort((one, other) => one.madeAt - other.madeAt);
  } catch {
    /* nothing was stored, or it cannot be read */
  }
}
