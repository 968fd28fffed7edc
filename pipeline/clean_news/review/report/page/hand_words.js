// Words of the clean text that somebody changes: any words, not only those of a change. A server makes the decision; a
// report file makes it itself, see hand_decision.js.

const LISTED_PLACES = 500;
const HAND_SCOPES = ["once", "article", "everywhere"];

// What is being changed: the words, where they stand in the clean text, and the places that were shown.
const hand = { words: "", starts: [], start: -1, shownPlaces: null };

/** Ask what to write in place of the selected words, or of words that are typed. */
function openHand() {
  if (shown.article === null) {
    showMessage("Open an article first.");
    return;
  }
  const [start, end] = selectedSpan(),
    clean = cleanTextOf(bodyOf(shown.article));
  byId("hand-words").value = clean.slice(start, end);
  byId("hand-after").value = clean.slice(start, end);
  byId("hand-note").value = "";
  for (const scope of HAND_SCOPES) byId(`hand-${scope}`).checked = scope === "once";
  findHandWords(start);
  byId("hand-here").hidden = true;
  byId("hand").showModal();
  byId(end > start ? "hand-after" : "hand-words").select();
}

/** Returns the span of the clean text that is selected, without white space around it; an empty one if none is. */
function selectedSpan() {
  const selection = getSelection(),
    box = cleanElement();
  if (selection.isCollapsed || selection.rangeCount === 0) return [0, 0];
  const range = selection.getRangeAt(0);
  if (!box.contains(range.commonAncestorContainer)) return [0, 0];
  const clean = cleanTextOf(bodyOf(shown.article));
  let start = offsetAt(box, range.startContainer, range.startOffset),
    end = offsetAt(box, range.endContainer, range.endOffset);
  while (start < end && /\s/.test(clean[start])) start++;
  while (start < end && /\s/.test(clean[end - 1])) end--;
  return [start, end];
}

/** Find the words that are typed in the article; the place at `start` is chosen, or the first one. */
function findHandWords(start = -1) {
  const words = byId("hand-words").value,
    clean = cleanTextOf(bodyOf(shown.article));
  const starts = [];
  for (
    let at = words ? clean.indexOf(words) : -1;
    at >= 0 && starts.length < LISTED_PLACES;
    at = clean.indexOf(words, at + 1)
  )
    starts.push(at);
  Object.assign(hand, { words, starts, start: starts.includes(start) ? start : (starts[0] ?? -1), shownPlaces: null });
  refill(
    byId("hand-place"),
    starts.map((at) => {
      const { left, match, right } = snippetAt(clean, at, words);
      const name = [left.slice(-25), match, right.slice(0, 25)].map((each) => visibleText(oneLine(each) || " "));
      return make("option", { value: at, selected: at === hand.start }, `… ${name.join("")} …`);
    }),
  );
  byId("hand-place").closest("label").hidden = starts.length < 2;
  const isWhole = starts.length > 0 && wholeWords(clean, words).length > 0;
  for (const scope of ["article", "everywhere"]) byId(`hand-${scope}`).disabled = !isWhole;
  if (!isWhole) byId("hand-once").checked = true;
  drawHand();
}

function handScope() {
  return HAND_SCOPES.find((scope) => byId(`hand-${scope}`).checked);
}

function drawHand() {
  const scope = handScope(),
    places = hand.shownPlaces;
  const here = hand.starts.length;
  byId("hand-found").textContent =
    hand.words === ""
      ? "Type the words as they stand, or select them in the text first."
      : here
        ? ""
        : "These words do not stand in the clean text of this article.";
  byId("hand-places").hidden = places === null || scope !== "everywhere";
  byId("hand-ok").disabled = !here || byId("hand-after").value === hand.words;
  byId("hand-ok").textContent =
    scope === "everywhere"
      ? places === null
        ? "Show all places …"
        : `Change in ${counted(places.total, "place")}`
      : "Change";
  byId("hand-effect").textContent =
    scope === "once" || !here
      ? ""
      : scope === "article"
        ? `${counted(wholeWords(cleanTextOf(bodyOf(shown.article)), hand.words).length, "place")} in this article.`
        : places === null
          ? "First look at all places."
          : `${counted(places.total, "place")} in ${counted(places.articles, "article")}.`;
}

/** Show every place where the words stand as whole words. */
async function showHandPlaces() {
  byId("hand-ok").disabled = true;
  byId("hand-effect").textContent = "Looking for all places …";
  const words = hand.words;
  const places = server ? await askForPlaces() : await findPlaces(words);
  if (words !== hand.words) return;
  hand.shownPlaces = places;
  refill(
    byId("hand-places"),
    places.listed.map(({ name, left, right }) =>
      make(
        "li",
        {},
        make("span", { class: "name" }, visibleText(name)),
        ": … ",
        textNodes(oneLine(left)),
        make("mark", {}, textNodes(words)),
        textNodes(oneLine(right)),
        " …",
      ),
    ),
    places.total > places.listed.length ? make("li", {}, `and ${places.total - places.listed.length} more`) : null,
  );
  drawHand();
}

