// One metric drawn with uPlot: raw points faint behind the smoothed line, zoom, cursor readout.
// A value that stands alone, at the end or between gaps, is drawn as a point.

import uPlot from "../vendor/uplot-1.6.32/uPlot.esm.js";
import { isMetric } from "./curves.js";
import { h, put } from "./dom.js";
import { duration, number } from "./format.js";
import { axisStyle, followWidth } from "./plots.js";
import { alone, nearestKnown, positiveOnly, smooth, withoutOutliers } from "./series.js";
import { colour } from "./theme.js";

const HEIGHT = 220;
const WHOLE = [1, 2, 5].flatMap((digit) => Array.from({ length: 16 }, (_, power) => digit * 10 ** power));
WHOLE.sort((a, b) => a - b);

/**
 * Draw `answers` (from /api/metrics, one for each of `runs`) into `host`, replacing what was there.
 *
 * `options` is {smoothing, logX, logY, axis, outliers, limits, stepped, height}, of which limits are
 * the ends of the y axis or null; `onZoom([from, to])` is told of a dragged range, `onZoom(null)` of a double
 * click. Returns {destroy, dropped}.
 */
export function drawChart(host, runs, answers, options, onZoom) {
  const { tables, lines, dropped } = prepare(runs, answers, options);
  // Below the plot, over the remarks: it covers no curve.
  const readout = h("div", { class: "readout", hidden: true });
  put(host, readout);
  const data = tables.length ? uPlot.join(tables) : [[]];
  const plot = new uPlot(settings(host, lines, options, readout, onZoom), data, host);
  return { dropped, ...followWidth(plot, host, options.height || HEIGHT) };
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
      const base = answer.sampled ? { x: answer.mean_x, y: answer.mean_y } : answer;
      const { points } = positiveOnly(base, { x: logX, y: logY });
      tables.push([points.x, smooth(points.x, points.y, smoothing)]);
      lines.push({ run, faint: false });
    }
  });
  return { tables, lines, dropped };
}

function settings(host, lines, options, readout, onZoom) {
  const axis = axisStyle();
  const showX = options.axis === "time" ? duration : number;
  return {
    width: host.clientWidth || 400,
    height: options.height || HEIGHT,
    legend: { show: false },
    padding: [8, 24, 0, 0], // half a label stands right of the last tick
    scales: {
      x: { time: false, distr: options.logX ? 3 : 1, range: (_, low, high) => rangeOfX(low, high, options.logX) },
      y: { distr: options.logY ? 3 : 1, range: rangeOfY(options) },
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

function drawnLine({ run, faint }, { stepped, axis }) {
  const scattered = isMetric(axis); // no order connects the points
  return {
    paths: scattered ? () => null : stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
    stroke: colour(run.colour),
    alpha: faint ? 0.22 : 1,
    width: faint ? 1 : 1.75,
    points: {
      show: faint ? false : scattered || undefined,
      filter: (plot, series, shown) => (shown || faint ? null : alone(plot.data[series])),
      size: 4,
      space: 24,
      fill: colour(run.colour),
    },
  };
}

// A single value stands in the middle of its axis.
function rangeOfX(low, high, log) {
  if (low === null || low !== high) {
    return low === null ? [log ? 1 : 0, 10] : [low, high];
  }
  return log ? [low / 2, low * 2] : [low - 1, high + 1];
}

function rangeOfY({ logY, outliers, limits = [null, null] }) {
  const natural = (plot, low, high) => {
    if (low === null) {
      return logY ? [1, 10] : [0, 1];
    }
    const [from, to] = outliers === false ? withoutOutliers(plot.data.slice(1), low, high) : [low, high];
    return logY ? uPlot.rangeLog(from, to, 10, true) : uPlot.rangeNum(from, to, 0.1, true);
  };
  return (plot, low, high) => {
    const [from, to] = natural(plot, low, high);
    const [least, greatest] = [limits[0] ?? from, limits[1] ?? to];
    return least < greatest && !(logY && least <= 0) ? [least, greatest] : [from, to];
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
      h(
        "span",
        {},
        h("span", { class: "swatch", style: { background: `var(--${line.run.colour})` } }),
        ` ${line.run.label} `,
        h("b", {}, number(value))
      ),
    ])
  );
  readout.hidden = !rows.length;
}
