// Runs side by side on one x axis, and the mean and spread of groups of them.

const MOST_PLACES = 4000; // on one x axis, more than there are pixels

/** uPlot's table of `runs` ({x, y}): the x of all, then a column for each run, undefined where it has none. */
export function aligned(runs, logX = false) {
  const placed = onPlaces(runs, logX);
  const x = placesOf(placed);
  const at = new Map(x.map((value, index) => [value, index]));
  const columns = placed.map((run) => {
    const column = new Array(x.length).fill(undefined);
    run.x.forEach((value, index) => {
      // Less than a pixel apart, a value counts and a gap does not.
      column[at.get(value)] = run.y[index] ?? column[at.get(value)] ?? null;
    });
    return column;
  });
  return [x, ...columns];
}

function placesOf(runs) {
  return [...new Set(runs.flatMap((run) => run.x))].sort((a, b) => a - b);
}

// Where each run has an x of its own, the table would have runs × runs × points cells: what is less
// than a pixel apart is put on one place.
function onPlaces(runs, logX) {
  const x = placesOf(runs);
  if (x.length <= MOST_PLACES) {
    return runs;
  }
  const [bend, unbend] = logX ? [Math.log, Math.exp] : [(value) => value, (value) => value];
  const [low, high] = [x[0], x[x.length - 1]].map(bend);
  const width = (high - low) / MOST_PLACES;
  const place = (value) => unbend(low + Math.round((bend(value) - low) / width) * width);
  return runs.map((run) => ({ ...run, x: run.x.map(place) }));
}

/**
 * The runs of equal `by` as {by, members, mean, low, high, count}, columns over the common `x`; low and
 * high are one standard deviation from the mean, `count` how many runs were under way there. Where none was
 * they are null, which no line crosses.
 */
export function grouped(runs, logX = false) {
  const [x, ...columns] = aligned(runs, logX);
  const groups = new Map();
  runs.forEach((run, index) => {
    const by = run.by ?? null;
    const group = groups.get(by) || { by, members: [], columns: [] };
    group.members.push(run);
    group.columns.push(underWay(x, columns[index]));
    groups.set(by, group);
  });
  return { x, groups: [...groups.values()].map(({ columns: some, ...group }) => ({ ...group, ...statistics(some, x.length) })) };
}

/**
 * A column filled along straight lines between the values of its run, for runs log at different steps. Before
 * the first value, after the last one and beside a gap (null) the run has none.
 */
function underWay(x, column) {
  const filled = [...column];
  let before = -1;
  column.forEach((value, index) => {
    if (value === null) {
      before = -1;
    } else if (value !== undefined) {
      for (let between = before + 1; before >= 0 && between < index; between += 1) {
        const share = (x[between] - x[before]) / (x[index] - x[before]);
        filled[between] = column[before] * (1 - share) + value * share;
      }
      before = index;
    }
  });
  return filled;
}

function statistics(columns, length) {
  const found = { mean: [], low: [], high: [], count: [] };
  for (let index = 0; index < length; index += 1) {
    const values = columns.map((column) => column[index]).filter((value) => typeof value === "number");
    // By what lies between the values, so that the mean of equal ones is just that; not by squares, which overflow.
    const mean = values.length ? values.reduce((sum, value) => sum + (value - values[0]) / values.length, values[0]) : null;
    const spread = values.length ? Math.hypot(...values.map((value) => value - mean)) / Math.sqrt(values.length) : 0;
    found.mean.push(mean);
    found.low.push(values.length ? mean - spread : null);
    found.high.push(values.length ? mean + spread : null);
    found.count.push(values.length);
  }
  return found;
}
