// Build elements. Data only ever becomes text or a plain attribute, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: h("a", {class: "x", href: "/", onclick: f}, "text", child, ...). */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Replace all children. */
export function put(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null && value !== false) {
      setAttribute(element, name, value);
    }
  }
  element.append(...nodes(children));
  return element;
}

function setAttribute(element, name, value) {
  if (name.startsWith("on")) {
    element.addEventListener(name.slice(2), value);
  } else if (name === "style") {
    for (const [property, setting] of Object.entries(value)) {
      element.style.setProperty(property, setting);
    }
  } else if (name === "href" && !/^[/#?]/.test(value)) {
    throw new Error(`only links inside the page are made, not ${value}`);
  } else if (["checked", "value", "disabled", "indeterminate"].includes(name)) {
    element[name] = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function nodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}
