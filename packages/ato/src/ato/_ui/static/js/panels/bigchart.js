// One chart in a dialog, larger, with the ends of its y axis, to be kept as a picture or as numbers.

import { openDialog } from "../base/dialog.js";
import { h, put } from "../base/dom.js";
import { save } from "../base/save.js";

// Of a picture, in pixels of the page.
const ABOVE = 34; // for the title
const ASIDE = 14;
const LINE = 20; // of the legend
const SWATCH = 9;
const LEGEND_FONT = "12px system-ui";

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
  const png = h("button", { class: "button", type: "button", onclick: () => save(picture(host.querySelector("canvas"), title, legend), fileName(title, "png")) }, "PNG");
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

// The canvas with the title above it, the legend below and a ground behind it, which the page draws itself.
async function picture(canvas, title, legend) {
  const style = getComputedStyle(document.body);
  const ratio = devicePixelRatio || 1;
  const made = h("canvas", { width: canvas.width, height: canvas.height });
  const context = made.getContext("2d");
  context.font = LEGEND_FONT;
  const lines = legendLines(context, legend, canvas.width / ratio - 2 * ASIDE);
  const below = lines.length ? lines.length * LINE + ASIDE : 0;
  made.height = canvas.height + (ABOVE + below) * ratio;
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(canvas, 0, ABOVE * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = style.color;
  context.font = "600 14px system-ui";
  context.fillText(title, ASIDE, 22);
  context.font = LEGEND_FONT;
  lines.forEach((line, index) => drawLegendLine(context, line, ABOVE + canvas.height / ratio + (index + 1) * LINE));
  return new Promise((resolve) => made.toBlob(resolve, "image/png"));
}

// The items of the legend as {text, colour, swatch, x}, in lines that are no wider than `width`.
function legendLines(context, legend, width) {
  const lines = [];
  let end = Infinity;
  for (const item of legend?.children || []) {
    const swatch = item.querySelector(".swatch");
    const before = swatch ? SWATCH + 6 : 0;
    const text = fitting(context, item.textContent.trim(), width - before);
    const needs = before + context.measureText(text).width;
    if (end + needs > width) {
      lines.push([]);
      end = 0;
    }
    const ground = swatch && getComputedStyle(swatch).backgroundColor;
    lines[lines.length - 1].push({ text, before, ground, colour: getComputedStyle(item).color, x: ASIDE + end });
    end += needs + ASIDE;
  }
  return lines;
}

function fitting(context, text, width) {
  let shown = text;
  while (shown && context.measureText(shown).width > width) {
    shown = `${shown.slice(0, -2)}…`;
  }
  return shown;
}

function drawLegendLine(context, items, y) {
  for (const { text, before, ground, colour, x } of items) {
    if (ground) {
      context.fillStyle = ground;
      context.fillRect(x, y - SWATCH + 1, SWATCH, SWATCH);
    }
    context.fillStyle = colour;
    context.fillText(text, x + before, y);
  }
}
