// Trials as points: the metric over one parameter, or over the order in which they were begun.

import { h, svg } from "../base/dom.js";
import { number } from "../base/format.js";
import { frame } from "./frame.js";
import { MOST_TRIALS, standing } from "../charts/plots.js";
import { go } from "../router.js";
import { fences, makeScale } from "./scale.js";

const HEIGHT = 210;
const SHOWN_AT_ONCE = 8;
const MOST_BESIDE = 4;
const NARROWEST = 280;
const WIDEST = 420;

/** A figure for each parameter, and one for the history. `trials` are best first; `room` is in pixels. */
export function slices(trials, names, metric, room) {
  const drawn = trials.filter((trial) => typeof trial.metric === "number").slice(0, MOST_TRIALS);
  const beside = Math.max(1, Math.min(MOST_BESIDE, names.length, Math.floor(room / NARROWEST)));
  const width = Math.min(WIDEST, room / beside - 22);
  const figures = names.map((name) => scatter(drawn, name, (trial) => trial.params[name], metric, width));
  const more = figures.length > SHOWN_AT_ONCE && h("details", {}, h("summary", { class: "body" }, `${figures.length - SHOWN_AT_ONCE} more`), h("div", { class: "slices" }, figures.slice(SHOWN_AT_ONCE)));
  return h("div", {}, h("div", { class: "slices" }, figures.slice(0, SHOWN_AT_ONCE)), more);
}

/** The metric of each trial over its `place` in the order in which they were begun, with the best so far. */
export function history(trials, metric, mode, width) {
  const drawn = trials.filter((trial) => typeof trial.metric === "number");
  const inOrder = [...drawn].sort((a, b) => a.place - b.place);
  let best = null;
  const steps = inOrder.flatMap((trial) => {
    const before = best;
    best = best === null || (mode === "min" ? trial.metric < best : trial.metric > best) ? trial.metric : best;
    const at = trial.place;
    return before === null || before === best ? [[at, best]] : [[at, before], [at, best]];
  });
  return scatter(drawn, "trial", (trial) => trial.place, metric, width, { steps, log: false });
}

function scatter(trials, name, value, metric, width, { steps = [], log = null } = {}) {
  const across = makeScale(trials.map(value), log);
  const metrics = trials.map((trial) => trial.metric);
  const [low, high] = fences(metrics);
  const inside = (height) => height >= low && height <= high;
  const up = makeScale(metrics.filter(inside), false);
  const { x, y, rules, labels } = frame(across, up, { width, height: HEIGHT, name });
  const level = (height) => y(Math.min(1, Math.max(0, up.at(height)))); // outliers at the edge
  const place = (at, height) => [x(across.at(at)), level(height)];
  const marks = trials
    .map((trial, rank) => [trial, rank, across.at(value(trial))])
    .filter(([, , share]) => share !== null)
    .reverse()
    .map(([trial, rank, share]) => {
      const text = typeof value(trial) === "number" ? number(value(trial)) : value(trial);
      const kind = inside(trial.metric) ? standing(rank, trials.length).best && "best" : "beyond";
      return point(trial, x(share), level(trial.metric), kind, `${metric} ${number(trial.metric)}, ${name} ${text}`);
    });
  const line = steps.length ? svg("polyline", { points: steps.map(([at, height]) => place(at, height).join(",")).join(" ") }) : null;
  const label = `${metric} of ${trials.length} trials over ${name}`;
  return svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, class: "scatter", role: "img", "aria-label": label }, rules, line, marks, labels);
}

/** A trial as a point, of a kind that the style knows, that leads to its run. */
export function point(trial, cx, cy, kind, text) {
  return svg("circle", { cx, cy, r: 3, class: kind, onclick: () => go(`/runs/${trial.id}`) }, svg("title", {}, `Run ${trial.id}: ${text}`));
}
