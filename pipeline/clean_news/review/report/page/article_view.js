// The open article: its text with every change marked; or raw and clean side by side; or the clean text alone.

const DECISION_CLASSES = ["", "accept", "reject", "replace"];
const READINGS = { marked: "Changes marked", beside: "Side by side", clean: "Clean text" };
let spans = []; // the elements of the changes, in each text that is shown
const spanByEdit = new Map(); // in the text that is read
const decorated = new WeakMap(); // what each element was marked with
let drawn = ""; // what is rendered: article, way of reading, version of the columns

/** Returns the element that shows the clean text: with the changes marked, or beside the raw one. */
function cleanElement() {
  return byId(shown.reading === "beside" ? "clean-side" : "text");
}

/** Returns the element of an edit in the text that is read. */
function spanOf(edit) {
  return spanByEdit.get(edit);
}

/** Render the open article. */
function drawArticle() {
  const article = shown.article;
  document.body.classList.toggle("reading", article !== null);
  const wanted = `${article} ${shown.reading} ${columnVersion}`;
  if (wanted !== drawn) {
    drawn = wanted;
    spans = [];
    spanByEdit.clear();
    byId("article").hidden = article === null;
    byId("no-article").hidden = article !== null;
    if (article !== null) fillArticle(article);
  }
  if (article !== null) decorate();
}

function fillArticle(article) {
  const body = bodyOf(article),
    kind = corpus.kinds[corpus.articles.kind[article]];
  byId("article-title").replaceChildren(visibleText(corpus.articles.name[article]));
  refill(
    byId("article-facts"),
    `${kind === "other" ? "neither spun nor scanned" : kind}, `,
    changesIn(article, corpus.articles.edits[article]),
    body.note ? `, ${body.note}` : "",
  );
  refill(
    byId("article-about"),
    make(
      "dl",
      { class: "evidence" },
      aboutArticle(body).map(([name, value]) => [
        make("dt", {}, visibleText(name.replaceAll("_", " "))),
        make("dd", {}, textNodes(asText(value))),
      ]),
    ),
  );
  const beside = shown.reading === "beside",
    first = corpus.articles.first[article];
  byId("text").hidden = beside;
  byId("beside").hidden = !beside;
  byId("text").classList.toggle("clean-only", shown.reading === "clean");
  refill(byId("text"), beside ? [] : textOf(body, first, shown.reading));
  refill(byId("raw-side"), beside ? textOf(body, first, "raw") : []);
  refill(byId("clean-side"), beside ? textOf(body, first, "clean") : []);
  for (const each of ["text", "raw-side", "clean-side"]) byId(each).scrollTop = 0;
  for (const each of document.querySelectorAll("input[name=reading]")) each.checked = each.value === shown.reading;
}

/** Returns the text of a body as nodes: "marked" has both sides of each change, "raw" and "clean" one of them. */
function textOf(body, first, side) {
  let edit = first;
  return body.pieces.map((piece) => {
    if (typeof piece === "string") return textNodes(piece);
    const number = piece[piece.length - 1];
    const span = piece.length === 3 ? changeSpan(piece[0], piece[1], side) : markSpan(piece[0]);
    span.dataset.edit = edit;
    span.dataset.number = number;
    for (let count = 0; count < number; count++, edit++) if (side !== "raw") spanByEdit.set(edit, span);
    spans.push(span);
    return span;
  });
}

/** Returns the facts of the log about an article besides its edits. */
function aboutArticle(body) {
  return [
    ["source", body.source ?? ""],
    ...(body.words_from ? [["source of its words", body.words_from]] : []),
    ...Object.entries(body.document ?? {}).filter(([name]) => name !== "source" || !body.words_from),
    ...Object.entries(body.metadata ?? {}),
    ...Object.entries(body.held_off ?? {}).map(([stage, why]) => [`${stage} skipped it`, why]),
    ...Object.entries(body.failed ?? {}).map(([stage, why]) => [`${stage} failed`, why]),
  ];
}

function changeSpan(before, after, side) {
  return make(
    "span",
    { class: "change", role: "button", tabindex: -1 },
    before === "" || side === "clean" ? null : make("del", {}, changedNodes(before)),
    after === "" || side === "raw" ? null : make("ins", {}, changedNodes(after)),
  );
}

function markSpan(text) {
  return make("span", { class: "change mark", role: "button", tabindex: -1 }, make("span", {}, textNodes(text)));
}

/** Returns the edits of a span. */
function editsAt(span) {
  const first = Number(span.dataset.edit);
  return Array.from({ length: Number(span.dataset.number) }, (_, at) => first + at);
}

