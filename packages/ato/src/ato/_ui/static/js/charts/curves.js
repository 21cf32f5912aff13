// Load the curves of a metric over steps, over time, or over another metric.

import { get } from "../base/api.js";

const METRIC = "metric:";

/** Whether an axis is another metric, whose points stand where their steps agree. */
export function isMetric(axis) {
  return axis.startsWith(METRIC);
}

/** One answer of /api/metrics for each of `runs`, with `range` of the x axis or null. */
export async function loadCurves({ key, runs, axis, points, range }, signal) {
  const ask = (name, more) => get("metrics", { key: name, run: runs.map((run) => run.id), points, ...more }, signal);
  if (!isMetric(axis)) {
    const [from, to] = range || [null, null];
    return (await ask(key, { axis, from, to })).series;
  }
  const [over, against] = await Promise.all([ask(key, { axis: "step" }), ask(axis.slice(METRIC.length), { axis: "step" })]);
  return over.series.map((answer, index) => matched(answer, against.series[index], range));
}

// The points of both curves with equal steps, by what stands on the x axis.
function matched(answer, against, range) {
  const [ours, theirs] = [pointsOf(answer), pointsOf(against)];
  const at = new Map(theirs.filter(([, value]) => value !== null));
  const pairs = ours
    .filter(([step, value]) => value !== null && at.has(step))
    .map(([step, value]) => [at.get(step), value])
    .filter(([x]) => !range || (x >= range[0] && x <= range[1]))
    .sort(([a], [b]) => a - b);
  const unmatched = ours.filter(([step, value]) => value !== null && !at.has(step)).length;
  const distinct = [...new Map(pairs)]; // of equal values on the x axis the last one counts
  return { ...answer, x: distinct.map(([x]) => x), y: distinct.map(([, y]) => y), sampled: false, unmatched };
}

// Where a curve is thinned out, the middle of each stretch with its mean.
function pointsOf({ sampled, x, y, mean_x: meanX, mean_y: meanY }) {
  return sampled ? meanX.map((step, index) => [step, meanY[index]]) : x.map((step, index) => [step, y[index]]);
}
