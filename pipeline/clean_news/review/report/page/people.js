// People: each name has a colour of its own, and what they decided is shown with both.

const COLOURS = 8; // in page.css

/** Returns the number of the colour of a name: always the same for the same name. */
function colourNumber(name) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 1_000_003;
  return hash % COLOURS;
}

/** Returns a name with its colour. */
function personNode(name) {
  return make("span", { class: `person person-${colourNumber(name)}` }, visibleText(name));
}

/** Returns a decision as nodes: what was decided, by whom, and why. */
function decisionNodes(decision) {
  const { by, note, ...rest } = decision;
  return [decisionText(rest), by ? [" by ", personNode(by)] : "", note ? ` – ${visibleText(note)}` : "", "."];
}
