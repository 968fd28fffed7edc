// A list that grows as it is scrolled: rows have whatever height their words need, and only those that somebody has
// come near are in the page.

const FIRST_ROWS = 60;
const MORE_ROWS = 120;
const NEAR_PX = 1200; // above the end of what is drawn, more rows are added

/**
 * Makes an element a list of rows.
 * @param {HTMLElement} box the scrolling element
 * @param {(row: number) => HTMLElement} rowAt creates a row
 */
function growingList(box, rowAt) {
  const inner = make("div", { class: "rows", role: "presentation" });
  box.append(inner);
  let count = 0,
    drawnRows = 0;

  /** Add rows up to a number. */
  function drawTo(wanted) {
    const to = Math.min(count, wanted);
    if (to <= drawnRows) return;
    const added = document.createDocumentFragment();
    for (let row = drawnRows; row < to; row++) added.append(rowAt(row));
    inner.append(added);
    drawnRows = to;
  }

  function growIfNear() {
    if (drawnRows < count && box.scrollTop + box.clientHeight + NEAR_PX > box.scrollHeight) {
      drawTo(drawnRows + MORE_ROWS);
    }
  }

  box.addEventListener("scroll", growIfNear, { passive: true });
  new ResizeObserver(growIfNear).observe(box);
  return {
    /** Set the number of rows and draw them again, as many as were drawn if the place is kept; the focus stays. */
    fill(rows, keepPlace = false) {
      const active = inner.contains(document.activeElement) ? document.activeElement : null,
        focused = active?.dataset.key,
        caret = active?.selectionStart; // of a field for text
      const top = box.scrollTop,
        wanted = keepPlace ? Math.max(FIRST_ROWS, drawnRows) : FIRST_ROWS;
      inner.replaceChildren();
      count = rows;
      drawnRows = 0;
      drawTo(wanted);
      box.scrollTop = keepPlace ? top : 0;
      growIfNear();
      if (focused !== undefined) {
        const again = inner.querySelector(`[data-key="${CSS.escape(focused)}"]`);
        again?.focus({ preventScroll: true });
        if (typeof caret === "number") again?.setSelectionRange(caret, caret);
      }
    },
    /** Scroll a row into view. */
    reveal(row) {
      drawTo(row + FIRST_ROWS);
      inner.children[row]?.scrollIntoView({ block: "nearest" });
    },
    /** Returns the element of a row; undefined if it is not drawn. */
    rowElement(row) {
      return inner.children[row];
    },
  };
}
