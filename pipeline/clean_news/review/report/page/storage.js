// Where decisions are kept: in this browser, under the report's digest, so that a reload does not lose them; and in the
// file that is downloaded, one decision a line.

const PLACE = `clean-news/report/${corpus.digest}`;
const FILE_NAME = "decisions.jsonl";
const FIELDS = ["id", "article", "rule", "before", "after"];
const OPTIONAL = ["text", "by", "at", "note"];

const reviewer = { name: "" };

/** All decisions as the lines of the file. What some programs take for a line end is escaped. */
function asLines(made) {
  return made
    .map((decision) => `${JSON.stringify(decision)}\n`)
    .join("")
    .replace(/[\u0085\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The decisions in the lines of a file; throws an Error that names the line and says what to do. */
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
    /* said below */
  }
  const whole =
    read !== null &&
    typeof read === "object" &&
    ACTIONS.includes(read.action) &&
    SCOPES.includes(read.scope) &&
    FIELDS.every((field) => typeof read[field] === "string") &&
    OPTIONAL.every((field) => ["undefined", "string"].includes(typeof read[field]));
  if (!whole) throw new Error(`Line ${number} is no decision; correct or remove it. Nothing was loaded.`);
  if ((read.schema ?? SCHEMA) !== SCHEMA)
    throw new Error(`Line ${number} is of schema ${read.schema}, this report reads ${SCHEMA}. Nothing was loaded.`);
  return { schema: SCHEMA, ...read };
}

/** Keep the decisions in this browser. */
function keep() {
  try {
    localStorage.setItem(PLACE, JSON.stringify({ lines: asLines([...decisions.values()]), by: reviewer.name }));
  } catch {
    tell("This browser does not keep decisions: download them before you close the page.");
  }
}

/** What this browser has kept. */
function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
    reviewer.name = kept.by ?? "";
    return fromLines(kept.lines ?? "");
  } catch {
    return []; // storage is switched off, or something else wrote there
  }
}

/** Give the decisions as a file. */
function download() {
  const place = URL.createObjectURL(new Blob([asLines([...decisions.values()])], { type: "application/jsonl" }));
  const link = make("a", { href: place, download: FILE_NAME });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(place), 60_000); // some browsers begin late
  tell(
    `${counted(decisions.size, "decision")} in ${FILE_NAME}. Apply with: clean-news RAW CLEAN --decisions ${FILE_NAME}`,
  );
}

/** Add the decisions of a file; of two about the same thing the later one counts. */
async function load(file) {
  try {
    const read = fromLines(await file.text());
    const all = [...decisions.values(), ...read];
    const inTime = all
      .map((each, place) => [each.at ?? "", place, each])
      .sort((one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : one[1] - other[1]));
    replaceDecisions(inTime.map(([, , each]) => each));
    keep();
    const nothing = aboutNothing();
    tell(
      counted(read.length, "decision") +
        (nothing ? ` loaded; ${nothing} of all are about nothing in this report, and are kept.` : " loaded."),
    );
  } catch (error) {
    tell(error.message);
  }
}

function startKeeping() {
  watch(["decisions"], () => {
    part("decision-count").textContent = decisions.size;
  });
  replaceDecisions(recall());
  window.addEventListener("storage", (event) => {
    // the same report in another tab
    if (event.key === PLACE) replaceDecisions(recall());
  });
  part("download").addEventListener("click", download);
  part("load").addEventListener("click", () => part("file").click());
  part("file").addEventListener("change", async (event) => {
    for (const file of event.target.files) await load(file);
    event.target.value = ""; // the same file may be chosen again
  });
  part("reviewer").value = reviewer.name;
  part("reviewer").addEventListener("change", (event) => {
    reviewer.name = event.target.value.trim();
    keep();
  });
}
