// The columns of the runs table.

import { h } from "../base/dom.js";
import { duration, elapsed, number } from "../base/format.js";
import { status, tags, when } from "../base/pieces.js";

const FIXED = [
  { id: "id", label: "Run", numeric: true, render: (run) => run.id },
  { id: "name", label: "Name", render: (run) => run.name || "–" },
  { id: "status", label: "Status", render: (run) => status(run.status) },
  { id: "start_time", label: "Started", render: (run) => when(run.start_time) },
  {
    id: "duration",
    label: "Duration",
    numeric: true,
    render: (run) => (run.status === "lost" ? "–" : duration(elapsed(run.start_time, run.end_time))),
  },
  { id: "tags", label: "Tags", sortable: false, render: (run) => tags(run.tags) },
];

/** Where few columns are in sight, results come before what was set. */
export function metricsFirst(names) {
  const isMetric = (name) => splitName(name)[0] === "metric";
  return [...names.filter(isMetric), ...names.filter((name) => !isMetric(name))];
}

/** The fixed columns and one for each of `names`, like "config.lr" and "metric.loss.min". */
export function runColumns(names) {
  return [...FIXED, ...names.map(column)];
}

function column(name) {
  const [kind, key, at] = splitName(name);
  return {
    id: name,
    label: kind === "metric" ? [key, h("span", { class: "muted" }, ` ${at}`)] : key,
    title: `Sort by ${name}`,
    numeric: true,
    render: (run) => cell(run.values[name], kind === "metric"),
  };
}

/** "metric.val.loss.min" as ["metric", "val.loss", "min"]. */
export function splitName(name) {
  const dot = name.indexOf(".");
  const kind = name.slice(0, dot);
  const rest = name.slice(dot + 1);
  if (kind !== "metric") {
    return [kind, rest, null];
  }
  const last = rest.lastIndexOf(".");
  return [kind, rest.slice(0, last), rest.slice(last + 1)];
}

function cell(value, isMetric) {
  if (value === undefined || value === null) {
    return h("span", { class: "muted" }, "–");
  }
  // Digits in a text are an integer beyond floats, if it is a metric.
  const text = isMetric || typeof value === "number" ? number(value) : value;
  return h("span", { class: "value", title: String(value) }, text);
}
