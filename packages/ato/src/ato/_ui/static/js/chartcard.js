// A card with one metric: loads its points when it comes into view, and again when they changed.

import { openChart } from "./bigchart.js";
import { loadCurves } from "./curves.js";
import { h, put } from "./dom.js";
import { number, numbers } from "./format.js";

const POINTS = 600;

/** Returns {element, redraw(options), refresh(summary)}. */
export function makeChartCard({ key, runs, options, signal }) {
  const state = { options, range: null, answers: null, summary: null, plot: null, visible: false, stale: true };
  const value = h("span", { class: "muted small" });
  const note = h("p", { class: "chart-note" });
  const reset = h("button", { class: "quiet", type: "button", onclick: () => zoom(null), hidden: true }, "Reset zoom");
  const enlarge = h(
    "button",
    { class: "quiet enlarge", type: "button", title: "Enlarge, or keep as PNG or CSV", "aria-label": `Enlarge ${key}`, onclick: () => openChart({ key, runs, options: state.options, range: state.range }) },
    "⤢"
  );
  const host = h("div", { class: "plot", role: "img", "aria-label": `Curve of ${key}` });
  const element = h(
    "section",
    { class: "card chart", "data-key": key },
    h("header", {}, h("h3", { title: key }, key), h("span", { class: "grow" }), reset, value, enlarge),
    host,
    note
  );

  const observer = new IntersectionObserver((entries) => {
    state.visible = entries[entries.length - 1].isIntersecting;
    loadIfNeeded();
  }, { rootMargin: "300px" });
  observer.observe(element);
  document.addEventListener("themechange", draw, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    state.plot?.destroy();
  });

  function zoom(range) {
    state.range = range;
    reset.hidden = !range;
    state.stale = true;
    loadIfNeeded();
  }

  async function loadIfNeeded() {
    if (!state.visible || !state.stale) {
      return;
    }
    state.stale = false;
    try {
      state.answers = await loadCurves({ key, runs, axis: state.options.axis, points: POINTS, range: state.range }, signal);
      draw();
    } catch (error) {
      if (!signal.aborted) {
        put(note, error.message);
      }
    }
  }

  async function draw() {
    if (!state.answers || signal.aborted) {
      return;
    }
    const { drawChart } = await import("./chart.js");
    state.plot?.destroy();
    state.plot = drawChart(host, runs, state.answers, state.options, zoom);
    put(note, remarks(state.answers, state.plot.dropped, state.summary));
  }

  return {
    element,
    redraw(next) {
      const other = next.axis !== state.options.axis;
      state.options = next;
      if (other) {
        zoom(null);
      } else {
        draw();
      }
    },
    refresh(summary) {
      if (summary) {
        const [last] = numbers([summary.last, summary.min, summary.max]);
        put(value, "last ", h("b", { title: summary.last }, last));
        state.summary = summary;
      }
      state.stale = true;
      loadIfNeeded();
    },
  };
}

/** What to say below a chart of `answers`, of whose points `dropped` are not on a log axis. */
export function remarks(answers, dropped, summary) {
  const parts = summary ? extremes(summary) : [];
  const total = (name) => answers.reduce((sum, answer) => sum + (answer.special[name] || 0), 0);
  for (const name of ["nan", "inf", "-inf"]) {
    if (total(name)) {
      parts.push(`${total(name)} × ${name} not drawn`);
    }
  }
  if (dropped) {
    parts.push(`${dropped} ≤ 0 not on a log axis`);
  }
  const unmatched = answers.reduce((sum, answer) => sum + (answer.unmatched || 0), 0);
  if (unmatched) {
    parts.push(`${unmatched} without a value on the x axis`);
  }
  const sampled = answers.filter((answer) => answer.sampled);
  if (sampled.length) {
    const points = sampled.reduce((sum, answer) => sum + answer.count, 0);
    parts.push(`minimum and maximum per pixel of ${number(points)} points; drag to zoom in`);
  }
  return parts.join(" · ");
}

function extremes({ min, max }) {
  const [least, greatest] = numbers([min, max]);
  return min === null ? [] : [`min ${least}`, `max ${greatest}`];
}
