// Runs side by side on one x axis, and the mean and spread of groups of them.

/** uPlot's table of `runs` ({x, y}): the x of all, then a column for each run, undefined where it has none. */
export function aligned(runs) {
  const x = [...new Set(runs.flatMap((run) => run.x))].sort((a, b) => a - b);
  const at = new Map(x.map((value, index) => [value, index]));
  const columns = runs.map((run) => {
    const column = new Array(x.length).fill(undefined);
    run.x.forEach((value, index) => (column[at.get(value)] = run.y[index]));
    return column;
  });
  return [x, ...columns];
}

/**
 * The runs of equal `by` as {by, members, mean, low, high}, columns over the common `x`; low and high are
 * one standard deviation from the mean, of those runs that have a value there.
 */
export function grouped(runs) {
  const [x, ...columns] = aligned(runs);
  const groups = new Map();
  runs.forEach((run, index) => {
    const by = run.by ?? null;
    const group = groups.get(by) || { by, members: [], columns: [] };
    group.members.push(run);
    group.columns.push(columns[index]);
    groups.set(by, group);
  });
  return { x, groups: [...groups.values()].map((group) => ({ ...group, ...statistics(group.columns, x.length) })) };
}

function statistics(columns, length) {
  const found = { mean: [], low: [], high: [] };
  for (let index = 0; index < length; index += 1) {
    const values = columns.map((column) => column[index]).filter((value) => typeof value === "number");
    const mean = values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
    const spread = values.length ? Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) : 0;
    found.mean.push(mean);
    found.low.push(values.length ? mean - spread : undefined);
    found.high.push(values.length ? mean + spread : undefined);
  }
  return found;
}
