// A card with one metric: loads its points when it comes into view, and again when they changed.

import { loadCurves } from "../charts/curves.js";
import { h, put } from "../base/dom.js";
import { enlargeButton, openChart } from "./enlarge.js";
import { numbers } from "../base/format.js";
import { remarks } from "./remarks.js";

const POINTS = 600;

/** Returns {element, redraw(options), refresh(summary)}. */
export function makeChartCard({ key, runs, options, signal }) {
  const state = { options, range: null, answers: null, summary: null, plot: null, visible: false, stale: true };
  const value = h("span", { class: "muted small" });
  const note = h("p", { class: "chart-note" });
  const reset = h("button", { class: "quiet", type: "button", onclick: () => zoom(null), hidden: true }, "Reset zoom");
  const enlarge = enlargeButton(key, () => openChart({ key, runs, options: state.options, range: state.range }));
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
    const { drawChart } = await import("../charts/chart.js");
    state.plot?.destroy();
    state.plot = drawChart(host, runs, state.answers, state.options, zoom);
    put(note, remarks(state.answers, state.plot.dropped, state.options.axis, state.summary));
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
