// A long list of which only what is on the screen is in the page. All rows are of one height.

const SPARE = 8; // rows drawn above and below the screen

/**
 * Lets an element scroll through rows.
 * @param {HTMLElement} box that scrolls
 * @param {() => number} height of a row in pixels
 * @param {(row: number) => HTMLElement} rowAt makes a row
 */
function virtualList(box, height, rowAt) {
  const inner = make("div", { class: "rows", role: "presentation" });
  box.append(inner);
  let count = 0,
    asked = false,
    there = "";

  /** Draw the rows on the screen; those that are there already are left alone, they may be being clicked at. */
  function redraw() {
    asked = false;
    const tall = height();
    const from = Math.max(0, Math.floor(box.scrollTop / tall) - SPARE);
    const to = Math.min(count, Math.ceil((box.scrollTop + box.clientHeight) / tall) + SPARE);
    if (there === `${from} ${to} ${tall}`) return;
    there = `${from} ${to} ${tall}`;
    inner.style.height = `${count * tall}px`;
    const focused = inner.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    refill(
      inner,
      Array.from({ length: Math.max(0, to - from) }, (_, at) => {
        const row = rowAt(from + at);
        row.style.top = `${(from + at) * tall}px`;
        row.style.height = `${tall}px`;
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
    /** Show this many rows. */
    fill(rows) {
      count = rows;
      there = "";
      redraw();
    },
    /** Scroll so that a row can be seen. */
    reveal(row) {
      const tall = height(),
        top = row * tall;
      if (top < box.scrollTop || top + tall > box.scrollTop + box.clientHeight)
        box.scrollTop = top - box.clientHeight / 2;
      there = "";
      redraw();
    },
  };
}
