// Many runs in one chart, coloured by a value of their configs, or the mean of each group with its spread.

import uPlot from "../../vendor/uplot-1.6.32/uPlot.esm.js";
import { plotAxes, shownX, shownY } from "./axes.js";
import { isMetric } from "./curves.js";
import { h, put } from "../base/dom.js";
import { numbers, plural } from "../base/format.js";
import { aligned, grouped } from "./groups.js";
import { followWidth } from "./plots.js";
import { alone, positiveOnly } from "./series.js";
import { fromUnit, inUnit, unitOf } from "./units.js";
import { colour } from "../base/theme.js";

const HEIGHT = 460;
const COLOURS = 8; // of the theme; from so many groups on colours repeat
const LISTED = 24; // groups in the legend
const NEAR = 24; // pixels from a line at which it is meant

/**
 * Draw the runs `loaded` ({id, by, x, y}) into `host` and what the colours mean into `legend`.
 *
 * `look` is {by, axis, grouped, logX, logY, outliers, limits, height}; `open(run)` is told of a click on a
 * run's line. Returns {destroy, dropped, columns}, of which columns is what is drawn as [name, values] pairs.
 */
export function drawOverlay(host, legend, loaded, look, open) {
  const { all, units } = inUnits(loaded, look.limits);
  const options = { ...look, units };
  const paint = painter(all, options.by);
  const { runs, dropped } = drawable(all, options);
  const lines = options.grouped ? groupLines(runs, paint, options) : runLines(runs, paint, options);
  const height = options.height || HEIGHT;
  const readout = h("div", { class: "readout", hidden: true });
  put(host, readout);
  host.style.height = `${height}px`;
  let nearest = null;
  const plot = new uPlot(
    {
      width: host.clientWidth || 800,
      height,
      legend: { show: false },
      ...plotAxes(options),
      series: [{}, ...lines.series],
      bands: lines.bands,
      focus: { alpha: lines.series.length > 60 ? 0.15 : 0.3 },
      cursor: { y: false, points: { show: false }, focus: { prox: NEAR }, drag: { x: true, y: false } },
      hooks: {
        setSeries: [(_, index) => (nearest = index)],
        draw: [(drawn) => lines.bars.forEach((bar) => drawBars(drawn, bar))],
        setCursor: [(drawn) => tell(drawn, lines.about[nearest - 1], nearest, readout, options)],
      },
    },
    lines.data,
    host
  );
  plot.over.addEventListener("click", () => {
    const run = lines.about[nearest - 1]?.run;
    if (run) {
      open(run);
    }
  });
  put(legend, paint.legend(options.grouped));
  return { dropped: dropped + lines.dropped, columns: lines.columns, ...followWidth(plot, host, height) };
}

function inUnits(runs, limits = []) {
  const units = { x: unitOf(runs.flatMap(({ x }) => x)), y: unitOf([...runs.flatMap(({ y }) => y), ...limits]) };
  return { all: runs.map((run) => ({ ...run, x: inUnit(run.x, units.x), y: inUnit(run.y, units.y) })), units };
}

// On a log axis what has a logarithm, and how many points have none. A mean is of all values.
function drawable(all, { logX, logY, grouped: means }) {
  const shown = all.map((run) => positiveOnly(run, { x: logX, y: logY && !means }));
  const runs = all.map((run, index) => ({ ...run, ...shown[index].points }));
  return { runs, dropped: shown.reduce((sum, { dropped }) => sum + dropped, 0) };
}

function runLines(runs, paint, { axis, logX, units }) {
  const width = runs.length > 60 ? 1 : 1.5;
  const alpha = runs.length > 200 ? 0.55 : runs.length > 60 ? 0.7 : 0.9;
  const data = aligned(runs, logX);
  return {
    data,
    columns: [["x", kept(data[0], units.x)], ...runs.map((run, index) => [`run ${run.id}`, kept(data[index + 1], units.y)])],
    series: runs.map((run, index) => ({ stroke: paint.of(run), width, alpha, ...marks(data[index + 1], paint.of(run), axis) })),
    about: runs.map((run) => ({ run: run.id, label: () => `run ${run.id}`, by: run.by })),
    bands: [],
    bars: [],
    dropped: 0,
  };
}

// What is drawn as the numbers that it is.
function kept(values, unit) {
  return values.map((value) => fromUnit(value, unit));
}

// No order connects the points over another metric; over steps and time a line reaches all but those that stand alone.
function marks(values, fill, axis) {
  return isMetric(axis) ? { paths: () => null, points: { show: true, fill, size: 5 } } : { points: { ...onlyAlone(values), fill, size: 5 } };
}

// Found once, for the chart is drawn again with each move of the pointer.
function onlyAlone(values) {
  const indices = alone(values);
  return { show: false, filter: () => indices };
}

