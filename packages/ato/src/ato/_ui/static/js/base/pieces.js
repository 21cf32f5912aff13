// Small pieces many pages show.

import { h, put } from "./dom.js";
import { ago, moment } from "./format.js";

export function status(name) {
  return h("span", { class: `status ${/^\w+$/.test(name || "") ? name : "other"}` }, name || "unknown");
}

export function tags(names) {
  return h("span", { class: "tags" }, names.map((name) => h("span", { class: "tag", title: name }, name)));
}

export function when(iso) {
  return iso ? h("time", { datetime: iso, title: moment(iso) }, ago(iso)) : "–";
}

/** The colour that a run is drawn in. */
export function swatch(run) {
  return h("span", { class: "swatch", style: { background: `var(--${run.colour})` } });
}

/** A definition list of [name, value] pairs; pairs without a value are left out. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h(
    "dl",
    { class: "facts" },
    known.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))
  );
}

/** A key that may go on in the next line behind a dot, slash or underscore, and not within a word. */
export function breakable(key) {
  return (key.match(/[^./_]*[./_]+|[^./_]+/g) || []).map((part, index) => [index > 0 && h("wbr"), part]);
}

export function card(title, { tools = [], body = null, id = null } = {}) {
  return h(
    "section",
    { class: "card", id, "aria-label": title },
    h("header", {}, h("h2", {}, title), h("span", { class: "grow" }), tools),
    body
  );
}

export function empty(title, text, code = null) {
  return h("div", { class: "empty" }, h("h2", {}, title), h("p", {}, text), code && h("pre", {}, code));
}

/** What went wrong, and ways to go on from there. */
export function failure(error) {
  const lost = error.status === 404;
  crumbs(["Projects", "/"], [lost ? "Not found" : "Error"]);
  return h(
    "div",
    { class: "trouble", role: "alert" },
    h("p", {}, lost ? `Not found: ${error.message}.` : `This did not work: ${error.message}.`),
    h("p", {}, h("a", { href: "/" }, "All projects"), !lost && [" · ", h("a", { href: location.pathname + location.search }, "Try again")])
  );
}

export function copyButton(text, label = "Copy") {
  const button = h("button", { class: "quiet", type: "button" }, label);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => put(button, label), 1200);
  });
  return button;
}

/** Set the breadcrumb and the title: [text, href] pairs, the last without a link. */
export function crumbs(...trail) {
  const bar = document.getElementById("crumbs");
  put(
    bar,
    trail.map(([text, href]) =>
      h("span", {}, href ? h("a", { href }, text) : h("span", { "aria-current": "page" }, text))
    )
  );
  document.title = [...trail.map(([text]) => text).reverse(), "ato"].join(" · ");
}

export function projectTabs(project, chosen) {
  const base = `/projects/${project}`;
  const pages = [
    ["Runs", base],
    ["Curves", `${base}/curves`],
    ["Functions", `${base}/functions`],
    ["Searches", `${base}/searches`],
  ];
  return h(
    "nav",
    { class: "tabs", "aria-label": "Project" },
    pages.map(([name, href]) => h("a", { href, "aria-current": name === chosen && "page" }, name))
  );
}

/** Tell a screen reader, without moving the focus. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** A table of rows that are made already; a column's title in a list is that of a numeric one. */
export function simpleTable(label, columns, rows) {
  const heads = columns.map((title) => h("th", { scope: "col", class: Array.isArray(title) && "numeric" }, title));
  const table = h("table", { class: "grid wraps", "aria-label": label }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
  return h("div", { class: "scrolls" }, table);
}
