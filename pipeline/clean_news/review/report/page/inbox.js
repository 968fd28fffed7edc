// The inbox: what is undecided, grouped by pair (rule, before, after), so that one decision settles all of its places.
//
// The order of the groups:
// 1. groups in doubt, whose mean confidence is under CERTAIN; the others last;
// 2. the more undecided edits, the earlier;
// 3. the more articles they are in, the earlier;
// 4. the nearer their mean confidence to the confidence from which edits are applied, the earlier;
// 5. the order in which the pairs first occur.

const CERTAIN = 0.95; // confidence from which an edit is not in doubt
const SHOWN_PLACES = 12; // of a group

let groups = []; // of undecided edits that match the filter, in this order
let currentGroup = 0; // the row that the keys are about
const groupList = growingList(byId("groups"), groupRow);
const openGroups = new Set(); // pairs whose places are shown

/** Returns the groups of undecided edits that match the filter, in order. */
function undecidedGroups() {
  const { pair, state, confidence, article } = corpus.edits;
  const total = corpus.pairs.total,
    certain = CERTAIN * corpus.scale,
    suggested = corpus.states.indexOf("suggested");
  const number = new Uint32Array(total),
    articles = new Uint32Array(total),
    suggestions = new Uint32Array(total),
    last = new Int32Array(total).fill(-1),
    sum = new Float64Array(total),
    lowest = new Uint16Array(total).fill(corpus.scale),
    highest = new Uint16Array(total);
  for (let edit = 0; edit < corpus.total; edit++) {
    if (decisionCodes[edit] || !results.edits[edit]) continue;
    const at = pair[edit],
      sure = confidence[edit];
    number[at]++;
    sum[at] += sure;
    if (state[edit] === suggested) suggestions[at]++;
    if (sure < lowest[at]) lowest[at] = sure;
    if (sure > highest[at]) highest[at] = sure;
    if (last[at] !== article[edit]) {
      articles[at]++;
      last[at] = article[edit];
    } // edits are ordered by article
  }
  const found = [];
  for (let at = 0; at < total; at++) {
    if (!number[at]) continue;
    found.push({
      pair: at,
      number: number[at],
      articles: articles[at],
      suggestions: suggestions[at],
      isDoubtful: sum[at] / number[at] < certain,
      distance: Math.abs(sum[at] / number[at] - corpus.apply_from),
      confidence: [lowest[at], highest[at]],
    });
  }
  return found.sort(
    (one, other) =>
      other.isDoubtful - one.isDoubtful ||
      other.number - one.number ||
      other.articles - one.articles ||
      one.distance - other.distance ||
      one.pair - other.pair,
  );
}

function groupRow(at) {
  const group = groups[at],
    { pair, number, articles, suggestions } = group,
    { before, after, rule } = corpus.pairs;
  const name = `${visibleText(before[pair])} to ${visibleText(after[pair])}`;
  const button = (action, words) =>
    make(
      "button",
      {
        type: "button",
        "data-key": `${action} ${pair}`,
        "aria-label": `${action} ${name} everywhere`,
        click: () => decideGroup(at, action),
      },
      words,
    );
  const places = make("div", { class: "places", hidden: !openGroups.has(pair) });
  const more = make(
    "button",
    {
      type: "button",
      "data-key": `places ${pair}`,
      "aria-expanded": String(openGroups.has(pair)),
      "aria-label": `Places of ${name}`,
      click: () => togglePlaces(at),
    },
    "Places",
  );
  if (openGroups.has(pair)) fillPlaces(places, pair);
  return make(
    "div",
    {
      class: "group",
      role: "listitem",
      tabindex: -1,
      "data-pair": pair,
      "data-key": `group ${pair}`,
      "aria-setsize": groups.length,
      "aria-posinset": at + 1,
    },
    make(
      "p",
      { class: suggestions === number ? "change-line suggestion" : "change-line" },
      shortChange(before[pair], "del"),
      " → ",
      shortChange(after[pair], "ins"),
    ),
    make(
      "p",
      { class: "facts" },
      make("strong", { class: "effect" }, `${counted(number, "edit")} in ${counted(articles, "article")}`),
      suggestions === 0 ? "" : suggestions === number ? ", only suggested" : `, ${suggestions} only suggested`,
      `, ${confidenceRange(group)} confidence, `,
      ruleNodes(corpus.rules[rule[pair]][0]),
    ),
    make("p", { class: "facts" }, effectOf(group)),
    make("div", { class: "actions" }, button("accept", "✓ Accept"), button("reject", "✗ Reject"), more),
    places,
  );
}

const MAX_SHOWN_CHARS = 300; // of before and after in a list

/** Returns the text of a change for a list, as an element. */
function shortChange(text, tag) {
  if (text === "") return make(tag, { class: "nothing" }, "nothing");
  const cut = text.length > MAX_SHOWN_CHARS;
  return make(tag, {}, changedNodes(cut ? text.slice(0, MAX_SHOWN_CHARS) : text), cut ? " …" : "");
}

