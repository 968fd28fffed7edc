// Reading an article: side by side with both texts scrolled together, copied, and printed with its changes as footnotes.

let anchors = null; // where each change is in the two texts, from the top: [raw, clean]; null if not measured
const followed = [-Infinity, -Infinity]; // to where each text was scrolled because the other one was

/** Show the open article in another way. */
function read(way) {
  shown.reading = way;
  anchors = null;
  notify("reading");
}

/** Go to the next way of reading. */
function readOtherwise() {
  if (shown.article === null) return;
  const ways = Object.keys(READINGS);
  read(ways[(ways.indexOf(shown.reading) + 1) % ways.length]);
  showMessage(`${READINGS[shown.reading]}.`);
}

/** Measure where the changes are in the two texts. */
function measure() {
  const [raw, clean] = ["raw-side", "clean-side"].map((side) => {
    const box = byId(side),
      top = box.getBoundingClientRect().top - box.scrollTop;
    const places = [...box.querySelectorAll(".change")].map((span) => span.getBoundingClientRect().top - top);
    return [0, ...places, box.scrollHeight];
  });
  return raw.map((place, at) => [place, clean[at]]);
}

/** Scroll one of the two texts to the place where the other one is. */
function follow(from) {
  anchors ??= measure();
  const [box, other] = from === 0 ? [byId("raw-side"), byId("clean-side")] : [byId("clean-side"), byId("raw-side")],
    to = 1 - from,
    line = box.scrollTop + box.clientHeight / 3; // what is read is a third below the top
  let at = 1;
  while (at < anchors.length - 1 && anchors[at][from] < line) at++;
  const [before, after] = [anchors[at - 1], anchors[at]];
  const share = after[from] > before[from] ? (line - before[from]) / (after[from] - before[from]) : 0;
  other.scrollTop = before[to] + share * (after[to] - before[to]) - other.clientHeight / 3;
  followed[to] = other.scrollTop;
}

/** Copy the clean text of the open article. */
async function copyClean() {
  if (shown.article === null) return;
  const text = cleanTextOf(bodyOf(shown.article));
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = make("textarea", {}, text); // where pages may not write to the clipboard
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  showMessage(`Copied: the clean text, ${counted(codePointsBefore(text, text.length), "character")}.`);
}

/** Number the changes of the open article, and list them below it; for printing. */
function addFootnotes() {
  removeFootnotes();
  if (shown.view !== "articles" || shown.article === null) return;
  const box = cleanElement(),
    own = spans.filter((span) => box.contains(span)),
    notes = [];
  for (const [at, span] of own.entries()) {
    span.append(make("sup", { class: "footnote" }, String(at + 1)));
    notes.push(
      make(
        "li",
        {},
        editsAt(span).map((edit, place) => [place ? "; " : "", footnoteOf(edit)]),
      ),
    );
  }
  byId("footnotes").append(make("h3", {}, "Changes"), make("ol", {}, notes));
}

function footnoteOf(edit) {
  const { before, after, code, confidence, state } = editInfo(edit),
    decision = decisionAbout(edit);
  return [
    make("del", {}, visibleText(before)),
    " → ",
    make("ins", {}, visibleText(after)),
    ` ${ruleName(code)} (${visibleText(code)}), ${percent(confidence)}, ${state}`,
    decision ? `; ${decisionText(decision)}${decision.note ? `: ${visibleText(decision.note)}` : ""}` : "",
  ];
}

function removeFootnotes() {
  for (const each of document.querySelectorAll(".footnote")) each.remove();
  byId("footnotes").replaceChildren();
}

function startReading() {
  refill(
    byId("readings"),
    make("legend", { class: "visually-hidden" }, "How the text is shown"),
    Object.entries(READINGS).map(([way, title]) =>
      make(
        "label",
        {},
        make("input", { type: "radio", name: "reading", value: way, change: () => read(way) }),
        ` ${title}`,
      ),
    ),
  );
  for (const [at, side] of ["raw-side", "clean-side"].entries()) {
    const box = byId(side);
    box.addEventListener(
      "scroll",
      () => {
        if (Math.abs(box.scrollTop - followed[at]) <= 1) return; // it has followed the other one
        followed[at] = -Infinity;
        follow(at);
      },
      { passive: true },
    );
  }
  new ResizeObserver(() => (anchors = null)).observe(byId("beside"));
  watch(["edit", "filter"], () => (anchors = null));
  byId("copy").addEventListener("click", copyClean);
  byId("print").addEventListener("click", () => window.print());
  window.addEventListener("beforeprint", addFootnotes);
  window.addEventListener("afterprint", removeFootnotes);
}
