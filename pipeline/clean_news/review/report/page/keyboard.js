// Keyboard shortcuts. They are inactive in a field, in a dialog, and with Ctrl, Alt or Meta.

const KEYS = [
  [["j", "ArrowRight", "ArrowDown"], "next change", () => step(1)],
  [["k", "ArrowLeft", "ArrowUp"], "previous change", () => step(-1)],
  [["a"], "accept", () => decide("accept")],
  [["r"], "reject", () => decide("reject")],
  [["e"], "replace by your own text", askForText],
  [["1"], "scope: this change only", () => chooseScope("once")],
  [["2"], "scope: this article", () => chooseScope("article")],
  [["3"], "scope: everywhere", () => chooseScope("everywhere")],
  [["u"], "undo the last decision", undoLast],
  [["/"], "search", () => byId("search").focus()],
  [["d"], "download the decisions", downloadDecisions],
  [["Escape"], "close the article", () => (byId("card").hidden ? closeArticle() : showCard(null))],
  [["?"], "this help", () => byId("help").showModal()],
];
const SHOWN_AS = { ArrowRight: "→", ArrowDown: "↓", ArrowLeft: "←", ArrowUp: "↑", Escape: "Esc" };
const ARTICLE_KEYS = [
  "j",
  "k",
  "ArrowRight",
  "ArrowDown",
  "ArrowLeft",
  "ArrowUp",
  "a",
  "r",
  "e",
  "1",
  "2",
  "3",
  "Escape",
];

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
  if (ARTICLE_KEYS.includes(event.key) && shown.view !== "articles") return;
  if (event.key.startsWith("Arrow") && event.target.closest(".list, .tabs")) return; // arrow keys scroll there
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
