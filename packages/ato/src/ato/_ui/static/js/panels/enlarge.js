// The button in the head of a chart that enlarges it, and the curves of runs so enlarged.

import { queryString } from "../base/api.js";
import { openBigChart } from "./bigchart.js";
import { remarks } from "./remarks.js";
import { loadCurves } from "../charts/curves.js";
import { h } from "../base/dom.js";
import { swatch } from "../base/pieces.js";

const POINTS = 2000;

/** `key` names the chart to those who do not see it; `open` is called with a click. */
export function enlargeButton(key, open) {
  return h("button", { class: "quiet enlarge", type: "button", title: "Enlarge, or keep as PNG or CSV", "aria-label": `Enlarge ${key}`, onclick: open }, "⤢");
}

/** Show `key` of `runs` as the card does, with `options` and the zoomed `range`. */
export async function openChart({ key, runs, options, range }) {
  const leaving = new AbortController();
  const csv = h("a", { class: "button", download: "", href: `/api/metric-file${queryString({ key, run: runs.map((run) => run.id) })}` }, "CSV");
  const { drawChart } = await import("../charts/chart.js");
  let answers = null;
  const draw = (host, look) => {
    const plot = answers && drawChart(host, runs, answers, { ...options, ...look }, load);
    return plot && { plot, note: remarks(answers, plot.dropped, options.axis) };
  };
  const legend = runs.length > 1 ? h("div", { class: "legend" }, runs.map((run) => h("span", {}, swatch(run), " ", run.label))) : null;
  const big = openBigChart(key, { draw, csv, legend });
  big.dialog.addEventListener("close", () => leaving.abort());

  async function load(zoomed) {
    try {
      answers = await loadCurves({ key, runs, axis: options.axis, points: POINTS, range: zoomed }, leaving.signal);
      big.redraw();
    } catch (error) {
      big.fail(leaving.signal.aborted ? "" : error.message);
    }
  }

  await load(range);
}
