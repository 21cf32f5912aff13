// One chart in a dialog, larger, with the ends of its y axis, to be kept as a picture or as numbers.

import { openDialog } from "../base/dialog.js";
import { h, put } from "../base/dom.js";
import { save } from "../base/save.js";

/**
 * Open a dialog with what `draw(host, look)` draws; look is {height, limits}, the limits being the ends of the
 * y axis or null. It returns {plot, note}, or null where nothing can be drawn yet. `csv` is an element that
 * keeps the numbers, `legend` one below the chart.
 *
 * Returns {dialog, redraw, fail(message)}.
 */
export function openBigChart(title, { draw, csv, legend = null }) {
  const host = h("div", { class: "plot", role: "img", "aria-label": `Curve of ${title}` });
  const note = h("p", { class: "chart-note" });
  const png = h("button", { class: "button", type: "button", onclick: () => save(picture(host.querySelector("canvas"), title), fileName(title, "png")) }, "PNG");
  const limits = [null, null];
  const tools = h("div", { class: "toolbar" }, limit("least", 0), limit("greatest", 1), h("span", { class: "grow" }), png, csv);
  const dialog = openDialog(title, h("div", { class: "dialog-body big-chart" }, tools, host, legend, note));
  let plot = null;

  function limit(name, index) {
    const oninput = (event) => {
      limits[index] = event.target.value === "" ? null : Number(event.target.value);
      redraw();
    };
    return h("label", { class: "switch" }, `y ${name}`, h("input", { class: "field", type: "number", step: "any", "aria-label": `Y axis, ${name}`, oninput }));
  }

  function redraw() {
    plot?.destroy();
    const height = Math.max(260, Math.min(560, innerHeight - 260));
    host.style.height = `${height}px`;
    const drawn = draw(host, { height, limits });
    plot = drawn?.plot;
    put(note, drawn?.note);
  }

  dialog.addEventListener("close", () => plot?.destroy());
  return { dialog, redraw, fail: (message) => put(note, message) };
}

/** The name of a metric as that of a file. */
export function fileName(key, kind) {
  return `${key.replace(/[^\w.-]+/g, "-")}.${kind}`;
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
