// The texts of an article: made from the pieces of its body, and found again in the elements that show them.

const CONTEXT_CHARS = 60; // on either side of a place

/** Returns the clean text of a body. */
function cleanTextOf(body) {
  return body.pieces.map((piece) => (typeof piece === "string" ? piece : piece[piece.length - 2])).join("");
}

/** Returns the text around an edit, which has this number in its article: [left, before, after, right]. */
function contextOf(body, number) {
  let at = 0;
  const before = [];
  for (const [place, piece] of body.pieces.entries()) {
    if (typeof piece === "string") {
      before.push(piece);
      continue;
    }
    at += piece[piece.length - 1];
    if (number < at) {
      const right = body.pieces
        .slice(place + 1, place + 12)
        .map((each) => (typeof each === "string" ? each : each.at(-2)));
      const left = before.join("").slice(-CONTEXT_CHARS);
      return [left, piece[0], piece.length === 3 ? piece[1] : null, right.join("").slice(0, CONTEXT_CHARS)];
    }
    before.push(piece[piece.length - 2]);
  }
  return ["", "", null, ""];
}

/** Returns the number of code points before an offset of a text. */
function codePointsBefore(text, offset) {
  let count = 0;
  for (let at = 0; at < offset; at += text.codePointAt(at) > 0xffff ? 2 : 1) count++;
  return count;
}

/** Returns the offset after a number of code points. */
function offsetAfter(text, codePoints) {
  let at = 0;
  for (let count = 0; count < codePoints && at < text.length; count++) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

/** Yields the text nodes of an element that stand for the clean text, with the length of what they stand for. */
function* cleanNodes(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("del, .footnote")) continue;
    const named = node.parentElement.closest(".invisible");
    yield [node, named ? Number(named.dataset.chars) : node.length, named !== null];
  }
}

/** Returns the offset in the clean text of a boundary point in an element. */
function offsetAt(element, container, offset) {
  const point = document.createRange();
  point.setStart(container, offset);
  let at = 0;
  for (const [node, length, isNamed] of cleanNodes(element)) {
    if (node === container) return at + (isNamed ? (offset > 0 ? length : 0) : offset);
    if (point.comparePoint(node, 0) > 0) return at;
    at += length;
  }
  return at;
}

/** Returns the range of an element that shows the clean text between two offsets; null if there is none. */
function rangeOf(element, start, end) {
  const range = document.createRange();
  let at = 0,
    isStarted = false;
  for (const [node, length, isNamed] of cleanNodes(element)) {
    if (!isStarted && start < at + length) {
      range.setStart(node, isNamed ? 0 : start - at);
      isStarted = true;
    }
    if (isStarted && end <= at + length) {
      range.setEnd(node, isNamed ? node.length : end - at);
      return range;
    }
    at += length;
  }
  return null;
}

/** Returns the pattern that finds words in whatever case, with any white space between them. */
function patternOf(words) {
  const parts = words
    .trim()
    .split(/\s+/)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`));
  return new RegExp(parts.join("\\s+"), "giu");
}
