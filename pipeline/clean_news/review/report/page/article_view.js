// The open article: its text with every change marked.

const DECISION_CLASSES = ["", "accept", "reject", "replace"];
const spanOf = new Map(); // the element of each edit of the open article
let drawn = null; // the article that is rendered

/** Render the open article. */
function drawArticle() {
  const article = shown.article;
  document.body.classList.toggle("reading", article !== null);
  if (article !== drawn) {
    drawn = article;
    spanOf.clear();
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
    counted(corpus.articles.edits[article], "change"),
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
  let edit = corpus.articles.first[article];
  refill(
    byId("text"),
    body.pieces.map((piece) => {
      if (typeof piece === "string") return textNodes(piece);
      const number = piece[piece.length - 1];
      const span = piece.length === 3 ? changeSpan(piece[0], piece[1]) : markSpan(piece[0]);
      span.dataset.edit = edit;
      span.dataset.number = number;
      for (let count = 0; count < number; count++) spanOf.set(edit++, span);
      return span;
    }),
  );
  byId("text").scrollTop = 0;
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

function changeSpan(before, after) {
  return make(
    "span",
    { class: "change", role: "button", tabindex: -1 },
    before === "" ? null : make("del", {}, changedNodes(before)),
    after === "" ? null : make("ins", {}, changedNodes(after)),
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

/** Mark the current edit, the decisions, and the edits that do not match the filter. */
function decorate() {
  for (const span of new Set(spanOf.values())) {
    const edits = editsAt(span),
      current = edits.includes(shown.edit);
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
    span.tabIndex = current || (shown.edit === null && span === spanOf.get(corpus.articles.first[drawn])) ? 0 : -1;
  }
}

function labelOf(edits) {
  return edits
    .map((edit) => {
      const { before, after, code, confidence, state } = editInfo(edit),
        decision = decisionAbout(edit);
      const what = `${visibleText(before)} to ${visibleText(after)}, ${code}, ${percent(confidence)}, ${state}`;
      return decision ? `${what}, ${decisionText(decision)}` : what;
    })
    .join("; ");
}

/** Scroll the current edit into view and focus it. */
function revealEdit() {
  const span = spanOf.get(shown.edit);
  if (!span) return;
  span.scrollIntoView({ block: "center", behavior: "instant" });
  span.focus({ preventScroll: true });
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
  card.hidden = !span || edits.includes(shown.edit);
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
  byId("text").addEventListener("click", (event) => {
    const span = event.target.closest(".change");
    if (span) choose(span);
  });
  byId("text").addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") showCard(event.target.closest(".change"));
  });
  byId("text").addEventListener("pointerleave", () => showCard(null));
  byId("text").addEventListener("scroll", () => showCard(null), { passive: true });
  byId("back").addEventListener("click", closeArticle);
  byId("only-article").addEventListener("click", () => {
    criteria.article = corpus.articles.name[shown.article];
    applyFilter();
    showView("pairs");
  });
}
