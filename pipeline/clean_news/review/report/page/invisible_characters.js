// Display of invisible characters. Control, zero-width and bidirectional characters and unusual spaces are replaced by
// their names, so that their removal is visible and none of them can reorder the surrounding text.

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029\u3164\uffa0]|(?! )\p{Zs}|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
const INVISIBLE_SPLIT = new RegExp(`(${INVISIBLE.source})`, "u");
const CHARACTER_NAMES = {
  "\t": "tab",
  "\r": "CR",
  "\n": "¶",
  "\u00a0": "nbsp",
  "\u00ad": "shy",
  "\u200b": "zwsp",
  "\u200c": "zwnj",
  "\u200d": "zwj",
  "\u200e": "lrm",
  "\u200f": "rlm",
  "\u202f": "nnbsp",
  "\ufeff": "bom",
  "\u2028": "line",
  "\u2029": "para",
};

function characterName(character) {
  return CHARACTER_NAMES[character] ?? `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Returns a text as nodes with invisible characters named; line ends are kept. */
function textNodes(text, nameLineEnds = false) {
  if (!INVISIBLE.test(text)) return [text];
  return text
    .split(INVISIBLE_SPLIT)
    .filter(Boolean)
    .map((piece) => {
      if (!INVISIBLE.test(piece) || (piece === "\n" && !nameLineEnds)) return piece;
      // data-chars: how much of the text the name stands for; after the name of a line end, the line end follows
      const chars = piece === "\n" ? 0 : piece.length;
      const name = make("span", { class: "invisible", "data-chars": chars }, characterName(piece));
      return piece === "\n" ? [name, "\n"] : name;
    })
    .flat();
}

/** Returns the text of a change as nodes: line ends are named too, and spaces if there is nothing else. */
function changedNodes(text) {
  if (/^ +$/.test(text))
    return [make("span", { class: "invisible", "data-chars": text.length }, "␣".repeat(Math.min(text.length, 40)))];
  return textNodes(text, true);
}

/** Returns a text on one line with invisible characters named, for lists and labels. */
function visibleText(text) {
  if (text === "") return "nothing";
  return Array.from(text, (character) => (INVISIBLE.test(character) ? `[${characterName(character)}]` : character))
    .join("")
    .replace(/^ +$/, (all) => "␣".repeat(all.length));
}
