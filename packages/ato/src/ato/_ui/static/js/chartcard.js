// A card with one metric: loads its points when it comes into view, and again when they changed.

import { get } from "./api.js";
import { h, put } from "./dom.js";
import { number } from "./format.js";

const POINTS = 600;

/** Returns {element, redraw(options), refresh(summary)}. */
export function makeChartCard({ key, runs, options, signal }) {
  const state = { options, range: null, answers: null, summary: null, plot: null, visible: false, stale: true };
  const value = h("span", { class: "muted small" });
  const note = h("p", { class: "chart-note" });
  const reset = h("button", { class: "quiet", type: "button", onclick: () => zoom(null), hidden: true }, "Reset zoom");
  const host = h("div", { class: "plot", role: "img", "aria-label": `Curve of ${key}` });
  const element = h(
    "section",
    { class: "card chart", "data-key": key },
    h("header", {}, h("h3", { title: key }, key), h("span", { class: "grow" }), reset, value),
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
    const [from, to] = state.range || [null, null];
    const question = { key, run: runs.map((run) => run.id), axis: state.options.axis, points: POINTS, from, to };
    try {
      state.answers = (await get("metrics", question, signal)).series;
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
        put(value, "last ", h("b", {}, number(summary.last)));
        state.summary = summary;
      }
      state.stale = true;
      loadIfNeeded();
    },
  };
}

function remarks(answers, dropped, summary) {
  const parts = summary ? [`min ${number(summary.min)}`, `max ${number(summary.max)}`] : [];
  const total = (name) => answers.reduce((sum, answer) => sum + (answer.special[name] || 0), 0);
  for (const name of ["nan", "inf", "-inf"]) {
    if (total(name)) {
      parts.push(`${total(name)} × ${name} not drawn`);
    }
  }
  if (dropped) {
    parts.push(`${dropped} ≤ 0 not on a log axis`);
  }
  const sampled = answers.filter((answer) => answer.sampled);
  if (sampled.length) {
    const points = sampled.reduce((sum, answer) => sum + answer.count, 0);
    parts.push(`minimum and maximum per pixel of ${number(points)} points; drag to zoom in`);
  }
  return parts.join(" · ");
}
