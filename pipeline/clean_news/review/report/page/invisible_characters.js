// Showing what cannot be seen. Controls, zero-width and bidirectional signs and odd spaces are written out, so that
// their removal can be seen, and so that none of them can turn the text around it.

const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029\u3164\uffa0]|(?! )\p{Zs}|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
const CUT = new RegExp(`(${UNSEEN.source})`, "u");
const NAMES = {
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

function nameOf(sign) {
  return NAMES[sign] ?? `U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A text as nodes: line ends stay, what cannot be seen is written out. */
function textNodes(text, nameLineEnds = false) {
  if (!UNSEEN.test(text)) return [text];
  return text
    .split(CUT)
    .filter(Boolean)
    .map((piece) => {
      if (!UNSEEN.test(piece) || (piece === "\n" && !nameLineEnds)) return piece;
      const name = make("span", { class: "sign" }, nameOf(piece));
      return piece === "\n" ? [name, "\n"] : name;
    })
    .flat();
}

/** The text of a change: also its line ends are written out, and white space where there is nothing else. */
function changedNodes(text) {
  if (/^ +$/.test(text)) return [make("span", { class: "sign" }, "␣".repeat(Math.min(text.length, 40)))];
  return textNodes(text, true);
}

/** A text on one line, for lists and labels. */
function inWords(text) {
  if (text === "") return "nothing";
  return Array.from(text, (sign) => (UNSEEN.test(sign) ? `[${nameOf(sign)}]` : sign))
    .join("")
    .replace(/^ +$/, (all) => "␣".repeat(all.length));
}
