// One metric drawn with uPlot: raw points faint behind the smoothed line, zoom, cursor readout.

import uPlot from "../vendor/uplot-1.6.32/uPlot.esm.js";
import { h, put } from "./dom.js";
import { duration, number } from "./format.js";
import { nearestKnown, positiveOnly, smooth } from "./series.js";
import { colour } from "./theme.js";

const HEIGHT = 220;
const WHOLE = [1, 2, 5].flatMap((digit) => Array.from({ length: 16 }, (_, power) => digit * 10 ** power));
WHOLE.sort((a, b) => a - b);

/**
 * Draw `answers` (from /api/metrics, one for each of `runs`) into `host`, replacing what was there.
 *
 * `options` is {smoothing, logX, logY, axis, stepped, height}; `onZoom([from, to])` is told of a dragged range,
 * `onZoom(null)` of a double click. Returns {destroy, dropped}.
 */
export function drawChart(host, runs, answers, options, onZoom) {
  const { tables, lines, dropped } = prepare(runs, answers, options);
  const readout = h("div", { class: "readout" });
  put(host, readout);
  const data = tables.length ? uPlot.join(tables) : [[]];
  const plot = new uPlot(settings(host, lines, options, readout, onZoom), data, host);
  const observer = new ResizeObserver(() => {
    if (host.clientWidth) {
      plot.setSize({ width: host.clientWidth, height: options.height || HEIGHT });
    }
  });
  observer.observe(host);
  return {
    dropped,
    destroy() {
      observer.disconnect();
      plot.destroy();
    },
  };
}

// One table of [x, raw] or [x, raw, smoothed] for each run, and the lines in the same order.
function prepare(runs, answers, { smoothing, logX, logY }) {
  const tables = [];
  const lines = [];
  let dropped = 0;
  answers.forEach((answer, index) => {
    const shown = positiveOnly(answer, { x: logX, y: logY });
    dropped += shown.dropped;
    const run = runs[index];
    tables.push([shown.points.x, shown.points.y]);
    lines.push({ run, faint: smoothing > 0 });
    if (smoothing > 0) {
      const base = answer.mean_x ? { x: answer.mean_x, y: answer.mean_y } : answer;
      const { points } = positiveOnly(base, { x: logX, y: logY });
      tables.push([points.x, smooth(points.x, points.y, smoothing)]);
      lines.push({ run, faint: false });
    }
  });
  return { tables, lines, dropped };
}

function settings(host, lines, options, readout, onZoom) {
  const axis = { stroke: colour("muted"), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  const showX = options.axis === "time" ? duration : number;
  return {
    width: host.clientWidth || 400,
    height: options.height || HEIGHT,
    legend: { show: false },
    padding: [8, 12, 0, 0],
    scales: {
      x: { time: false, distr: options.logX ? 3 : 1 },
      y: { distr: options.logY ? 3 : 1 },
    },
    axes: [
      { ...axis, size: 28, incrs: options.axis === "step" && !options.logX ? WHOLE : undefined, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : showX(tick))) },
      { ...axis, size: sizeOfLabels, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : number(tick))) },
    ],
    series: [{}, ...lines.map((line) => drawnLine(line, options))],
    cursor: {
      y: false,
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false },
      dataIdx: (plot, series, index) => {
        const faint = series && lines[series - 1].faint;
        return faint ? null : series ? nearestKnown(plot.data[series], index) : index;
      },
      bind: { dblclick: () => () => onZoom(null) },
      sync: { key: `ato-${options.axis}-${options.logX}` },
    },
    hooks: {
      setCursor: [(plot) => showReadout(plot, lines, readout, showX)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          // The charts share their cursor, so a drag selects in all of them.
          if (width > 4 && plot.over.matches(":hover")) {
            onZoom([left, left + width].map((edge) => plot.posToVal(edge, "x")));
          }
        },
      ],
    },
  };
}

function drawnLine({ run, faint }, { stepped }) {
  return {
    paths: stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
    stroke: colour(run.colour),
    alpha: faint ? 0.22 : 1,
    width: faint ? 1 : 1.75,
    points: { show: faint ? false : undefined, size: 4, space: 24, fill: colour(run.colour) },
  };
}

function sizeOfLabels(plot, labels) {
  const longest = Math.max(...(labels || [""]).map((label) => label.length));
  return 18 + longest * 6.5;
}

function showReadout(plot, lines, readout, showX) {
  const { left, idx, idxs } = plot.cursor;
  if (left < 0 || !idxs || !plot.data[0].length) {
    readout.hidden = true;
    return;
  }
  const rows = lines
    .map((line, index) => ({ line, value: plot.data[index + 1][idxs[index + 1]] }))
    .filter(({ line, value }) => !line.faint && value !== undefined && value !== null);
  put(
    readout,
    h("div", { class: "muted" }, showX(plot.data[0][idx])),
    rows.map(({ line, value }) => [
      h("span", { class: "swatch", style: { background: `var(--${line.run.colour})` } }),
      h("span", {}, line.run.label),
      h("b", {}, number(value)),
    ])
  );
  readout.hidden = !rows.length;
  readout.classList.toggle("left", left > plot.over.clientWidth / 2);
}
