// Which parameters matter: how much otherwise the best trials lie along each one than all of them do.
// This is PED-ANOVA, the method of `result.importance()` of ato.hyperopt.

import { h } from "../base/dom.js";
import { makeScale } from "./scale.js";

const POINTS = 101; // at which densities are compared
const BEST_SHARE = 0.1;
const NARROWEST = 0.05;
export const FEWEST = 10; // trials below which it would be chance

/** [name, share] of each parameter, greatest first. `trials` have a metric and are best first. */
export function importance(trials, names) {
  const best = Math.max(2, Math.round(trials.length * BEST_SHARE));
  const raw = names.map((name) => [name, divergence(trials, name, best)]);
  const total = raw.reduce((sum, [, size]) => sum + size, 0);
  return raw.map(([name, size]) => [name, total ? size / total : 1 / names.length]).sort((a, b) => b[1] - a[1]);
}

/** The shares as bars. */
export function importanceBars(shares) {
  const rows = shares.map(([name, share]) => [
    h("dt", { title: name }, name),
    h("dd", {}, h("span", { class: "bar", style: { width: `${100 * share}%` } }), h("span", { class: "share" }, `${Math.round(100 * share)} %`)),
  ]);
  return h("dl", { class: "shares" }, rows);
}

function divergence(trials, name, best) {
  const scale = makeScale(trials.map((trial) => trial.params[name]));
  const places = (some) => some.map((trial) => scale.at(trial.params[name])).filter((place) => place !== null);
  const [all, good] = [places(trials), places(trials.slice(0, best))];
  if (!good.length) {
    return 0;
  }
  const density = scale.words ? (at) => shareOfWords(at, scale.words) : smoothed;
  const [p, q] = [density(all), density(good)];
  return p.reduce((sum, one, index) => sum + one * (q[index] / one - 1) ** 2, 0);
}

// One more of each word keeps every share above 0.
function shareOfWords(places, words) {
  const counts = new Array(words).fill(1);
  places.forEach((place) => (counts[words > 1 ? Math.round(place * (words - 1)) : 0] += 1));
  return counts.map((one) => one / (places.length + words));
}

function smoothed(places) {
  const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
  const spread = Math.sqrt(places.reduce((sum, place) => sum + (place - mean) ** 2, 0) / places.length);
  const width = Math.max(NARROWEST, spread * places.length ** -0.2);
  const counts = new Array(POINTS).fill(0);
  places.forEach((place) => (counts[Math.round(place * (POINTS - 1))] += 1));
  const kernel = counts.map((_, away) => Math.exp(-0.5 * (away / (POINTS - 1) / width) ** 2) / (width * Math.sqrt(2 * Math.PI)));
  // One uniform observation besides the trials keeps the density above 0 everywhere.
  const heights = counts.map((_, at) => counts.reduce((sum, count, other) => sum + count * kernel[Math.abs(at - other)], 1));
  const total = heights.reduce((sum, height) => sum + height, 0);
  return heights.map((height) => height / total);
}
