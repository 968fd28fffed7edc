// Making elements. Whatever comes from an article becomes a text node or an attribute that cannot run: this file is
// the only one that makes elements, and nothing on this page parses markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children: strings, nodes, or lists of them; null and false are passed over. */
function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for a part of a picture. */
function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== false));
  return element;
}

/** The element of the page with this id. */
function part(id) {
  return document.getElementById(id);
}

/** Put other children into an element. */
function refill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== false));
}

/** A number with its noun: "1 change", "1,200 changes". */
function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
