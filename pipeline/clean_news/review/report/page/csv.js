// The changes as a table for spreadsheets: a CSV file in UTF-8, one line per change that matches the filter.

const CSV_COLUMNS = [
  "article",
  "stage",
  "rule",
  "what",
  "state",
  "confidence",
  "before",
  "after",
  "decision",
  "text",
  "by",
  "note",
  "id",
];

/** Returns a cell. Spreadsheets would compute what begins like a formula; an apostrophe keeps it text. */
function csvCell(value) {
  const text = String(value),
    safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvRow(edit) {
  const { article, stage, code, state, confidence, before, after } = editInfo(edit),
    decision = decisionAbout(edit);
  const decided = [decision?.action, decision?.text, decision?.by, decision?.note].map((each) => each ?? "");
  const name = corpus.articles.name[article];
  return [name, stage, code, ruleName(code), state, confidence, before, after, ...decided, editIds()[edit]];
}

/** Save the changes that match the filter as a file. */
function saveChanges() {
  const lines = [CSV_COLUMNS.join(",")];
  for (let edit = 0; edit < corpus.total; edit++)
    if (results.edits[edit]) lines.push(csvRow(edit).map(csvCell).join(","));
  saveFile(["\ufeff", lines.join("\r\n"), "\r\n"], "changes.csv", "text/csv"); // the mark tells spreadsheets that it is UTF-8
  showMessage(`changes.csv: ${counted(lines.length - 1, "change")}.`);
}
