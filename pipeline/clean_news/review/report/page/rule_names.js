// Short names of the rules, for lists and tables where their summaries are too long; their codes follow the names.

const RULE_NAMES = {
  ENC001: "wrong decoding repaired",
  ENC002: "HTML entity",
  ENC003: "escape sequence",
  ENC004: "lost bytes restored",
  CHAR001: "zero-width character",
  CHAR002: "direction mark",
  CHAR003: "soft hyphen",
  CHAR004: "control character",
  CHAR005: "line end",
  CHAR006: "unusual space",
  CHAR007: "lost character",
  CHAR008: "foreign look-alike letter",
  CHAR009: "multiple spaces",
  CHAR010: "combining accent",
  CHAR011: "ligature",
  CHAR012: "unusual hyphen",
  CHAR013: "bullet of a symbol font",
  LAY001: "word hyphenated at a line end",
  LAY002: "hard-wrapped line",
  LAY003: "sentence broken by a blank line",
  LAY004: "page number or running head",
  LAY005: "letter-spaced word",
  LAY006: "blank lines",
  LAY007: "white space around the text",
  LAY008: "hyphen of a lost line break",
  LAY009: "word torn at a ligature",
  LAY010: "tab",
  BOIL001: "date stamp",
  BOIL002: "picture credit",
  BOIL003: "advertisement placeholder",
  BOIL004: "link to a page or video",
  BOIL005: "prompt to share or subscribe",
  BOIL006: "source or copyright line",
  BOIL007: "spintax braces",
  BOIL008: "shortcode",
  BOIL009: "HTML tag",
  BOIL010: "web address",
  BOIL011: "by-line or contact",
  BOIL012: "links in a paragraph",
  BOIL013: "caption with buttons",
  BOIL014: "headline of another article",
  BOIL015: "bar of buttons or sections",
  BOIL016: "line repeated across articles",
  BOIL017: "label before a headline",
  OCR001: "misread word",
  OCR002: "words run together",
  OCR003: "word split in two",
  OCR004: "noise next to a word",
  OCR005: "long s",
  OCR006: "misread letters",
  SRC001: "word of the source",
  SRC002: "fact that differs from the source",
  SPIN001: "substituted synonym",
  AGR001: "a or an",
  AGR002: "capital at a sentence's start",
  HAND: "changed by hand",
};

/** Returns the name of a rule; its code if it is a rule of somebody's own stage. */
function ruleName(code) {
  return Object.hasOwn(RULE_NAMES, code) ? RULE_NAMES[code] : visibleText(code);
}

/** Returns a rule as nodes: its name and its code. */
function ruleNodes(code) {
  const name = ruleName(code);
  return name === visibleText(code) ? [make("code", {}, name)] : [name, " ", make("code", {}, code)];
}
