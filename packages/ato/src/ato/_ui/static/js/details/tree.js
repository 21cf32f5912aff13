// A config as a tree; each leaf tells where its value came from.

import { h, put } from "../base/dom.js";
import { attachTip } from "../base/tip.js";

/**
 * @param {{path: string[], text: string, type: string, history: number[]}[]} leaves in order
 * @param {{text, kind, name, location, token}[]} provenance what `history` points into
 */
export function makeTree(leaves, provenance) {
  const list = h("ul", { role: "tree", "aria-label": "Config", class: "tree" });
  put(list, branch(grow(leaves), provenance, 1));
  const first = list.querySelector("[role=treeitem]");
  if (first) {
    first.tabIndex = 0;
  }
  list.addEventListener("keydown", (event) => walk(list, event));
  list.addEventListener("focusin", (event) => {
    list.querySelectorAll("[tabindex='0']").forEach((item) => (item.tabIndex = -1));
    event.target.closest("[role=treeitem]").tabIndex = 0;
  });
  return list;
}

/** Show only the leaves whose dotted key or value holds `text`. */
export function filterTree(tree, text) {
  const wanted = text.toLowerCase();
  const show = (item) => {
    const own = (item.dataset.search || "").includes(wanted);
    const below = [...item.querySelectorAll(":scope > [role=group] > [role=treeitem]")].map(show).some(Boolean);
    item.hidden = !(own || below);
    return own || below;
  };
  [...tree.children].forEach(show);
}

function grow(leaves) {
  const root = new Map();
  for (const leaf of leaves) {
    let node = root;
    for (const key of leaf.path.slice(0, -1)) {
      if (!(node.get(key) instanceof Map)) {
        node.set(key, new Map());
      }
      node = node.get(key);
    }
    node.set(leaf.path[leaf.path.length - 1], leaf);
  }
  return root;
}

function branch(node, provenance, level) {
  return [...node].map(([key, value]) =>
    value instanceof Map ? inner(key, value, provenance, level) : leafItem(key, value, provenance, level)
  );
}

function inner(key, node, provenance, level) {
  const label = h("span", { class: "row" }, h("span", { class: "fold", "aria-hidden": "true" }), h("span", { class: "key" }, key));
  const group = h("ul", { role: "group" }, branch(node, provenance, level + 1));
  const item = h("li", { role: "treeitem", "aria-expanded": "true", "aria-level": level, tabindex: "-1" }, label, group);
  label.addEventListener("click", () => toggle(item));
  return item;
}

function leafItem(key, leaf, provenance, level) {
  const history = leaf.history.map((index) => provenance[index]);
  const source = history[history.length - 1];
  const item = h(
    "li",
    {
      role: "treeitem",
      "aria-level": level,
      tabindex: "-1",
      "data-search": `${leaf.path.join(".")} ${leaf.text}`.toLowerCase(),
    },
    h(
      "span",
      { class: "row" },
      h("span", { class: "key" }, key),
      h("span", { class: `literal ${leaf.type}` }, leaf.text),
      source && h("span", { class: `origin ${source.kind}` }, origin(source))
    )
  );
  attachTip(item, () => history.length && story(leaf, history));
  return item;
}

function origin(source) {
  return source.kind === "cli" ? "command line" : source.name || source.kind;
}

function whence({ kind, name }) {
  return kind === "cli" ? " command line" : ` ${kind}${name ? ` ${name}` : ""}`;
}

function story(leaf, history) {
  return h(
    "div",
    {},
    h("p", { class: "mono" }, leaf.path.join(".")),
    h(
      "ol",
      { class: "story" },
      history.map((step) =>
        h(
          "li",
          {},
          h("span", { class: "literal" }, step.text),
          h("span", { class: "muted" }, whence(step)),
          step.token && h("span", { class: "mono" }, ` ${step.token}`),
          step.location && h("span", { class: "muted mono" }, ` ${step.location}`)
        )
      )
    )
  );
}

function toggle(item, open = item.getAttribute("aria-expanded") !== "true") {
  item.setAttribute("aria-expanded", String(open));
}

function walk(list, event) {
  const item = document.activeElement.closest("[role=treeitem]");
  const seen = [...list.querySelectorAll("[role=treeitem]")].filter((one) => one.offsetParent);
  const at = seen.indexOf(item);
  const expanded = item.getAttribute("aria-expanded");
  const moves = {
    ArrowDown: () => seen[at + 1]?.focus(),
    ArrowUp: () => seen[at - 1]?.focus(),
    Home: () => seen[0].focus(),
    End: () => seen[seen.length - 1].focus(),
    ArrowRight: () => (expanded === "false" ? toggle(item, true) : expanded && seen[at + 1]?.focus()),
    ArrowLeft: () => (expanded === "true" ? toggle(item, false) : item.parentElement.closest("[role=treeitem]")?.focus()),
    Enter: () => expanded && toggle(item),
  };
  if (moves[event.key]) {
    event.preventDefault();
    moves[event.key]();
  }
}
