// Keyboard shortcuts. They are inactive in a field, in a dialog, and with Ctrl, Alt or Meta.

const inInbox = () => shown.view === "inbox";
const KEYS = [
  [
    ["j", "ArrowRight", "ArrowDown"],
    "next change; in the inbox, next group",
    () => (inInbox() ? stepGroup(1) : step(1)),
  ],
  [["k", "ArrowLeft", "ArrowUp"], "previous change or group", () => (inInbox() ? stepGroup(-1) : step(-1))],
  [["a"], "accept", () => (inInbox() ? decideFocused("accept") : decide("accept"))],
  [["r"], "reject", () => (inInbox() ? decideFocused("reject") : decide("reject"))],
  [["o"], "places of a group in the inbox", () => (inInbox() ? focusedGroup((at) => togglePlaces(at)) : undefined)],
  [["e"], "replace by your own text", askForText],
  [["1"], "scope: this change only", () => chooseScope("once")],
  [["2"], "scope: this article", () => chooseScope("article")],
  [["3"], "scope: everywhere", () => chooseScope("everywhere")],
  [["n"], "write a note", () => byId("note").focus()],
  [["w"], "change any words of the article", () => openHand()],
  [["v"], "show the text otherwise: marked, side by side, clean", readOtherwise],
  [["c"], "copy the clean text", copyClean],
  [["u"], "undo the last decision", undoLast],
  [["/"], "search", () => byId("search").focus()],
  [["d"], "download the decisions", downloadDecisions],
  [["Escape"], "close the article", () => (byId("card").hidden ? closeArticle() : showCard(null))],
  [["?"], "this help", () => byId("help").showModal()],
];
const SHOWN_AS = { ArrowRight: "→", ArrowDown: "↓", ArrowLeft: "←", ArrowUp: "↑", Escape: "Esc" };
const INBOX_KEYS = ["j", "k", "a", "r", "o", "ArrowDown", "ArrowUp"];
const ARTICLE_KEYS = [..."jkare123nwvc", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "Escape"];

/** Go to another group of the inbox. */
function stepGroup(by) {
  focusGroup(document.activeElement.closest(".group") ? currentGroup + by : currentGroup);
}

/** Do something with the group that has the focus. */
function focusedGroup(act) {
  const group = document.activeElement.closest(".group");
  if (!group) {
    showMessage("Select a group first: j goes to the next one.");
    return;
  }
  currentGroup = [...group.parentElement.children].indexOf(group);
  act(currentGroup);
}

function decideFocused(action) {
  focusedGroup((at) => decideGroup(at, action));
}

function pressed(event) {
  if (
    event.ctrlKey ||
    event.altKey ||
    event.metaKey ||
    event.defaultPrevented ||
    document.querySelector("dialog[open]")
  )
    return;
  if (isField(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const isUsed = shown.view === "articles" || (inInbox() && INBOX_KEYS.includes(event.key));
  if ([...ARTICLE_KEYS, "o"].includes(event.key) && !isUsed) return;
  // arrow keys scroll there
  if (
    event.key.startsWith("Arrow") &&
    event.target.closest(".list, .tabs, .scroll, summary") &&
    !event.target.matches(".group")
  )
    return;
  if (["Enter", " "].includes(event.key) && event.target.matches(".change")) {
    event.preventDefault();
    choose(event.target);
    return;
  }
  const [, , action] = KEYS.find(([keys]) => keys.includes(event.key)) ?? [];
  if (!action) return;
  event.preventDefault();
  action();
}

/** Returns whether an element takes keyboard input. */
function isField(element) {
  return (
    element.matches("textarea, select, input:not([type=checkbox]):not([type=radio])") ||
    element.matches("input[type=radio]")
  );
}

function startKeyboard() {
  document.addEventListener("keydown", pressed);
  refill(
    byId("keys"),
    KEYS.map(([keys, what]) => [
      make(
        "dt",
        {},
        keys.map((key) => [make("kbd", {}, SHOWN_AS[key] ?? key), " "]),
      ),
      make("dd", {}, what),
    ]),
  );
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  byId("help-close").addEventListener("click", () => byId("help").close());
}
