// Tables with a column for each of the runs that are compared, long ones in sections as charts are.

import { h } from "../base/dom.js";
import { plural } from "../base/format.js";
import { breakable, swatch } from "../base/pieces.js";
import { firstOf, sectionsOf, stateOf } from "../panels/sections.js";

/** A table with a row for each of `rows` ({key, cells, differs}) and a column for each run. */
export function matrix(label, title, runs, rows, cell, numeric = false) {
  const kind = numeric && "numeric";
  const headings = runs.map((run) => h("th", { scope: "col", class: kind }, swatch(run), " ", run.id, run.name && h("div", { class: "muted run-label", title: run.name }, run.name)));
  const lines = rows.map((row) =>
    h(
      "tr",
      { class: row.differs && "differs" },
      h("th", { scope: "row" }, breakable(row.key), row.type === "runtime" && h("span", { class: "muted" }, " output")),
      row.cells.map((content) => h("td", { class: kind }, cell(content, row)))
    )
  );
  return h(
    "div",
    { class: "scrolls" },
    h("table", { class: "grid wraps matrix", "aria-label": label }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, title), headings)), h("tbody", {}, lines))
  );
}

/**
 * One of metrics, in sections by what stands before the last "/" of their keys; `states`, a Map, keeps what lies
 * open, for the table is made anew while a run goes on.
 */
export function metricsMatrix(runs, rows, cell, states) {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return sectionsOf([...byKey.keys()]).map(({ name, keys, folds, open }) => {
    const state = stateOf(states, name, open);
    const some = keys.map((key) => byKey.get(key));
    const parts = firstRows(folds ? `Metrics of ${name}` : "Metrics", runs, some, cell, state);
    return folds ? foldedRows(name, some, parts, state) : parts;
  });
}

function foldedRows(name, rows, parts, state) {
  const onclick = () => (state.open = !element.open);
  const summary = h("summary", { class: "body", onclick }, h("b", {}, name), " ", h("span", { class: "muted" }, plural(rows.length, "metric")));
  const element = h("details", { class: "matrix-section", open: state.open }, summary, parts);
  return element;
}

// The first dozen, and a button that brings the others.
function firstRows(label, runs, rows, cell, state) {
  const table = matrix(label, "Metric", runs, rows, cell, true);
  const lines = [...table.querySelectorAll("tbody tr")];
  const shown = state.all ? lines : firstOf(lines);
  lines.slice(shown.length).forEach((line) => (line.hidden = true));
  const showAll = () => {
    state.all = true;
    more.hidden = true;
    lines.forEach((line) => (line.hidden = false));
  };
  const more = h("button", { class: "button more", type: "button", onclick: showAll }, `Show all ${plural(rows.length, "metric")}`);
  return shown.length < lines.length ? [table, more] : [table];
}
