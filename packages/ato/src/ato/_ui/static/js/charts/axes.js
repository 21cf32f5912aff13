// The axes of a plot: their ranges, and ticks whose labels differ and are never cut.

import { durations, durationWithin, numberWithin, numbers } from "../base/format.js";
import { axisStyle, FONT } from "./plots.js";
import { withoutOutliers } from "./series.js";
import { padded, paddedLog, ticksBetween } from "./ticks.js";
import { fromUnit, inUnit } from "./units.js";

const APART = { x: 50, y: 30 }; // pixels between ticks, at least
const GAP = 12; // between labels
const EDGE = 4;
const BELOW = 28;
const WHOLE = ["step", "evaluations"];

/**
 * What uPlot is told of both axes: {padding, scales, axes}.
 *
 * `options` is {axis, logX, logY, outliers, limits, units}: axis is what stands on the x axis, of which "step"
 * and "evaluations" have whole numbers and "time" seconds; limits are the ends of the y axis or null; units,
 * {x, y}, are those of what is plotted.
 */
export function plotAxes(options) {
  const { axis, logX, logY, units } = options;
  const style = axisStyle();
  const shown = { labels: [], size: 0 };
  const kindX = { log: logX, time: axis === "time", whole: WHOLE.includes(axis), unit: units.x };
  const kindY = { log: logY, unit: units.y };
  const across = (_, ticks) => (shown.labels = labelsOf(ticks, kindX));
  const sizeOfY = (_, labels) => (shown.size = 18 + Math.ceil(Math.max(0, ...(labels || []).map(widthOf))));
  return {
    padding: [EDGE * 2, () => roomRight(shown), 0, () => roomLeft(shown)],
    scales: {
      x: { time: false, distr: logX ? 3 : 1, range: (plot, low, high) => rangeOfX(...endsOfX(plot, low, high), logX) },
      y: { distr: logY ? 3 : 1, range: rangeOfY(options) },
    },
    axes: [
      { ...style, ...ownTicks("x", kindX), size: BELOW, values: across },
      { ...style, ...ownTicks("y", kindY), size: sizeOfY, values: (_, ticks) => labelsOf(ticks, kindY) },
    ],
  };
}

/** The x where the cursor is, to the thousandth of the axis. */
export function shownX(plot, value, { axis, units }) {
  const grain = grainOf(plot, "x", units.x);
  return axis === "time" ? durationWithin(value, grain) : numberWithin(fromUnit(value, units.x), grain);
}

/** The value where the cursor is. */
export function shownY(plot, value, { units }) {
  return numberWithin(fromUnit(value, units.y), grainOf(plot, "y", units.y));
}

function grainOf(plot, name, unit) {
  const { min, max } = plot.scales[name];
  return fromUnit((max - min) / 1000, unit);
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
  for (const values of ticksBetween(fromUnit(low, kind.unit), fromUnit(high, kind.unit), kind)) {
    const ticks = inUnit(values, kind.unit);
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

function labelsOf(ticks, { time, unit }) {
  return time ? durations(ticks) : numbers(ticks.map((tick) => fromUnit(tick, unit)));
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

// Around a single value uPlot has made room already, of its own length: from 0 up to 100.
function endsOfX({ data }, low, high) {
  return data[0].length === 1 ? [data[0][0], data[0][0]] : [low, high];
}

// A single value stands in the middle of its axis.
function rangeOfX(low, high, log) {
  if (low === null || low !== high) {
    return low === null ? [log ? 1 : 0, 10] : [low, high];
  }
  const aside = Math.max(1, Math.abs(low) * 1e-9);
  return log ? [low / 2, low * 2] : [low - aside, high + aside];
}

function rangeOfY({ logY, outliers, limits = [null, null], units }) {
  const natural = (plot, low, high) => {
    if (low === null) {
      return logY ? [1, 10] : [0, 1];
    }
    // A spread may end below zero, where a log axis is not.
    const tables = () => plot.data.slice(1).map((values) => (logY ? values.filter((value) => value > 0) : values));
    const [from, to] = outliers === false ? withoutOutliers(tables(), low, high) : [low, high];
    // The powers of ten are those of the values, whatever their unit.
    return logY ? inUnit(paddedLog(fromUnit(from, units.y), fromUnit(to, units.y)), units.y) : padded(from, to);
  };
  const set = inUnit(limits, units.y);
  return (plot, low, high) => {
    const [from, to] = natural(plot, low, high);
    const ends = set.every((end) => end !== null) ? [...set].sort((a, b) => a - b) : set; // in either order
    const [least, greatest] = [ends[0] ?? from, ends[1] ?? to];
    return least < greatest && !(logY && least <= 0) ? [least, greatest] : [from, to];
  };
}
