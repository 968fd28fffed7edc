// A virtual list: only the visible rows are in the page. All rows have the same height.

const OVERSCAN_ROWS = 8; // rows drawn above and below the visible ones

/**
 * Makes an element scroll through rows.
 * @param {HTMLElement} box the scrolling element
 * @param {() => number} height returns the row height in pixels
 * @param {(row: number) => HTMLElement} rowAt creates a row
 */
function virtualList(box, height, rowAt) {
  const inner = make("div", { class: "rows", role: "presentation" });
  box.append(inner);
  let count = 0,
    asked = false,
    drawnRange = "";

  /** Draw the visible rows; unchanged rows are kept, because a click on them may be in progress. */
  function redraw() {
    asked = false;
    const rowHeight = height();
    const from = Math.max(0, Math.floor(box.scrollTop / rowHeight) - OVERSCAN_ROWS);
    const to = Math.min(count, Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + OVERSCAN_ROWS);
    if (drawnRange === `${from} ${to} ${rowHeight}`) return;
    drawnRange = `${from} ${to} ${rowHeight}`;
    inner.style.height = `${count * rowHeight}px`;
    const focused = inner.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    refill(
      inner,
      Array.from({ length: Math.max(0, to - from) }, (_, at) => {
        const row = rowAt(from + at);
        row.style.top = `${(from + at) * rowHeight}px`;
        row.style.height = `${rowHeight}px`;
        return row;
      }),
    );
    if (focused !== undefined) {
      inner.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
  }

  function soon() {
    if (!asked) requestAnimationFrame(redraw);
    asked = true;
  }

  box.addEventListener("scroll", soon, { passive: true });
  new ResizeObserver(soon).observe(box);
  return {
    /** Set the number of rows and redraw. */
    fill(rows) {
      count = rows;
      drawnRange = "";
      redraw();
    },
    /** Scroll a row into view. */
    reveal(row) {
      const rowHeight = height(),
        top = row * rowHeight;
      if (top < box.scrollTop || top + rowHeight > box.scrollTop + box.clientHeight)
        box.scrollTop = top - box.clientHeight / 2;
      drawnRange = "";
      redraw();
    },
  };
}
