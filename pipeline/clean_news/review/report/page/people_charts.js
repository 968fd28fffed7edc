// The people on the charts page: how many decisions each made and how fast, and how much two of them agree.

/** Fill the section of the people. Speed and agreement are computed by the server. */
async function drawPeople() {
  const section = byId("people-charts");
  if (!server) {
    section.append(make("p", { class: "facts" }, "Speed and agreement of people are shown by clean-news serve CLEAN."));
    return;
  }
  try {
    const { people, agreement } = await ask("/api/people");
    if (!section.isConnected) return; // the charts were drawn again
    section.append(
      ...(people.length
        ? [peopleTable(people), agreementTable(agreement)]
        : [make("p", { class: "facts" }, "Nobody has decided anything yet.")]),
    );
  } catch (error) {
    section.append(make("p", { class: "facts" }, error.message));
  }
}

/**
 * Returns a table of people.
 * @param {string} caption
 * @param {string[]} head the names of the columns
 * @param {Array[]} rows the cells of each, the first of which names it
 */
function tableOfPeople(caption, head, rows) {
  return make(
    "table",
    { class: "people" },
    make("caption", {}, caption),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        head.map((each) => make("th", { scope: "col" }, each)),
      ),
    ),
    make(
      "tbody",
      {},
      rows.map(([name, ...cells]) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, name),
          cells.map((each) => make("td", {}, each)),
        ),
      ),
    ),
  );
}

function peopleTable(people) {
  const most = Math.max(...people.map((each) => each.decisions));
  return tableOfPeople(
    "Decisions and speed",
    ["name", "decisions", "decisions a minute", "last"],
    people.map(({ name, decisions: number, speed, last }) => [
      personNode(name || "somebody"),
      [make("meter", { min: 0, max: most, value: number, "aria-hidden": "true" }), ` ${number.toLocaleString("en")}`],
      speed === null ? "–" : speed.toFixed(1),
      (last ?? "").slice(0, 16).replace("T", " "),
    ]),
  );
}

function agreementTable(agreement) {
  if (!agreement.length) return make("p", { class: "facts" }, "No two people have decided about the same edits.");
  return tableOfPeople(
    "Agreement",
    ["people", "both decided", "agree", "Cohen’s kappa"],
    agreement.map(({ one, other, edits: number, agree, kappa }) => [
      [personNode(one || "somebody"), " and ", personNode(other || "somebody")],
      counted(number, "edit"),
      percent(agree / Math.max(1, number)),
      kappa === null ? "–" : kappa.toFixed(2),
    ]),
  );
}
