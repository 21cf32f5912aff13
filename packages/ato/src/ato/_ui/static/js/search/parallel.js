// Parallel coordinates: one axis for each parameter and the metric, one line for each trial.

import { h, put, svg } from "../base/dom.js";
import { number } from "../base/format.js";
import { MOST_TRIALS, standing } from "../charts/plots.js";
import { go } from "../router.js";
import { fences, makeScale } from "./scale.js";

const HEIGHT = 320;
const TOP = 34;
const BOTTOM = 14;
const NARROWEST = 118;
const WIDEST = 260;
const LEFT = 66;
const RIGHT = 90;
const CROWD = 150; // from so many on, lines are drawn fainter

/**
 * @param {{id, metric, params: Object}[]} trials best first
 * @param {string[]} names the parameters
 * @param {{metric: string, mode: "min"|"max"}} goal
 * @param {number} room how many pixels wide it may be without scrolling
 *
 * Dragging on an axis keeps only the trials in that range; a click on an axis lifts it.
 */
export function parallel(trials, names, { metric, mode }, room) {
  const drawn = trials.filter((trial) => typeof trial.metric === "number").slice(0, MOST_TRIALS);
  const axes = [...names.map((name) => axis(name, (trial) => trial.params[name], drawn)), axis(metric, (trial) => trial.metric, drawn, fences(drawn.map((trial) => trial.metric)))];
  const spacing = Math.max(NARROWEST, Math.min(WIDEST, (room - LEFT - RIGHT) / Math.max(1, axes.length - 1)));
  axes.forEach((one, index) => (one.x = LEFT + index * spacing));
  const width = LEFT + (axes.length - 1) * spacing + RIGHT;
  const caption = h("p", { class: "small muted caption" }, "Drag along an axis to keep a range; click it to lift the range.");
  const figure = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, class: "parallel", role: "img", "aria-label": `Parameters and ${metric} of ${drawn.length} trials` });
  const lines = drawn.map((trial, index) => line(trial, axes, look(index, drawn.length), caption, metric)).reverse();
  const refresh = () => {
    const kept = lines.filter(({ element, trial }) => {
      const inside = axes.every((one) => one.holds(trial));
      element.classList.toggle("out", !inside);
      return inside;
    });
    put(caption, kept.length === lines.length ? "Drag along an axis to keep a range; click it to lift the range." : `${kept.length} of ${lines.length} trials kept · best is ${mode}`);
  };
  figure.append(...lines.map(({ element }) => element), ...axes.map((one) => one.draw(figure, refresh)));
  return h("div", {}, h("div", { class: "scrolls" }, figure), caption);
}

// The best of `total` trials stand out, the others fade with their rank and in a crowd.
function look(rank, total) {
  const { good, best } = standing(rank, total);
  const crowded = Math.min(1, Math.sqrt(CROWD / total));
  return { best, opacity: best ? 0.85 : (0.08 + 0.7 * good ** 3) * crowded };
}

function axis(name, value, trials, [low, high] = []) {
  const values = trials.map(value);
  const scale = makeScale(low === undefined ? values : values.filter((one) => one >= low && one <= high));
  const one = { name, range: null, x: 0 };
  one.y = (trial) => {
    const share = scale.at(value(trial));
    // Outliers lie at the end of the axis.
    return share === null ? null : HEIGHT - BOTTOM - Math.min(1, Math.max(0, share)) * (HEIGHT - TOP - BOTTOM);
  };
  one.holds = (trial) => {
    const y = one.y(trial);
    return !one.range || (y !== null && y >= one.range[0] && y <= one.range[1]);
  };
  one.draw = (figure, refresh) => drawAxis(one, scale, figure, refresh);
  return one;
}

function line(trial, axes, { best, opacity }, caption, metric) {
  const points = axes.map((one) => [one.x, one.y(trial)]).filter(([, y]) => y !== null);
  const element = svg("polyline", {
    points: points.map((point) => point.join(",")).join(" "),
    class: best && "best",
    style: { "stroke-opacity": String(opacity) },
    onclick: () => go(`/runs/${trial.id}`),
    onmouseenter: () => put(caption, `Run ${trial.id}: ${metric} ${number(trial.metric)} · ${described(trial.params)}`),
  });
  return { element, trial };
}

function described(params) {
  return Object.entries(params)
    .map(([name, value]) => `${name} ${typeof value === "number" ? number(value) : value}`)
    .join(", ");
}

function drawAxis(one, scale, figure, refresh) {
  const brush = svg("rect", { class: "brush", x: one.x - 9, width: 18, y: 0, height: 0 });
  const target = svg("rect", { class: "brush-area", x: one.x - 14, width: 28, y: TOP - 6, height: HEIGHT - TOP - BOTTOM + 12 });
  const height = (event) => {
    const box = figure.getBoundingClientRect();
    return ((event.clientY - box.top) / box.height) * HEIGHT;
  };
  let from = null;
  const show = () => {
    const [top, bottom] = one.range || [0, 0];
    brush.setAttribute("y", top);
    brush.setAttribute("height", bottom - top);
    refresh();
  };
  target.addEventListener("pointerdown", (event) => {
    from = height(event);
    target.setPointerCapture(event.pointerId);
  });
  target.addEventListener("pointermove", (event) => {
    if (from !== null) {
      const to = height(event);
      one.range = Math.abs(to - from) < 4 ? null : [Math.min(from, to), Math.max(from, to)];
      show();
    }
  });
  target.addEventListener("pointerup", (event) => {
    if (Math.abs(height(event) - from) < 4) {
      one.range = null;
      show();
    }
    from = null;
  });
  const labels = scale.ticks.map(([share, label]) =>
    svg("text", { x: one.x + 7, y: HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM) + 4, class: "tick" }, scale.words ? clipped(label, 14) : label)
  );
  const title = svg("text", { x: one.x, y: 16, class: "axis-title" }, clipped(one.name, 17), svg("title", {}, one.name));
  const rule = svg("line", { x1: one.x, x2: one.x, y1: TOP, y2: HEIGHT - BOTTOM, class: "axis" });
  return svg("g", {}, rule, labels, title, brush, target);
}

function clipped(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