async function askForPlaces() {
  const clean = cleanTextOf(bodyOf(shown.article)),
    start = codePointsBefore(clean, hand.start);
  const end = start + codePointsBefore(hand.words, hand.words.length);
  const answer = await ask(`/api/places?${new URLSearchParams({ article: shown.article, start, end })}`);
  return { listed: answer.places, total: answer.everywhere.edits, articles: answer.everywhere.articles };
}

async function findPlaces(words) {
  const places = { listed: [], total: 0, articles: 0 };
  let until = performance.now() + SLICE_MS;
  for (const [article, text] of allTexts()) {
    const found = wholeWords(text, words);
    places.total += found.length;
    places.articles += found.length > 0;
    for (const at of found.slice(0, LISTED_PLACES - places.listed.length))
      places.listed.push({ name: corpus.articles.name[article], ...snippetAt(text, at, words) });
    if (performance.now() > until) {
      await new Promise((resume) => setTimeout(resume));
      until = performance.now() + SLICE_MS;
    }
  }
  return places;
}

/** Make the change; everywhere only after all places were shown. */
async function changeWords() {
  const scope = handScope(),
    after = byId("hand-after").value,
    note = byId("hand-note").value.trim();
  try {
    if (scope === "everywhere" && hand.shownPlaces === null) {
      await showHandPlaces();
      return;
    }
    if (server) sendHand(scope, after, note);
    else record([await handDecision(shown.article, hand.start, hand.words, after, scope, note)]);
  } catch (error) {
    byId("hand-effect").textContent = error.message;
    return;
  }
  byId("hand").close();
  const what = `“${visibleText(hand.words)}” becomes “${visibleText(after)}” ${SCOPE_NAMES[scope]}`;
  showMessage(server ? `${what}.` : `${what}: at the next run with the downloaded decisions.`);
}

function sendHand(scope, after, note) {
  const clean = cleanTextOf(bodyOf(shown.article)),
    start = codePointsBefore(clean, hand.start);
  const end = start + codePointsBefore(hand.words, hand.words.length);
  keepHandAtServer({ article: shown.article, start, end, words: hand.words, after }, scope, note);
}

/** List the words that were changed by hand in the open article and are not in its log yet. */
function drawOwnWords() {
  const article = shown.article;
  const name = article === null ? "" : corpus.articles.name[article];
  const waiting = server
    ? []
    : [...decisions].filter(
        ([, each]) =>
          each.rule === HAND &&
          each.prefix !== undefined &&
          (each.article === name || each.scope === "everywhere") &&
          !editById().has(each.id),
      );
  byId("own-words").hidden = article === null || waiting.length === 0;
  refill(
    byId("own-words"),
    waiting.map(([key, each]) =>
      make(
        "li",
        {},
        make("del", {}, visibleText(each.before)),
        " → ",
        make("ins", {}, visibleText(each.after)),
        ` ${SCOPE_NAMES[each.scope]}`,
        each.by ? [" by ", personNode(each.by)] : "",
        each.note ? ` – ${visibleText(each.note)} ` : " ",
        make("button", { type: "button", class: "link", click: () => dropDecision(key) }, "Remove"),
      ),
    ),
  );
}

function dropDecision(key) {
  replaceDecisions([...decisions].filter(([each]) => each !== key).map(([, decision]) => decision));
  saveDecisions();
}

function startHandWords() {
  watch(["edit", "decisions"], drawOwnWords);
  byId("hand-open").addEventListener("click", openHand);
  byId("hand-words").addEventListener("input", () => findHandWords());
  byId("hand-place").addEventListener("change", (event) => {
    hand.start = Number(event.target.value);
  });
  byId("hand-after").addEventListener("input", drawHand);
  for (const scope of HAND_SCOPES) byId(`hand-${scope}`).addEventListener("change", drawHand);
  byId("hand-ok").addEventListener("click", changeWords);
  byId("hand-cancel").addEventListener("click", () => byId("hand").close());
  document.addEventListener("selectionchange", offerHand);
  document.addEventListener("scroll", offerHand, { capture: true, passive: true });
  byId("hand-here").addEventListener("pointerdown", (event) => event.preventDefault()); // which would end the selection
  byId("hand-here").addEventListener("click", openHand);
}

/** Show the button that changes the selected words, below them; hide it if none are selected. */
function offerHand() {
  const button = byId("hand-here"),
    selection = getSelection();
  const isSelected =
    shown.article !== null &&
    !selection.isCollapsed &&
    cleanElement().contains(selection.anchorNode) &&
    selection.toString().trim() !== "";
  button.hidden = !isSelected;
  if (!isSelected) return;
  const place = selection.getRangeAt(0).getBoundingClientRect();
  button.style.left = `${Math.max(8, Math.min(place.left, innerWidth - button.offsetWidth - 8))}px`;
  button.style.top = `${Math.max(8, Math.min(place.bottom + 6, innerHeight - button.offsetHeight - 8))}px`;
}
