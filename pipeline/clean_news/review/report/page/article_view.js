// The open article: its text with every change in its place.

const DECISION_CLASSES = ["", "accept", "reject", "replace"];
const spanOf = new Map(); // of each edit of the open article
let drawn = null; // the article that is in the page

/** Put the open article into the page. */
function drawArticle() {
  const article = shown.article;
  document.body.classList.toggle("reading", article !== null);
  if (article !== drawn) {
    drawn = article;
    spanOf.clear();
    part("article").hidden = article === null;
    part("no-article").hidden = article !== null;
    if (article !== null) fillArticle(article);
  }
  if (article !== null) decorate();
}

function fillArticle(article) {
  const body = bodyOf(article),
    kind = corpus.kinds[corpus.articles.kind[article]];
  part("article-title").replaceChildren(inWords(corpus.articles.name[article]));
  refill(
    part("article-facts"),
    `${kind === "other" ? "neither spun nor scanned" : kind}, `,
    counted(corpus.articles.edits[article], "change"),
    body.note ? `, ${body.note}` : "",
  );
  refill(
    part("article-about"),
    make(
      "dl",
      { class: "evidence" },
      aboutArticle(body).map(([name, value]) => [
        make("dt", {}, inWords(name.replaceAll("_", " "))),
        make("dd", {}, textNodes(asText(value))),
      ]),
    ),
  );
  let edit = corpus.articles.first[article];
  refill(
    part("text"),
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
  part("text").scrollTop = 0;
}

/** What the log says about an article besides its edits. */
function aboutArticle(body) {
  return [
    ["source", body.source ?? ""],
    ...Object.entries(body.document ?? {}),
    ...Object.entries(body.metadata ?? {}),
    ...Object.entries(body.held_off ?? {}).map(([stage, why]) => [`${stage} left it alone`, why]),
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

/** The edits at a span. */
function editsAt(span) {
  const first = Number(span.dataset.edit);
  return Array.from({ length: Number(span.dataset.number) }, (_, at) => first + at);
}

/** Mark the current edit, what was decided, and what the filter leaves out. */
function decorate() {
  for (const span of new Set(spanOf.values())) {
    const edits = editsAt(span),
      current = edits.includes(shown.edit);
    const main = current ? shown.edit : edits[0];
    span.className = [
      "change",
      span.classList.contains("mark") ? "mark" : "",
      edited(main).state,
      current ? "current" : "",
      edits.some((edit) => found.edits[edit]) ? "" : "aside",
      DECISION_CLASSES[decidedOn[main]],
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
      const { before, after, code, confidence, state } = edited(edit),
        decision = decisionAbout(edit);
      const what = `${inWords(before)} to ${inWords(after)}, ${code}, ${percent(confidence)}, ${state}`;
      return decision ? `${what}, ${said(decision)}` : what;
    })
    .join("; ");
}

/** Bring the current edit into view; the keyboard goes on from there. */
function revealEdit() {
  const span = spanOf.get(shown.edit);
  if (!span) return;
  span.scrollIntoView({ block: "center", behavior: "instant" });
  span.focus({ preventScroll: true });
}

/** A click: the first edit here that the filter leaves; at the current one, the next at the same place. */
function choose(span) {
  const edits = editsAt(span),
    wanted = edits.filter((edit) => found.edits[edit]);
  const choices = wanted.length ? wanted : edits;
  showEdit(choices[(choices.indexOf(shown.edit) + 1) % choices.length]);
}

/** The card beside the edit that the mouse points at. */
function showCard(span) {
  const card = part("card"),
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
  part("text").addEventListener("click", (event) => {
    const span = event.target.closest(".change");
    if (span) choose(span);
  });
  part("text").addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") showCard(event.target.closest(".change"));
  });
  part("text").addEventListener("pointerleave", () => showCard(null));
  part("text").addEventListener("scroll", () => showCard(null), { passive: true });
  part("back").addEventListener("click", closeArticle);
  part("only-article").addEventListener("click", () => {
    chosen.article = corpus.articles.name[shown.article];
    refilter();
    showView("pairs");
  });
}
