// Storage of decisions: in the browser's local storage, under the report's digest, and in the downloaded file, one
// decision per line.

const STORAGE_KEY = `clean-news/report/${corpus.digest}`;
const FILE_NAME = "decisions.jsonl";
const FIELDS = ["id", "article", "rule", "before", "after"];
const OPTIONAL = ["text", "by", "at", "note"];

const reviewer = { name: "" };

/** Returns decisions as JSON Lines. Characters that some programs treat as line ends are escaped. */
function asLines(made) {
  return made
    .map((decision) => `${JSON.stringify(decision)}\n`)
    .join("")
    .replace(/[\u0085\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Parses JSON Lines to decisions; throws an Error that names the line and says what to do. */
function fromLines(text) {
  return text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .flatMap((line, at) => (line.trim() ? [decisionIn(line, at + 1)] : []));
}

function decisionIn(line, number) {
  let read = null;
  try {
    read = JSON.parse(line);
  } catch {
    /* reported below */
  }
  const valid =
    read !== null &&
    typeof read === "object" &&
    ACTIONS.includes(read.action) &&
    SCOPES.includes(read.scope) &&
    FIELDS.every((field) => typeof read[field] === "string") &&
    OPTIONAL.every((field) => ["undefined", "string"].includes(typeof read[field]));
  if (!valid) throw new Error(`Line ${number} is not a decision; correct or remove it. Nothing was loaded.`);
  if ((read.schema ?? SCHEMA) !== SCHEMA)
    throw new Error(`Line ${number} has schema ${read.schema}, but this report reads ${SCHEMA}. Nothing was loaded.`);
  return { schema: SCHEMA, ...read };
}

/** Save the decisions in local storage. */
function saveDecisions() {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify({ lines: asLines(allLines()), by: reviewer.name }));
  } catch {
    showMessage("This browser does not store decisions: download them before you close the page.");
  }
}

/** Returns the decisions in local storage. */
function restoreDecisions() {
  try {
    const kept = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}");
    reviewer.name = kept.by ?? "";
    return fromLines(kept.lines ?? "");
  } catch {
    return []; // storage is disabled, or its content is invalid
  }
}

/** Save parts of text as a file. */
function saveFile(parts, name, type) {
  const place = URL.createObjectURL(new Blob(parts, { type }));
  const link = make("a", { href: place, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(place), 60_000); // some browsers start the download late
}

/** Download the decisions as a file. */
function downloadDecisions() {
  if (server) {
    saveFromServer("/api/export/decisions.jsonl", FILE_NAME);
    return;
  }
  saveFile([asLines(inOrderOfTime(allLines()))], FILE_NAME, "application/jsonl");
  showMessage(
    `${counted(decisions.size, "decision")} in ${FILE_NAME}. Apply with: clean-news RAW CLEAN --decisions ${FILE_NAME}`,
  );
}

/** Add the decisions of a file; of decisions with the same key the latest is used. */
async function loadFile(file) {
  try {
    const read = fromLines(await file.text());
    replaceDecisions(inOrderOfTime([...allLines(), ...read]));
    saveDecisions();
    const unmatched = countUnmatched();
    showMessage(
      counted(read.length, "decision") +
        (unmatched ? ` loaded; ${unmatched} of all match nothing in this report, and are kept.` : " loaded."),
    );
  } catch (error) {
    showMessage(error.message);
  }
}

/** Where there is a server it keeps the decisions; this tab keeps a name that somebody typed in place of the server's. */
function startServerStorage() {
  reviewer.name = storedName() || server.by;
  byId("reviewer").value = reviewer.name;
  byId("reviewer").addEventListener("change", (event) => {
    reviewer.name = event.target.value.trim() || server.by;
    byId("reviewer").value = reviewer.name;
    try {
      sessionStorage.setItem(`${NAME_KEY} ${server.by}`, reviewer.name);
    } catch {
      /* then it is asked for again */
    }
  });
}

function storedName() {
  try {
    return sessionStorage.getItem(`${NAME_KEY} ${server.by}`) ?? "";
  } catch {
    return "";
  }
}

function startStorage() {
  byId("download").addEventListener("click", downloadDecisions);
  watch(["decisions"], () => {
    byId("decision-count").textContent = decisions.size;
  });
  if (server) {
    startServerStorage();
    return;
  }
  replaceDecisions(inOrderOfTime(restoreDecisions()));
  window.addEventListener("storage", (event) => {
    // the same report in another tab
    if (event.key === STORAGE_KEY) replaceDecisions(inOrderOfTime(restoreDecisions()));
  });
  byId("load").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", async (event) => {
    for (const file of event.target.files) await loadFile(file);
    event.target.value = ""; // so that the same file can be selected again
  });
  byId("reviewer").value = reviewer.name;
  byId("reviewer").addEventListener("change", (event) => {
    reviewer.name = event.target.value.trim();
    saveDecisions();
  });
}
