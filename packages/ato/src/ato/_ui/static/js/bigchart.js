// One chart in a dialog, larger, to be kept as a picture or as numbers.

import { queryString } from "./api.js";
import { remarks } from "./chartcard.js";
import { loadCurves } from "./curves.js";
import { openDialog } from "./dialog.js";
import { h, put } from "./dom.js";
import { save } from "./save.js";

const POINTS = 2000;

/** Show `key` of `runs` as the card does, with `options` and the zoomed `range`. */
export async function openChart({ key, runs, options, range }) {
  const leaving = new AbortController();
  const host = h("div", { class: "plot", role: "img", "aria-label": `Curve of ${key}` });
  const note = h("p", { class: "chart-note" });
  const png = h("button", { class: "button", type: "button" }, "PNG");
  const csv = h("a", { class: "button", download: "", href: `/api/metric-file${queryString({ key, run: runs.map((run) => run.id) })}` }, "CSV");
  const tools = h("div", { class: "toolbar" }, low("least"), low("greatest"), h("span", { class: "grow" }), png, csv);
  const dialog = openDialog(key, h("div", { class: "dialog-body big-chart" }, tools, host, note));
  const state = { range, limits: [null, null], plot: null };

  function low(name) {
    const index = name === "least" ? 0 : 1;
    const oninput = (event) => {
      state.limits[index] = event.target.value === "" ? null : Number(event.target.value);
      draw();
    };
    return h("label", { class: "switch" }, `y ${name}`, h("input", { class: "field", type: "number", step: "any", "aria-label": `Y axis, ${name}`, oninput }));
  }

  async function load() {
    try {
      state.answers = await loadCurves({ key, runs, axis: options.axis, points: POINTS, range: state.range }, leaving.signal);
      draw();
    } catch (error) {
      put(note, leaving.signal.aborted ? "" : error.message);
    }
  }

  async function draw() {
    const { drawChart } = await import("./chart.js");
    state.plot?.destroy();
    const height = Math.max(260, Math.min(560, innerHeight - 260));
    host.style.height = `${height}px`;
    const zoom = (next) => {
      state.range = next;
      load();
    };
    state.plot = drawChart(host, runs, state.answers, { ...options, height, limits: state.limits }, zoom);
    put(note, remarks(state.answers, state.plot.dropped, null));
  }

  png.addEventListener("click", () => save(picture(host.querySelector("canvas"), key), `${key.replace(/[^\w.-]+/g, "-")}.png`));
  dialog.addEventListener("close", () => {
    leaving.abort();
    state.plot?.destroy();
  });
  await load();
}

// The canvas with the title above it and a ground behind it, which the page draws itself.
async function picture(canvas, title) {
  const style = getComputedStyle(document.body);
  const ratio = devicePixelRatio || 1;
  const made = h("canvas", { width: canvas.width, height: canvas.height + 34 * ratio });
  const context = made.getContext("2d");
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, made.width, made.height);
  context.fillStyle = style.color;
  context.font = `600 ${14 * ratio}px system-ui`;
  context.fillText(title, 14 * ratio, 22 * ratio);
  context.drawImage(canvas, 0, 34 * ratio);
  return new Promise((resolve) => made.toBlob(resolve, "image/png"));
}
