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

function peopleTable(people) {
  const head = ["name", "decisions", "decisions a minute", "last"];
  const most = Math.max(...people.map((each) => each.decisions));
  return make(
    "table",
    { class: "people" },
    make("caption", {}, "Decisions and speed"),
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
      people.map(({ name, decisions: number, speed, last }) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, personNode(name || "somebody")),
          make(
            "td",
            {},
            make("meter", { min: 0, max: most, value: number, "aria-hidden": "true" }),
            ` ${number.toLocaleString("en")}`,
          ),
          make("td", {}, speed === null ? "–" : speed.toFixed(1)),
          make("td", {}, (last ?? "").slice(0, 16).replace("T", " ")),
        ),
      ),
    ),
  );
}

function agreementTable(agreement) {
  if (!agreement.length) return make("p", { class: "facts" }, "No two people have decided about the same edits.");
  const head = ["people", "both decided", "agree", "Cohen’s kappa"];
  return make(
    "table",
    { class: "people" },
    make("caption", {}, "Agreement"),
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
      agreement.map(({ one, other, edits: number, agree, kappa }) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, personNode(one || "somebody"), " and ", personNode(other || "somebody")),
          make("td", {}, counted(number, "edit")),
          make("td", {}, percent(agree / Math.max(1, number))),
          make("td", {}, kappa === null ? "–" : kappa.toFixed(2)),
        ),
      ),
    ),
  );
}
