// What there is to know about one edit: in the panel of the current one, and in the card of the one pointed at.

const STATE_SIGNS = { applied: "●", suggested: "?", rejected: "✗" };

/** The nodes that describe an edit. */
function detailsOf(edit) {
  const { code, summary, stage, before, state, confidence, article, pair } = edited(edit);
  const at = edit - corpus.articles.first[article],
    body = bodyOf(article);
  const evidence = body.evidence[at] ?? {},
    own = body.own?.[at],
    decision = decisionAbout(edit);
  return [
    make(
      "p",
      { class: "change-line" },
      make("del", {}, before === "" ? "nothing" : changedNodes(before)),
      " → ",
      make("ins", {}, textOrNothing(own ?? corpus.pairs.after[pair])),
    ),
    make(
      "p",
      { class: "facts" },
      make("span", { class: `state ${state}` }, `${STATE_SIGNS[state] ?? ""} ${state}`),
      " ",
      make("strong", {}, percent(confidence)),
      " sure, ",
      make("code", {}, code),
      ` ${summary || ""} (${stage})`,
    ),
    decision
      ? make("p", { class: "decided" }, `Decided: ${said(decision)}${decision.note ? ` – ${decision.note}` : ""}.`)
      : null,
    evidence.candidates && typeof evidence.candidates === "object" ? candidatesOf(evidence.candidates) : null,
    make(
      "dl",
      { class: "evidence" },
      Object.entries(evidence)
        .filter(([name]) => name !== "candidates")
        .map(([name, value]) => [
          make("dt", {}, inWords(name.replaceAll("_", " "))),
          make("dd", {}, textNodes(asText(value))),
        ]),
    ),
    body.follows?.[at] ? make("p", { class: "facts" }, "Only follows from another change, and falls with it.") : null,
  ];
}

function textOrNothing(text) {
  return text === "" ? "nothing" : changedNodes(text);
}

/** What else it could have been, each with a bar of its probability. */
function candidatesOf(candidates) {
  return make(
    "table",
    { class: "candidates" },
    make("caption", {}, "Candidates"),
    Object.entries(candidates).map(([text, share]) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, textOrNothing(text)),
        make("td", {}, typeof share === "number" ? make("meter", { min: 0, max: 1, value: share }) : null),
        make("td", {}, typeof share === "number" ? percent(share) : inWords(asText(share))),
      ),
    ),
  );
}

/** A value of the evidence as text. */
function asText(value) {
  if (Array.isArray(value)) return value.map(asText).join(", ");
  if (value !== null && typeof value === "object")
    return Object.entries(value)
      .map(([name, each]) => `${name}: ${asText(each)}`)
      .join(", ");
  return String(value);
}