/** Mark the current edit, the decisions, and the edits that do not match the filter; only where something changed. */
function decorate() {
  for (const [at, span] of spans.entries()) {
    const edits = editsAt(span),
      current = edits.includes(shown.edit);
    const isTabStop = current || (shown.edit === null && at === 0);
    const key = [
      current && shown.edit,
      isTabStop,
      ...edits.map((edit) => `${results.edits[edit]}${decisionCodes[edit] && decisionVersion}`),
    ].join();
    if (decorated.get(span) === key) continue;
    decorated.set(span, key);
    const main = current ? shown.edit : edits[0];
    span.className = [
      "change",
      span.classList.contains("mark") ? "mark" : "",
      editInfo(main).state,
      current ? "current" : "",
      edits.some((edit) => results.edits[edit]) ? "" : "aside",
      DECISION_CLASSES[decisionCodes[main]],
    ]
      .filter(Boolean)
      .join(" ");
    span.setAttribute("aria-label", labelOf(edits));
    span.setAttribute("aria-pressed", current);
    span.tabIndex = isTabStop ? 0 : -1;
  }
}

function labelOf(edits) {
  return edits
    .map((edit) => {
      const { before, after, code, confidence, state } = editInfo(edit),
        decision = decisionAbout(edit);
      const what = `${visibleText(before)} to ${visibleText(after)}, ${ruleName(code)}, ${percent(confidence)}, ${state}`;
      return decision ? `${what}, ${decisionText(decision)}` : what;
    })
    .join("; ");
}

/** Scroll the current edit, or the words that were looked for, into view; an edit gets the focus. */
function revealEdit() {
  markFoundWords();
  const span = shown.edit === null ? undefined : spanOf(shown.edit);
  if (!span) return;
  span.scrollIntoView({ block: "center", behavior: "instant" });
  span.focus({ preventScroll: true });
}

/** Mark the words that were looked for, and scroll to the one that was chosen. */
function markFoundWords() {
  CSS.highlights?.clear();
  if (shown.find === "" || shown.article === null) return;
  const clean = cleanTextOf(bodyOf(shown.article)),
    wanted = offsetAfter(clean, shown.at),
    ranges = [];
  let chosen = null;
  for (const { index, 0: words } of clean.matchAll(patternOf(shown.find))) {
    const range = words && rangeOf(cleanElement(), index, index + words.length);
    if (!range) continue;
    if (index === wanted) chosen = range;
    else ranges.push(range);
  }
  chosen ??= ranges[0];
  if (!chosen) return;
  if (CSS.highlights) {
    CSS.highlights.set("found", new Highlight(...ranges));
    CSS.highlights.set("found-here", new Highlight(chosen));
  } else
    getSelection().setBaseAndExtent(chosen.startContainer, chosen.startOffset, chosen.endContainer, chosen.endOffset);
  const box = cleanElement(),
    place = chosen.getBoundingClientRect();
  box.scrollTop += place.top - box.getBoundingClientRect().top - box.clientHeight / 3;
}

/** On a click: select the first matching edit of the span, or the next one if one is current. */
function choose(span) {
  const edits = editsAt(span),
    wanted = edits.filter((edit) => results.edits[edit]);
  const choices = wanted.length ? wanted : edits;
  showEdit(choices[(choices.indexOf(shown.edit) + 1) % choices.length]);
}

/** Show the card of the edits under the mouse pointer. */
function showCard(span) {
  const card = byId("card"),
    edits = span ? editsAt(span) : [];
  card.hidden = !span || edits.includes(shown.edit) || shown.reading === "clean";
  if (card.hidden) return;
  refill(
    card,
    edits.map((edit) => make("div", {}, detailsOf(edit))),
  );
  const place = span.getBoundingClientRect(),
    below = place.bottom + card.offsetHeight + 8 < innerHeight;
  card.style.left = `${Math.max(8, Math.min(place.left, innerWidth - card.offsetWidth - 8))}px`;
  card.style.top = `${below ? place.bottom + 4 : Math.max(8, place.top - card.offsetHeight - 4)}px`;
}

function startArticleView() {
  watch(["edit"], () => {
    drawArticle();
    revealEdit();
    showCard(null);
  });
  watch(["filter"], drawArticle);
  watch(["reading"], () => {
    drawArticle();
    revealEdit();
  });
  for (const text of [byId("text"), byId("raw-side"), byId("clean-side")]) {
    text.addEventListener("click", (event) => {
      const span = event.target.closest(".change");
      if (span && getSelection().isCollapsed) choose(span);
    });
    text.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse") showCard(event.target.closest(".change"));
    });
    text.addEventListener("pointerleave", () => showCard(null));
    text.addEventListener("scroll", () => showCard(null), { passive: true });
  }
  byId("back").addEventListener("click", closeArticle);
  byId("only-article").addEventListener("click", () => {
    criteria.article = corpus.articles.name[shown.article];
    applyFilter();
    showView("pairs");
  });
}
