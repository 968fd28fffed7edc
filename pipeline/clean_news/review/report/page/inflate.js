// Decompression of deflate streams (RFC 1951). DecompressionStream is asynchronous and missing in older browsers; a
// block of articles is small enough to be decompressed between two frames.

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_CODE_BITS = 15;
const STORED = 0,
  FIXED = 1;

/** Builds a canonical Huffman code from code lengths: the number of codes per length, and the symbols in order. */
function huffman(lengths) {
  const counts = new Uint16Array(MAX_CODE_BITS + 1);
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  const offsets = new Uint16Array(MAX_CODE_BITS + 2);
  for (let length = 1; length <= MAX_CODE_BITS; length++) offsets[length + 1] = offsets[length] + counts[length];
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length) symbols[offsets[length]++] = symbol;
  });
  return { counts, symbols };
}

const FIXED_LITERALS = huffman(
  Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)),
);
const FIXED_DISTANCES = huffman(new Array(30).fill(5));

/** Decompresses a deflate stream. */
function inflate(packed) {
  let at = 0,
    held = 0,
    bitsHeld = 0;
  let out = new Uint8Array(packed.length * 6),
    size = 0;

  function bits(count) {
    while (bitsHeld < count) {
      held |= packed[at++] << bitsHeld;
      bitsHeld += 8;
    }
    const value = held & ((1 << count) - 1);
    held >>>= count;
    bitsHeld -= count;
    return value;
  }

  function symbol({ counts, symbols }) {
    let code = 0,
      first = 0,
      index = 0;
    for (let length = 1; length <= MAX_CODE_BITS; length++) {
      code |= bits(1);
      const count = counts[length];
      if (code - count < first) return symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error("a block of this report is damaged; write the report again");
  }

  function room(count) {
    if (size + count <= out.length) return;
    const larger = new Uint8Array(2 * (size + count));
    larger.set(out);
    out = larger;
  }

  function copyStored() {
    at -= bitsHeld >> 3; // unread whole bytes
    held = bitsHeld = 0;
    const count = packed[at] | (packed[at + 1] << 8);
    at += 4;
    room(count);
    out.set(packed.subarray(at, at + count), size);
    at += count;
    size += count;
  }

  function dynamicCodes() {
    const literals = bits(5) + 257,
      distances = bits(5) + 1,
      given = bits(4) + 4;
    const ofLengths = new Array(19).fill(0);
    for (let place = 0; place < given; place++) ofLengths[CODE_LENGTH_ORDER[place]] = bits(3);
    const code = huffman(ofLengths),
      lengths = [];
    while (lengths.length < literals + distances) {
      const found = symbol(code);
      if (found < 16) lengths.push(found);
      else if (found === 16) repeat(lengths, lengths[lengths.length - 1], 3 + bits(2));
      else repeat(lengths, 0, found === 17 ? 3 + bits(3) : 11 + bits(7));
    }
    return [huffman(lengths.slice(0, literals)), huffman(lengths.slice(literals))];
  }

  function repeat(list, value, times) {
    for (; times > 0; times--) list.push(value);
  }

  function copyCoded(literals, distances) {
    for (;;) {
      const found = symbol(literals);
      if (found === 256) return;
      room(258);
      if (found < 256) {
        out[size++] = found;
        continue;
      }
      const length = LENGTH_BASE[found - 257] + bits(LENGTH_BITS[found - 257]);
      const far = symbol(distances);
      const distance = DISTANCE_BASE[far] + bits(DISTANCE_BITS[far]);
      for (let count = 0; count < length; count++, size++) out[size] = out[size - distance];
    }
  }

  for (let last = 0; !last;) {
    last = bits(1);
    const kind = bits(2);
    if (kind === STORED) copyStored();
    else if (kind === FIXED) copyCoded(FIXED_LITERALS, FIXED_DISTANCES);
    else copyCoded(...dynamicCodes());
  }
  return out.subarray(0, size);
}
