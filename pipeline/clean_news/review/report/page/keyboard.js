// The keyboard. In a field, in a dialog, and with Ctrl, Alt or Meta the keys keep what they mean there.

const KEYS = [
  [["j", "ArrowRight", "ArrowDown"], "next change", () => step(1)],
  [["k", "ArrowLeft", "ArrowUp"], "previous change", () => step(-1)],
  [["a"], "accept", () => decide("accept")],
  [["r"], "reject", () => decide("reject")],
  [["e"], "put a text of your own", askForText],
  [["1"], "decisions hold once", () => chooseScope("once")],
  [["2"], "decisions hold in this article", () => chooseScope("article")],
  [["3"], "decisions hold everywhere", () => chooseScope("everywhere")],
  [["u"], "take the last decision back", takeBack],
  [["/"], "search", () => part("search").focus()],
  [["d"], "download the decisions", download],
  [["Escape"], "close the article", () => (part("card").hidden ? closeArticle() : showCard(null))],
  [["?"], "this help", () => part("help").showModal()],
];
const SHOWN_AS = { ArrowRight: "→", ArrowDown: "↓", ArrowLeft: "←", ArrowUp: "↑", Escape: "Esc" };
const ONLY_READING = [
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
  if (ONLY_READING.includes(event.key) && shown.view !== "articles") return;
  if (event.key.startsWith("Arrow") && event.target.closest(".list, .tabs")) return; // there they scroll
  if (["Enter", " "].includes(event.key) && event.target.matches(".change")) {
    event.preventDefault();
    choose(event.target);
    return;
  }
  const [, , act] = KEYS.find(([keys]) => keys.includes(event.key)) ?? [];
  if (!act) return;
  event.preventDefault();
  act();
}

/** Whether somebody types or chooses there. */
function isField(element) {
  return (
    element.matches("textarea, select, input:not([type=checkbox]):not([type=radio])") ||
    element.matches("input[type=radio]")
  );
}

function startKeyboard() {
  document.addEventListener("keydown", pressed);
  refill(
    part("keys"),
    KEYS.map(([keys, what]) => [
      make(
        "dt",
        {},
        keys.map((key) => [make("kbd", {}, SHOWN_AS[key] ?? key), " "]),
      ),
      make("dd", {}, what),
    ]),
  );
  part("help-open").addEventListener("click", () => part("help").showModal());
  part("help-close").addEventListener("click", () => part("help").close());
}
