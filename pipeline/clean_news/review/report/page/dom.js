// Element creation. Article text only becomes text nodes or attributes that cannot execute: this is the only file that
// creates elements, and nothing on this page parses markup.

const SVG = "http://www.w3.org/2000/svg";

/** Creates an element with attributes and children: strings, nodes or nested lists; null and false are skipped. */
function make(tag, attributes = {}, ...children) {
  return fillElement(document.createElement(tag), attributes, children);
}

/** Creates an SVG element in the same way. */
function makeSvg(tag, attributes = {}, ...children) {
  return fillElement(document.createElementNS(SVG, tag), attributes, children);
}

function fillElement(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== false));
  return element;
}

/** Creates a link to a place of this page: an address that begins with "#/". */
function makeLink(address, attributes = {}, ...children) {
  if (!address.startsWith("#/")) throw new Error(`${address} is not a place of this page`);
  return make("a", { href: address, ...attributes }, ...children);
}

/** Returns the element with an id. */
function byId(id) {
  return document.getElementById(id);
}

/** Replace the children of an element. */
function refill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== false));
}

/** Formats a count with its noun: "1 change", "1,200 changes". */
function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
