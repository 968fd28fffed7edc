// The details of an edit, for the panel of the current edit and for the card under the mouse pointer.

const STATE_SYMBOLS = { applied: "●", suggested: "?", rejected: "✗" };

/** Returns the nodes that describe an edit. */
function detailsOf(edit) {
  const { code, summary, stage, before, state, confidence, article, pair } = editInfo(edit);
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
      make("span", { class: `state ${state}` }, `${STATE_SYMBOLS[state] ?? ""} ${state}`),
      " ",
      make("strong", {}, percent(confidence)),
      " confidence, ",
      ruleNodes(code),
      ` (${visibleText(stage)})`,
    ),
    summary ? make("p", { class: "facts" }, visibleText(summary)) : null,
    decision ? make("p", { class: "decided" }, "Decided: ", decisionNodes(decision)) : null,
    body.beside?.[at] ? besideSource(body.beside[at], body.words_from) : null,
    evidence.candidates && typeof evidence.candidates === "object" ? candidatesOf(evidence.candidates) : null,
    make(
      "dl",
      { class: "evidence" },
      Object.entries(evidence)
        .filter(([name]) => name !== "candidates")
        .map(([name, value]) => [
          make("dt", {}, visibleText(name.replaceAll("_", " "))),
          make("dd", {}, textNodes(asText(value))),
        ]),
    ),
    body.follows?.[at] ? make("p", { class: "facts" }, "Depends on another change, and is undone with it.") : null,
  ];
}

function textOrNothing(text) {
  return text === "" ? "nothing" : changedNodes(text);
}

/** Returns the article's sentence beside that of its source, and why the words are taken. */
function besideSource([article, source, why], wordsFrom) {
  const sentence = ([left, words, right], tag) =>
    make("td", {}, textNodes(left), make(tag, {}, textOrNothing(words)), textNodes(right));
  return [
    make(
      "table",
      { class: "beside" },
      make("tr", {}, make("th", { scope: "col" }, "Article"), make("th", { scope: "col" }, "Source")),
      make("tr", {}, sentence(article, "del"), sentence(source, "ins")),
    ),
    make(
      "p",
      { class: "facts" },
      [wordsFrom && `Source: ${wordsFrom}`, why].filter(Boolean).map(visibleText).join("; "),
    ),
  ];
}

/** Returns a table of the candidates with their probabilities. */
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
        make("td", {}, typeof share === "number" ? percent(share) : visibleText(asText(share))),
      ),
    ),
  );
}

/** Returns a value of the evidence as text. */
function asText(value) {
  if (Array.isArray(value)) return value.map(asText).join(", ");
  if (value !== null && typeof value === "object")
    return Object.entries(value)
      .map(([name, each]) => `${name}: ${asText(each)}`)
      .join(", ");
  return String(value);
}
