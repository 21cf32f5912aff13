// What is said below a chart: its extremes, and what is not drawn.

import { isMetric } from "../charts/curves.js";
import { number, numbers, plural } from "../base/format.js";

/** What to say below a chart of `answers` over `axis`, of whose points `dropped` are not on a log axis. */
export function remarks(answers, dropped, axis, summary = null) {
  const parts = summary ? extremes(summary) : [];
  parts.push(...notDrawn(answers));
  if (dropped) {
    parts.push(`${dropped} ≤ 0 not on a log axis`);
  }
  const unmatched = answers.reduce((sum, answer) => sum + (answer.unmatched || 0), 0);
  if (unmatched) {
    parts.push(`${unmatched} without a value on the x axis`);
  }
  parts.push(...covered(answers, axis));
  const sampled = answers.filter((answer) => answer.sampled);
  if (sampled.length) {
    const points = sampled.reduce((sum, answer) => sum + answer.count, 0);
    parts.push(`minimum and maximum per pixel of ${number(points)} points; drag to zoom in`);
  }
  return parts.join(" · ");
}

/** What `answers` have that no curve shows, each kind with how often. */
export function notDrawn(answers) {
  const total = (name) => answers.reduce((sum, { special }) => sum + (special[name] || 0), 0);
  return ["nan", "inf", "-inf", "beyond floats"].filter(total).map((name) => `${total(name)} × ${name} not drawn`);
}

// Values that share their place on the x axis with a later one.
function covered(answers, axis) {
  const several = axis === "time" ? "in one millisecond with a later one, which is drawn; over steps all are" : "logged again at its step; the last is drawn";
  const hidden = isMetric(axis) ? 0 : answers.filter((answer) => !answer.sampled).reduce((sum, answer) => sum + answer.count - answer.x.length, 0);
  const crowded = axis === "time" && answers.some(({ mean_x: middles }) => new Set(middles).size < middles.length);
  return [hidden > 0 && `${plural(hidden, "value")} ${several}`, crowded && "values in one millisecond lie over each other"].filter(Boolean);
}

function extremes({ min, max }) {
  const [least, greatest] = numbers([min, max]);
  return min === null ? [] : [`min ${least}`, `max ${greatest}`];
}
