// The axes of a plot: their ranges, and ticks whose labels differ and are never cut.

import { durations, durationWithin, numberWithin, numbers } from "../base/format.js";
import { axisStyle, FONT } from "./plots.js";
import { withoutOutliers } from "./series.js";
import { padded, paddedLog, ticksBetween } from "./ticks.js";

const APART = { x: 50, y: 30 }; // pixels between ticks, at least
const GAP = 12; // between labels
const EDGE = 4;
const BELOW = 28;
const WHOLE = ["step", "evaluations"];

/**
 * What uPlot is told of both axes: {padding, scales, axes}.
 *
 * `options` is {axis, logX, logY, outliers, limits}: axis is what stands on the x axis, of which "step"
 * and "evaluations" have whole numbers and "time" seconds; limits are the ends of the y axis or null.
 */
export function plotAxes(options) {
  const { axis, logX, logY } = options;
  const style = axisStyle();
  const shown = { labels: [], size: 0 };
  const kindX = { log: logX, time: axis === "time", whole: WHOLE.includes(axis) };
  const across = (_, ticks) => (shown.labels = labelsOf(ticks, kindX));
  const sizeOfY = (_, labels) => (shown.size = 18 + Math.ceil(Math.max(0, ...(labels || []).map(widthOf))));
  return {
    padding: [EDGE * 2, () => roomRight(shown), 0, () => roomLeft(shown)],
    scales: {
      x: { time: false, distr: logX ? 3 : 1, range: (_, low, high) => rangeOfX(low, high, logX) },
      y: { distr: logY ? 3 : 1, range: rangeOfY(options) },
    },
    axes: [
      { ...style, ...ownTicks("x", kindX), size: BELOW, values: across },
      { ...style, ...ownTicks("y", { log: logY }), size: sizeOfY, values: (_, ticks) => labelsOf(ticks, {}) },
    ],
  };
}

/** The x where the cursor is, to the thousandth of the axis. */
export function shownX(plot, value, axis) {
  return axis === "time" ? durationWithin(value, grain(plot, "x")) : numberWithin(value, grain(plot, "x"));
}

/** The value where the cursor is. */
export function shownY(plot, value) {
  return numberWithin(value, grain(plot, "y"));
}

function grain(plot, name) {
  const { min, max } = plot.scales[name];
  return (max - min) / 1000;
}

// uPlot knows increments of 1e-32 to 1e32 and of decimal numbers: all ticks are made here, whatever increment it found.
function ownTicks(name, kind) {
  return {
    incrs: () => [Infinity],
    filter: (_, ticks) => ticks,
    splits: (plot, _, low, high) => fitting(plot, name, kind, low, high),
  };
}

function fitting(plot, name, kind, low, high) {
  let last = [low, high];
  for (const ticks of ticksBetween(low, high, kind)) {
    if (haveRoom(plot, name, ticks, labelsOf(ticks, kind))) {
      return ticks;
    }
    last = ticks;
  }
  return last.slice(0, 1);
}

function haveRoom(plot, name, ticks, labels) {
  const places = ticks.map((tick) => plot.valToPos(tick, name));
  return places.slice(1).every((place, index) => {
    const need = name === "x" ? (widthOf(labels[index]) + widthOf(labels[index + 1])) / 2 + GAP : 0;
    return Math.abs(place - places[index]) >= Math.max(APART[name], need);
  });
}

function labelsOf(ticks, { time }) {
  return time ? durations(ticks) : numbers(ticks);
}

// Half of a label may stand beyond the last tick, and before the first one. Where exactly the ticks stand
// depends on this room, so it is not asked.
function roomRight({ labels }) {
  return Math.max(EDGE * 2, half(labels[labels.length - 1]) + EDGE);
}

function roomLeft({ labels, size }) {
  return Math.max(0, half(labels[0]) + EDGE - size);
}

function half(label = "") {
  return Math.ceil(widthOf(label) / 2);
}

const measure = document.createElement("canvas").getContext("2d");

function widthOf(label) {
  measure.font = FONT;
  return measure.measureText(label).width;
}

// A single value stands in the middle of its axis.
function rangeOfX(low, high, log) {
  if (low === null || low !== high) {
    return low === null ? [log ? 1 : 0, 10] : [low, high];
  }
  const aside = Math.max(1, Math.abs(low) * 1e-9);
  return log ? [low / 2, low * 2] : [low - aside, high + aside];
}

function rangeOfY({ logY, outliers, limits = [null, null] }) {
  const natural = (plot, low, high) => {
    if (low === null) {
      return logY ? [1, 10] : [0, 1];
    }
    // A spread may end below zero, where a log axis is not.
    const tables = () => plot.data.slice(1).map((values) => (logY ? values.filter((value) => value > 0) : values));
    const [from, to] = outliers === false ? withoutOutliers(tables(), low, high) : [low, high];
    return logY ? paddedLog(from, to) : padded(from, to);
  };
  return (plot, low, high) => {
    const [from, to] = natural(plot, low, high);
    const [least, greatest] = [limits[0] ?? from, limits[1] ?? to];
    return least < greatest && !(logY && least <= 0) ? [least, greatest] : [from, to];
  };
}