// Three series a group: its mean, and the ends of its spread with the band between them.
function groupLines(runs, paint, { by: key, logX, logY, units }) {
  const { x, groups } = grouped(runs, logX);
  const columns = [["x", kept(x, units.x)]];
  const series = [];
  const about = [];
  const bands = [];
  const bars = [];
  let dropped = 0;
  const data = [x];
  for (const { by, members, mean, low, high, count } of groups) {
    const stroke = paint.of(members[0]);
    const drawn = logY ? onLog(mean, low, high) : [mean, low, high];
    dropped += logY ? mean.filter((value) => typeof value === "number" && value <= 0).length : 0;
    series.push({ stroke, width: 2, points: { ...onlyAlone(drawn[0]), fill: stroke, size: 7 } }, { stroke, width: 0, points: { show: false } }, { stroke, width: 0, points: { show: false } });
    // Not all are under way everywhere.
    const runsAt = (index) => (count[index] < members.length ? `${count[index]} of ${plural(members.length, "run")}` : plural(members.length, "run"));
    const name = by ?? (key ? "not set" : "all");
    about.push({ label: (index) => `${name} (${runsAt(index)})`, by }, null, null);
    const at = data.length;
    bands.push({ series: [at + 2, at + 1], fill: faint(stroke) });
    bars.push({ stroke, at, indices: alone(drawn[0]) });
    data.push(...drawn);
    const ends = { mean, low, high };
    columns.push(...Object.keys(ends).map((end) => [`${name} ${end}`, kept(ends[end], units.y)]), [`${name} runs`, count]);
  }
  return { data, columns, series, about, bands, bars, dropped };
}

// The spread of a mean that stands alone, which no band reaches.
function drawBars({ ctx, bbox, data, valToPos }, { stroke, at, indices }) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.5 * (devicePixelRatio || 1);
  ctx.beginPath();
  for (const index of indices) {
    const x = valToPos(data[0][index], "x", true);
    ctx.moveTo(x, valToPos(data[at + 1][index], "y", true));
    ctx.lineTo(x, valToPos(data[at + 2][index], "y", true));
  }
  ctx.stroke();
  ctx.restore();
}

// A spread that reaches below zero keeps its end there: uPlot draws it below the axis, so that its band reaches the bottom.
function onLog(mean, low, high) {
  const above = (column) => column.map((value) => (value > 0 ? value : null));
  return [above(mean), low.map((value, index) => (high[index] > 0 ? value : null)), above(high)];
}

function faint(stroke) {
  return stroke.replace(/^rgba?\(([^)]+)\)$/, (_, parts) => `rgb(${parts.split(/[ ,/]+/).slice(0, 3).join(" ")} / 0.16)`);
}

function tell(plot, about, index, readout, options) {
  const { by } = options;
  const { idx } = plot.cursor;
  const value = about && idx !== null ? plot.data[index]?.[idx] : null;
  readout.hidden = value === null || value === undefined;
  if (!readout.hidden) {
    const x = plot.data[0][idx];
    const told = by && about.run ? h("span", {}, `${by} ${about.by ?? "not set"}`) : null;
    put(readout, h("span", { class: "muted" }, shownX(plot, x, options)), h("span", {}, about.label(idx), " ", h("b", {}, shownY(plot, value, options))), told);
  }
}

// Colours by value: equal steps between two colours for numbers, one each for words.
function painter(runs, by) {
  const values = [...new Set(runs.map((run) => run.by ?? null))].sort(order);
  const numeric = by && values.length > COLOURS && values.every((value) => value === null || !Number.isNaN(Number(value)));
  const known = values.filter((value) => value !== null);
  const theme = Array.from({ length: COLOURS }, (_, index) => colour(`series-${index + 1}`));
  const place = (value) => known.indexOf(value) / Math.max(1, known.length - 1);
  const paint = (value) => {
    if (!by) {
      return theme[0];
    }
    if (value === null) {
      return colour("faint");
    }
    return numeric ? mixed(theme[0], theme[1], place(value)) : theme[known.indexOf(value) % COLOURS];
  };
  const swatch = (value) => h("span", { class: "swatch", style: { background: paint(value) } });
  const members = (value) => runs.filter((run) => (run.by ?? null) === value).length;
  const legend = () => {
    if (!by || !values.length) {
      return [];
    }
    const shown = numeric ? [known[0], known[Math.floor(known.length / 2)], known[known.length - 1]] : values.slice(0, LISTED);
    const labels = numeric ? numbers(shown.map(Number)) : shown.map((value) => value ?? "not set");
    const more = values.length - shown.length;
    return [
      h("span", { class: "muted" }, by),
      shown.map((value, index) => h("span", { title: numeric ? value : null }, swatch(value), ` ${labels[index]}`, numeric ? null : h("span", { class: "muted" }, ` × ${members(value)}`))),
      !numeric && more > 0 && h("span", { class: "muted" }, `and ${more} more`),
    ];
  };
  return { of: (run) => paint(run.by ?? null), legend };
}

function order(a, b) {
  if (a === null || b === null) {
    return (a === null) - (b === null);
  }
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? String(a).localeCompare(String(b)) : x - y;
}

function mixed(from, to, share) {
  const [a, b] = [from, to].map((text) => text.match(/[\d.]+/g).map(Number));
  return `rgb(${[0, 1, 2].map((index) => Math.round(a[index] + share * (b[index] - a[index]))).join(" ")})`;
}
