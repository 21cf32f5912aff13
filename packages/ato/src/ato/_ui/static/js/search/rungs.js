// The rungs of each bracket: a point for each evaluation, a line for each trial that went on.

import { h, svg } from "../base/dom.js";
import { number } from "../base/format.js";
import { makeScale } from "./scale.js";

const HEIGHT = 220;
const TOP = 12;
const BOTTOM = 40;
const LEFT = 52; // at least, for the labels
const LETTER = 6.5;
const STEP = 84;

/** `trials` have {id, bracket, evaluations: [{rung, resource, metric}]}. */
export function rungs(trials) {
  const evaluations = trials.flatMap((trial) => trial.evaluations);
  const scale = makeScale(evaluations.map((one) => one.metric).filter((metric) => typeof metric === "number"), false);
  const brackets = [...new Set(trials.map((trial) => trial.bracket ?? 0))].sort((a, b) => a - b);
  return h(
    "div",
    { class: "brackets" },
    brackets.map((bracket) => figure(bracket, trials.filter((trial) => (trial.bracket ?? 0) === bracket), scale))
  );
}

function figure(bracket, trials, scale) {
  const columns = columnsOf(trials);
  const left = Math.max(LEFT, 14 + LETTER * Math.max(0, ...scale.ticks.map(([, label]) => label.length)));
  const width = left + columns.length * STEP;
  const x = (rung, spread) => left + columns.findIndex((one) => one.rung === rung) * STEP + STEP / 2 + spread;
  const y = (metric) => TOP + (1 - scale.at(metric)) * (HEIGHT - TOP - BOTTOM);
  const marks = trials.map((trial) => trace(trial, x, y));
  const ticks = scale.ticks.map(([share, label]) =>
    svg("text", { x: left - 8, y: TOP + (1 - share) * (HEIGHT - TOP - BOTTOM) + 4, class: "tick end" }, label)
  );
  const names = columns.map(({ rung, resource, count }) => [
    svg("text", { x: x(rung, 0), y: HEIGHT - 20, class: "tick middle" }, `${count} × ${number(resource)}`),
    svg("text", { x: x(rung, 0), y: HEIGHT - 5, class: "tick middle faint" }, `rung ${rung}`),
  ]);
  const label = `Bracket ${bracket}: ${columns.map((one) => `${one.count} trials at resource ${one.resource}`).join(", ")}`;
  return h(
    "figure",
    {},
    h("figcaption", { class: "small" }, `Bracket ${bracket}`),
    svg("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, class: "rungs", role: "img", "aria-label": label }, ticks, names, marks)
  );
}

function columnsOf(trials) {
  const columns = new Map();
  for (const { rung, resource } of trials.flatMap((trial) => trial.evaluations)) {
    const column = columns.get(rung) || { rung, resource, count: 0 };
    column.count += 1;
    columns.set(rung, column);
  }
  return [...columns.values()].sort((a, b) => a.rung - b.rung);
}

function trace(trial, x, y) {
  // A fixed spread by number, so that the picture stays the same when the page is drawn again.
  const spread = (((trial.number ?? trial.id) * 37) % 41) - 20;
  const points = trial.evaluations
    .filter((one) => typeof one.metric === "number")
    .map((one) => [x(one.rung, spread), y(one.metric)]);
  const path = points.map((point) => point.join(",")).join(" ");
  const title = svg("title", {}, `Run ${trial.id}: ${trial.evaluations.map((one) => number(one.metric)).join(", ")}`);
  return svg(
    "g",
    { class: points.length > 1 ? "went-on" : "stopped" },
    points.length > 1 && svg("polyline", { points: path }),
    points.map(([cx, cy]) => svg("circle", { cx, cy, r: 2.6 })),
    title
  );
}
