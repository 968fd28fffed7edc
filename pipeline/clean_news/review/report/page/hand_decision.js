// Decisions of the rule HAND, made in a report file as clean_news/hand_edits.py makes them: of whole words, and for the
// text before the edits by hand that the article has already.

const AROUND_CHARS = 30; // code points on either side, as in hand_edits.py
const IN_WORD = /[\p{L}\p{N}\p{M}]/u;

/** Returns the offsets where words stand and are not part of longer ones, as hand_edits.whole_words(). */
function wholeWords(text, words) {
  const found = [];
  let at = words ? text.indexOf(words) : -1;
  while (at >= 0) {
    const end = at + words.length,
      isWhole = !joins(text, at) && !joins(text, end);
    if (isWhole) found.push(at);
    at = text.indexOf(words, isWhole ? end : at + 1);
  }
  return found;
}

function joins(text, at) {
  if (at <= 0 || at >= text.length) return false;
  const before = text.slice(Math.max(0, at - 2), at).match(/.$/su)?.[0] ?? "";
  return IN_WORD.test(before) && IN_WORD.test(String.fromCodePoint(text.codePointAt(at)));
}

/** Returns the decision that writes other words; throws if the text before the edits by hand is not known. */
async function handDecision(article, start, before, after, scope, note) {
  const { text, from } = beforeHand(article, start, before),
    name = corpus.articles.name[article];
  const end = from + before.length,
    prefix = Array.from(text.slice(0, from)).slice(-AROUND_CHARS).join(""),
    suffix = Array.from(text.slice(end, end + 2 * AROUND_CHARS))
      .slice(0, AROUND_CHARS)
      .join("");
  const around = prefix + before + suffix;
  let ordinal = 0;
  for (let at = text.indexOf(around); at >= 0 && at < from - prefix.length; at = text.indexOf(around, at + 1))
    ordinal++;
  return {
    schema: SCHEMA,
    action: "accept",
    scope,
    id: (await sha256([HAND, name, prefix, before, suffix, String(ordinal)].join("\x1f"))).slice(0, 12),
    article: name,
    rule: HAND,
    before,
    after,
    ...signature(note),
    prefix,
    suffix,
    ordinal,
  };
}

/** Returns the text of an article before the edits by hand that it has, and where the words stand in it. */
function beforeHand(article, start, words) {
  const { pieces } = bodyOf(article);
  let edit = corpus.articles.first[article],
    at = 0, // in the clean text
    text = "",
    from = start;
  for (const piece of pieces) {
    const said = typeof piece === "string" ? piece : piece.at(-2),
      number = typeof piece === "string" ? 0 : piece.at(-1);
    const isByHand = Array.from({ length: number }, (_, place) => editInfo(edit + place)).some(
      ({ code, state }) => code === HAND && state === "applied",
    );
    if (isByHand && (number > 1 || (at < start + words.length && start < at + said.length)))
      throw new Error("Words were changed by hand here already: use clean-news serve or clean-news review.");
    const before = isByHand ? piece[0] : said;
    if (isByHand && at + said.length <= start) from += before.length - said.length;
    text += before;
    at += said.length;
    edit += number;
  }
  return { text, from };
}

async function sha256(text) {
  if (!globalThis.crypto?.subtle)
    throw new Error("This browser cannot do this in a file: use clean-news serve or clean-news review.");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
