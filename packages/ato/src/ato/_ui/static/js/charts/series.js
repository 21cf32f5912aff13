// Arithmetic on the points of a curve: smoothing, and what a log axis cannot show.

const WIDEST = 0.15; // the half-life at full smoothing, as a share of the width

/**
 * An exponential moving average whose half-life is a share of the x range, so that it does not
 * depend on how densely the points lie. `amount` is 0 (none) to 1. Divided by the weights so far,
 * so that it does not start at zero. A gap (null) stays a gap.
 */
export function smooth(x, y, amount) {
  const width = x.length ? x[x.length - 1] - x[0] : 0;
  const halfLife = WIDEST * amount * amount * width;
  if (!halfLife) {
    return y;
  }
  let sum = 0;
  let weight = 0;
  let before = x[0];
  return y.map((value, index) => {
    if (value === null) {
      return null;
    }
    const fade = Math.pow(2, (before - x[index]) / halfLife);
    before = x[index];
    sum = sum * fade + value;
    weight = weight * fade + 1;
    return sum / weight;
  });
}

/** Drop the points that have no logarithm; tell how many those were. */
export function positiveOnly(points, { x: logX, y: logY }) {
  const kept = { x: [], y: [] };
  let dropped = 0;
  points.x.forEach((x, index) => {
    const y = points.y[index];
    if ((logX && x <= 0) || (logY && y !== null && y <= 0)) {
      dropped += 1;
    } else {
      kept.x.push(x);
      kept.y.push(y);
    }
  });
  return { points: kept, dropped };
}

/** The index of the point nearest to `index` that holds a value, or null. */
export function nearestKnown(values, index) {
  for (let distance = 0; distance < values.length; distance += 1) {
    for (const candidate of [index - distance, index + distance]) {
      if (values[candidate] !== undefined && values[candidate] !== null) {
        return candidate;
      }
    }
  }
  return null;
}

/** The indices of the values that no line reaches: those without a neighbour. Undefined is no gap, null is one. */
export function alone(values) {
  const indices = [];
  let before = null;
  let candidate = -1; // a value after a gap, until the next one shows whether it has a neighbour
  values.forEach((value, index) => {
    if (value === undefined) {
      return;
    }
    if (value === null) {
      if (candidate >= 0) {
        indices.push(candidate);
      }
      candidate = -1;
    } else {
      candidate = before === null ? index : -1;
    }
    before = value;
  });
  if (candidate >= 0) {
    indices.push(candidate);
  }
  return indices;
}

const FARTHEST = 1.5; // of the distance between the quartiles, as in a box plot

/** The least and the greatest value that is no outlier, and at least [low, high] where there is none. */
export function withoutOutliers(tables, low, high) {
  const known = tables.flat().filter((value) => typeof value === "number").sort((a, b) => a - b);
  if (known.length < 8) {
    return [low, high];
  }
  const quartile = (share) => known[Math.round(share * (known.length - 1))];
  const room = FARTHEST * (quartile(0.75) - quartile(0.25));
  const inside = known.filter((value) => value >= quartile(0.25) - room && value <= quartile(0.75) + room);
  return [inside[0], inside[inside.length - 1]];
}
