// Words of the clean text that somebody changes: any words, not only those of a change.

function openHand() {
  showMessage("");
}