function confidenceRange({ confidence: [low, high] }) {
  const [one, other] = [low, high].map((each) => percent(each / corpus.scale));
  return one === other ? one : `${one} to ${other}`;
}

/** Says what accepting and rejecting would change in the texts. */
function effectOf({ number, suggestions }) {
  const applied = number - suggestions,
    all = number === 1 ? "it" : "all of them";
  const accepting = suggestions === 0 ? `keeps ${all}` : `applies ${applied ? `the ${suggestions} suggested` : all}`;
  const rejecting =
    applied === 0
      ? "leaves the text as it is"
      : number === 1
        ? "takes it back"
        : `takes back ${suggestions ? `the ${applied} applied` : all}`;
  return `Accepting ${accepting}; rejecting ${rejecting}.`;
}

function decideGroup(at, action) {
  const { pair, number, articles } = groups[at];
  currentGroup = at;
  decidePairs([pair], action);
  showMessage(
    `${action === "accept" ? "Accepted" : "Rejected"}: ${counted(number, "edit")} in ${counted(articles, "article")}. u undoes this.`,
  );
  focusGroup(Math.min(at, groups.length - 1));
}

function focusGroup(at) {
  if (at < 0 || at >= groups.length) return;
  currentGroup = at;
  groupList.reveal(at);
  groupList.rowElement(at)?.focus({ preventScroll: true });
}

/** Show or hide the places of a group. */
function togglePlaces(at) {
  const { pair } = groups[at],
    row = groupList.rowElement(at),
    places = row.querySelector(".places");
  if (!openGroups.delete(pair)) openGroups.add(pair);
  places.hidden = !openGroups.has(pair);
  row.querySelector("[aria-expanded]").setAttribute("aria-expanded", String(!places.hidden));
  if (!places.hidden) fillPlaces(places, pair);
}

/** Returns whether an edit is a suggestion, which the text does not have. */
function isSuggestion(edit) {
  return corpus.edits.state[edit] === corpus.states.indexOf("suggested");
}

/** Fill an element with the undecided places of a pair, as links. */
async function fillPlaces(element, pair) {
  const edits = [];
  for (let edit = 0; edit < corpus.total; edit++)
    if (corpus.edits.pair[edit] === pair && !decisionCodes[edit] && results.edits[edit]) edits.push(edit);
  const rows = [];
  for (const edit of edits.slice(0, SHOWN_PLACES)) {
    const { article } = editInfo(edit);
    if (!(await loaded(article))) continue;
    const [left, , , right] = contextOf(bodyOf(article), edit - corpus.articles.first[article]);
    rows.push(
      make(
        "p",
        { class: "place" },
        makeLink(addressOfEdit(edit), { class: "name" }, visibleText(corpus.articles.name[article])),
        " ",
        make(
          "span",
          { class: isSuggestion(edit) ? "suggestion" : null },
          "… ",
          textNodes(oneLine(left)),
          shortChange(corpus.pairs.before[pair], "del"),
          " ",
          shortChange(corpus.pairs.after[pair], "ins"),
          textNodes(oneLine(right)),
          isSuggestion(edit) ? " … (only suggested)" : " …",
        ),
      ),
    );
  }
  refill(
    element,
    rows,
    edits.length > rows.length
      ? make(
          "button",
          { type: "button", class: "link", click: () => showOnlyPair(pair) },
          `All ${counted(edits.length, "place")}`,
        )
      : null,
  );
}

/** Returns a text on one line. */
function oneLine(text) {
  return text.replaceAll("\n", " ");
}

function drawInbox() {
  drawProgress();
  if (shown.view !== "inbox") return;
  groups = undecidedGroups();
  const inDoubt = groups.filter((group) => group.isDoubtful).length;
  byId("groups-count").textContent = groups.length
    ? `${counted(groups.length, "group")}, ${inDoubt.toLocaleString("en")} in doubt`
    : isFiltered()
      ? "Nothing undecided matches the filter."
      : "Everything is decided.";
  groupList.fill(groups.length, true);
}

/** Show how much is decided, and what is left. */
function drawProgress() {
  let decided = 0,
    doubtful = 0;
  const { confidence, article } = corpus.edits,
    left = new Set(),
    certain = CERTAIN * corpus.scale;
  for (let edit = 0; edit < corpus.total; edit++) {
    if (decisionCodes[edit]) decided++;
    else {
      if (confidence[edit] < certain) doubtful++;
      left.add(article[edit]);
    }
  }
  const undecided = corpus.total - decided;
  Object.assign(byId("progress-bar"), { max: Math.max(1, corpus.total), value: corpus.total ? decided : 1 });
  byId("progress-text").textContent =
    `${decided.toLocaleString("en")} of ${counted(corpus.total, "change")} decided` +
    (undecided
      ? `; ${undecided.toLocaleString("en")} left in ${counted(left.size, "article")}, ${doubtful.toLocaleString("en")} of them in doubt.`
      : ".");
  byId("tab-inbox-count").textContent = doubtful ? doubtful.toLocaleString("en") : "";
}

function startInbox() {
  watch(["filter", "view"], drawInbox);
}
