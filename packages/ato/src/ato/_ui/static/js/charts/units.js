// Near the end of floats a sum or a difference of values is beyond it. Such values are drawn in a larger unit.

const UNIT = 2 ** 40; // a power of two, so that dividing by it and multiplying with it lose nothing
const LARGE = Number.MAX_VALUE / UNIT;

/** In what unit `values` are drawn: 1, or one in which their sums are numbers. */
export function unitOf(values) {
  return values.some((value) => Math.abs(value) > LARGE) ? UNIT : 1;
}

/** `values` in `unit`; null and undefined stay. */
export function inUnit(values, unit) {
  return unit === 1 ? values : values.map((value) => (typeof value === "number" ? value / unit : value));
}

/** A value in `unit` as the number that it is, or the last one where it is beyond all. */
export function fromUnit(value, unit) {
  return unit === 1 || typeof value !== "number" ? value : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value * unit));
}
