// One metric drawn with uPlot: raw points faint behind the smoothed line, zoom, cursor readout.
// A value that stands alone, at the end or between gaps, is drawn as a point.

import uPlot from "../../vendor/uplot-1.6.32/uPlot.esm.js";
import { plotAxes, shownX, shownY } from "./axes.js";
import { isMetric } from "./curves.js";
import { h, put } from "../base/dom.js";
import { swatch } from "../base/pieces.js";
import { followWidth } from "./plots.js";
import { alone, nearestKnown, positiveOnly, smooth } from "./series.js";
import { fromUnit, inUnit, unitOf } from "./units.js";
import { colour } from "../base/theme.js";

const HEIGHT = 220;

/**
 * Draw the answers `loaded` (from /api/metrics, one for each of `runs`) into `host`, replacing what was there.
 *
 * `look` is {smoothing, logX, logY, axis, outliers, limits, stepped, height}, of which limits are
 * the ends of the y axis or null; `onZoom([from, to])` is told of a dragged range, `onZoom(null)` of a double
 * click. Returns {destroy, dropped}.
 */
export function drawChart(host, runs, loaded, look, onZoom) {
  const { answers, units } = inUnits(loaded, look.limits);
  const options = { ...look, units };
  const { tables, lines, dropped } = prepare(runs, answers, options);
  // Below the plot, over the remarks: it covers no curve.
  const readout = h("div", { class: "readout", hidden: true });
  put(host, readout);
  const data = tables.length ? uPlot.join(tables) : [[]];
  const plot = new uPlot(settings(host, lines, options, readout, onZoom), data, host);
  return { dropped, ...followWidth(plot, host, options.height || HEIGHT) };
}

function inUnits(answers, limits = []) {
  const all = (name) => answers.flatMap((answer) => answer[name]);
  const units = { x: unitOf(all("x")), y: unitOf([...all("y"), ...limits]) };
  const shrink = ({ x, y, mean_x: meanX, mean_y: meanY, ...rest }) => ({
    ...rest, x: inUnit(x, units.x), y: inUnit(y, units.y), mean_x: inUnit(meanX, units.x), mean_y: inUnit(meanY, units.y),
  });
  return { answers: answers.map(shrink), units };
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
  return {
    width: host.clientWidth || 400,
    height: options.height || HEIGHT,
    legend: { show: false },
    ...plotAxes(options),
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
      setCursor: [(plot) => showReadout(plot, lines, readout, options)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          // The charts share their cursor, so a drag selects in all of them.
          if (width > 4 && plot.over.matches(":hover")) {
            onZoom([left, left + width].map((edge) => fromUnit(plot.posToVal(edge, "x"), options.units.x)));
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

function showReadout(plot, lines, readout, options) {
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
    h("div", { class: "muted" }, shownX(plot, plot.data[0][idx], options)),
    rows.map(({ line, value }) => [
      h(
        "span",
        {},
        swatch(line.run),
        ` ${line.run.label} `,
        h("b", {}, shownY(plot, value, options))
      ),
    ])
  );
  readout.hidden = !rows.length;
}
