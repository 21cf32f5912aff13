// Trials as points: the metric over one parameter, or over the order in which they were begun.

import { h, svg } from "./dom.js";
import { number } from "./format.js";
import { MOST_TRIALS, standing } from "./plots.js";
import { go } from "./router.js";
import { makeScale } from "./scale.js";

const HEIGHT = 210;
const TOP = 12;
const BOTTOM = 40;
const LEFT = 56;
const RIGHT = 16;
const SHOWN_AT_ONCE = 6;

/** A figure for each parameter, and one for the history. `trials` are best first; `room` is in pixels. */
export function slices(trials, names, metric, room) {
  const drawn = trials.filter((trial) => typeof trial.metric === "number").slice(0, MOST_TRIALS);
  const width = Math.max(260, Math.min(420, room / Math.max(1, Math.min(4, names.length)) - 16));
  const figures = names.map((name) => scatter(drawn, name, (trial) => trial.params[name], metric, width));
  const more = figures.length > SHOWN_AT_ONCE && h("details", {}, h("summary", { class: "body" }, `${figures.length - SHOWN_AT_ONCE} more`), h("div", { class: "slices" }, figures.slice(SHOWN_AT_ONCE)));
  return h("div", {}, h("div", { class: "slices" }, figures.slice(0, SHOWN_AT_ONCE)), more);
}

/** The metric of each trial in the order in which they were begun, with the best so far. */
export function history(trials, metric, mode, width) {
  const inOrder = trials.filter((trial) => typeof trial.metric === "number").sort((a, b) => a.id - b.id);
  const place = new Map(inOrder.map((trial, index) => [trial.id, index + 1]));
  let best = null;
  const steps = inOrder.map((trial) => {
    best = best === null || (mode === "min" ? trial.metric < best : trial.metric > best) ? trial.metric : best;
    return [place.get(trial.id), best];
  });
  const drawn = trials.filter((trial) => place.has(trial.id));
  return scatter(drawn, "trial", (trial) => place.get(trial.id), metric, width, steps);
}

function scatter(trials, name, value, metric, width, steps = []) {
  const across = makeScale(trials.map(value));
  const up = makeScale(trials.map((trial) => trial.metric), false);
  const x = (share) => LEFT + share * (width - LEFT - RIGHT);
  const y = (share) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  const place = (at, height) => [x(across.at(at)), y(up.at(height))];
  const marks = trials
    .map((trial, rank) => [trial, rank, across.at(value(trial))])
    .filter(([, , share]) => share !== null)
    .reverse()
    .map(([trial, rank, share]) =>
      svg(
        "circle",
        { cx: x(share), cy: y(up.at(trial.metric)), r: 3, class: standing(rank, trials.length).best && "best", onclick: () => go(`/runs/${trial.id}`) },
        svg("title", {}, `Run ${trial.id}: ${metric} ${number(trial.metric)}, ${name} ${typeof value(trial) === "number" ? number(value(trial)) : value(trial)}`)
      )
    );
  const line = steps.length ? svg("polyline", { points: steps.map(([at, height]) => place(at, height).join(",")).join(" ") }) : null;
  const rules = up.ticks.map(([share]) => svg("line", { x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share), class: "rule" }));
  const heights = up.ticks.map(([share, label]) => svg("text", { x: LEFT - 8, y: y(share) + 4, class: "tick end" }, label));
  const ends = across.ticks.filter((_, index, all) => all.length < 4 || index === 0 || index === all.length - 1 || index * 2 === all.length - 1);
  const widths = ends.map(([share, label]) => svg("text", { x: x(share), y: HEIGHT - 22, class: "tick middle" }, label.slice(0, 14)));
  const title = svg("text", { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 5, class: "tick middle strong" }, name);
  const label = `${metric} of ${trials.length} trials over ${name}`;
  return svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, class: "scatter", role: "img", "aria-label": label }, rules, line, marks, heights, widths, title);
}
