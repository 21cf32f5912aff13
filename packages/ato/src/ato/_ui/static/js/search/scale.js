// From values to pixels and back to labels, for what is drawn as SVG.

import { numbers } from "../base/format.js";
import { fromUnit, unitOf } from "../charts/units.js";

const DECADES = 100;
const LEAST = 5; // the range of numbers that may have been drawn on a log scale
const LEANING = 0.35; // where their median lies: of numbers drawn evenly it is about a half

/**
 * A scale for the values of one axis. Words get places of their own; numbers a linear or, where
 * they are positive and span more than two decades or were drawn on one, a log scale.
 *
 * Returns {at(value) in 0..1 or null, ticks: [[position, label]], words}; `words` is how many words
 * it has, 0 where it is one of numbers.
 */
export function makeScale(values, wantLog = null) {
  const known = values.filter((value) => value !== null && value !== undefined);
  const numeric = known.length > 0 && known.every((value) => typeof value === "number");
  return numeric ? numericScale(known, wantLog) : wordScale(known);
}

function numericScale(values, wantLog) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const log = low > 0 && (wantLog ?? isLog(values, low, high));
  const unit = log ? 1 : unitOf(values);
  const bend = log ? Math.log10 : (value) => value / unit;
  const width = bend(high) - bend(low);
  const at = (value) => (value === null || value === undefined ? null : width ? (bend(value) - bend(low)) / width : 0.5);
  const unbend = (share) => (log ? 10 ** (bend(low) + share * width) : fromUnit(bend(low) + share * width, unit));
  const shares = width ? [0, 0.25, 0.5, 0.75, 1] : [0.5];
  const whole = values.every(Number.isInteger);
  const marks = rounded(shares.map(unbend), whole);
  const labels = numbers(marks);
  // Rounding may lead a little beyond the ends.
  return { at, ticks: marks.map((mark, index) => [Math.min(1, Math.max(0, at(mark))), labels[index]]), words: 0 };
}

// With so many digits, three at least, that each stays near where it was among its neighbours.
function rounded(places, whole) {
  const tenth = (index) => Math.min(...[places[index - 1], places[index + 1]].filter((one) => one !== undefined).map((one) => Math.abs(one / 10 - places[index] / 10)));
  return [...new Set(whole ? places.map(Math.round) : places.map((place, index) => nearly(place, tenth(index))))];
}

function nearly(place, tolerance) {
  const tries = Array.from({ length: 15 }, (_, index) => Number(place.toPrecision(index + 3)));
  return Math.abs(place) < tolerance / 1e6 ? 0 : (tries.find((mark) => Math.abs(mark - place) <= tolerance) ?? place);
}

function wordScale(values) {
  const words = [...new Set(values.map(String))].sort();
  const place = (word) => (words.length === 1 ? 0.5 : words.indexOf(word) / (words.length - 1));
  const at = (value) => (value === null || value === undefined ? null : place(String(value)));
  return { at, ticks: words.slice(0, 30).map((word) => [place(word), word]), words: words.length };
}

function isLog(values, low, high) {
  const middle = [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const leans = values.length >= 8 && high / low >= LEAST && (middle - low) / (high - low) < LEANING;
  return high / low > DECADES || leans;
}

/**
 * The ends between which values lie that are no outliers: three times the middle half beyond it.
 * Of trials that diverged the others would be one line.
 */
export function fences(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const quartile = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  const reach = 3 * (quartile(0.75) - quartile(0.25)) || Infinity;
  return [quartile(0.25) - reach, quartile(0.75) + reach];
}
