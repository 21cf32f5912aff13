// Histograms over steps: how values are spread at each, and the bars of the chosen one.

import { h, put } from "../base/dom.js";
import { count, number } from "../base/format.js";
import { itemsAt, makeStepper, stepsOf } from "./stepper.js";
import { colour } from "../base/theme.js";

const HEIGHT = 160;

export function drawHistograms({ key, runs, answers, tools, body, position, signal }) {
  const range = rangeOf(answers);
  const steps = stepsOf(answers);
  let chosen = null;
  const figures = runs.map((run, index) => makeFigure({ key, run, items: answers[index].items, steps, range, naming: runs.length > 1, choose: (index) => stepper.choose(index) }));
  const draw = () => figures.forEach((figure) => figure.draw(chosen));
  put(body, h("div", { class: "beside" }, figures.map((figure) => figure.element)));
  const observer = new ResizeObserver(draw);
  observer.observe(body);
  document.addEventListener("themechange", draw, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
  const show = (step) => {
    chosen = step;
    draw();
  };
  const stepper = makeStepper({ tools, steps, position, key, show });
  return stepper;
}

/** The ends of all edges; both are null where none of the values can be on an axis. */
function rangeOf(answers) {
  const edged = answers.flatMap(({ items }) => items.map(({ edges }) => edges).filter((edges) => edges.length));
  if (!edged.length) {
    return { low: null, high: null };
  }
  return { low: Math.min(...edged.map((edges) => edges[0])), high: Math.max(...edged.map((edges) => edges[edges.length - 1])) };
}

function makeFigure({ key, run, items, steps, range, naming, choose }) {
  const over = h("canvas", { class: "spread", role: "img", "aria-label": `${key} over steps` });
  const bars = h("canvas", { class: "bars", role: "img", "aria-label": `${key} at one step` });
  const ends = h("p", { class: "tiny muted ends" });
  const note = h("p", { class: "small muted" });
  const title = naming && h("p", { class: "small muted" }, run.label);
  const labels = (...values) => (range.low === null ? null : values.map((value) => h("span", {}, number(value))));
  const element = h(
    "div",
    { class: "histogram-figure" },
    title,
    steps.length > 1 && [h("div", { class: "spread-frame" }, h("div", { class: "tiny muted scale" }, labels(range.high, range.low)), over), ends],
    bars,
    h("p", { class: "tiny muted ends" }, labels(range.low, range.high)),
    note
  );
  put(ends, h("span", {}, `step ${steps[0]}`), h("span", {}, `step ${steps[steps.length - 1]}`));
  over.addEventListener("click", (event) => {
    const share = event.offsetX / over.clientWidth;
    choose(nearest(steps, steps[0] + share * (steps[steps.length - 1] - steps[0])));
  });

  function draw(chosen) {
    const [item] = itemsAt(items, chosen);
    if (steps.length > 1) {
      drawSpread(prepare(over), items, steps, range, chosen, colour(run.colour), colour("text"));
    }
    drawBars(prepare(bars), item, range, colour(run.colour));
    const total = item ? item.counts.reduce((sum, one) => sum + one, 0) : 0;
    const special = item ? Object.entries(item.special).map(([name, times]) => ` · ${count(times)} × ${name}`) : [];
    put(note, item ? `${count(total)} values at step ${item.step}${special.join("")}` : "nothing yet at this step");
  }

  return { element, draw };
}

function nearest(steps, wanted) {
  let best = 0;
  steps.forEach((step, index) => {
    if (Math.abs(step - wanted) < Math.abs(steps[best] - wanted)) {
      best = index;
    }
  });
  return best;
}

/** Fit a canvas to its box; returns {context, width, height} in CSS pixels. */
function prepare(canvas) {
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight || HEIGHT;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, width, height };
}

function drawSpread({ context, width, height }, items, steps, range, chosen, ink, line) {
  const first = steps[0];
  const length = steps[steps.length - 1] - first || 1;
  const tall = range.high - range.low || 1;
  const x = (step) => ((step - first) / length) * width;
  const densest = Math.max(0, ...items.map(density));
  context.fillStyle = ink;
  items.forEach((item, index) => {
    const from = index ? (x(items[index - 1].step) + x(item.step)) / 2 : 0;
    const to = index < items.length - 1 ? (x(item.step) + x(items[index + 1].step)) / 2 : width;
    const total = item.counts.reduce((sum, one) => sum + one, 0) || 1;
    item.counts.forEach((number_, bin) => {
      const [low, high] = [item.edges[bin], item.edges[bin + 1]];
      if (number_) {
        context.globalAlpha = 0.08 + 0.92 * Math.sqrt(number_ / total / (high - low) / densest);
        const top = height - ((high - range.low) / tall) * height;
        context.fillRect(from, top, Math.max(1, to - from + 0.5), Math.max(1, ((high - low) / tall) * height + 0.5));
      }
    });
  });
  context.globalAlpha = 0.6;
  context.fillStyle = line;
  context.fillRect(Math.min(width - 1, x(chosen)), 0, 1, height);
  context.globalAlpha = 1;
}

function density({ edges, counts }) {
  const total = counts.reduce((sum, one) => sum + one, 0) || 1;
  return Math.max(0, ...counts.map((one, bin) => one / total / (edges[bin + 1] - edges[bin])));
}

function drawBars({ context, width, height }, item, range, ink) {
  if (!item) {
    return;
  }
  const tall = range.high - range.low || 1;
  const most = Math.max(1, ...item.counts);
  context.fillStyle = ink;
  item.counts.forEach((number_, bin) => {
    const from = ((item.edges[bin] - range.low) / tall) * width;
    const to = ((item.edges[bin + 1] - range.low) / tall) * width;
    const size = (number_ / most) * (height - 4);
    context.fillRect(from, height - size, Math.max(1, to - from - 0.5), size);
  });
}
