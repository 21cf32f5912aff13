// Where the ticks of an axis stand: numbers of any size, logarithms and durations.

const DIGITS = [1, 2, 5];
const SHORT = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200];
const DAY = 86400;

/**
 * Ticks between `low` and `high`, from the closest to the widest apart, as lists; the first that has
 * room is the one to take. `kind` is {log, time, whole}.
 */
export function* ticksBetween(low, high, { log = false, time = false, whole = false }) {
  if (log) {
    yield* powers(low, high);
  }
  for (const [digit, power] of time ? timeIncrements(low, high) : increments(low, high, whole)) {
    const ticks = multiples(low, high, digit, power);
    if (ticks.length) {
      yield ticks;
    }
  }
}

// As [digit, power] of ten, for 3 * 0.1 is not 0.3.
function* increments(low, high, whole) {
  const widest = Math.floor(Math.log10(Math.min(high - low, Number.MAX_VALUE)));
  const closest = whole ? Math.max(0, widest - 2) : widest - 2;
  for (let power = closest; power <= Math.max(widest, closest); power += 1) {
    yield* DIGITS.map((digit) => [digit, power]);
  }
}

function* timeIncrements(low, high) {
  const width = high - low;
  if (width < 100) {
    yield* [...increments(low, high, false)].filter(([, power]) => power < 0 && power > -4);
  }
  yield* SHORT.filter((seconds) => seconds > width / 200).map((seconds) => [seconds, 0]);
  for (let days = 1; days * DAY < width; days *= 10) {
    yield* DIGITS.map((digit) => [digit * days * DAY, 0]);
  }
}

function multiples(low, high, digit, power) {
  const times = (many) => Number(`${many * digit}e${power}`);
  const increment = times(1);
  const [first, last] = [Math.ceil(low / increment), Math.floor(high / increment)];
  if (!(last - first < 1000) || Math.abs(last) * digit > Number.MAX_SAFE_INTEGER) {
    return []; // closer than floats of this size are
  }
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => times(first + index) + 0);
  return ticks.filter((tick) => tick >= low && tick <= high);
}

// Of few powers of ten the twos and fives too, of many each second, third, …
function* powers(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const inside = (ticks) => ticks.filter((tick) => tick >= low && tick <= high);
  if (all.length < 2) {
    return; // within one decade the axis is nearly even
  }
  yield inside([first - 1, ...all].flatMap((power) => DIGITS.map((digit) => Number(`${digit}e${power}`))));
  for (let every = 1; every < all.length; every += 1) {
    yield all.filter((power) => power % every === 0).map((power) => Number(`1e${power}`));
  }
}

/** The ends of an axis on which [low, high] has some room; zero stays at the edge where it is near. */
export function padded(low, high) {
  if (low === high) {
    return low === 0 ? [-1, 1] : low > 0 ? [0, inside(2 * low)] : [inside(2 * low), 0];
  }
  const room = 0.1 * high - 0.1 * low;
  return [low >= 0 && low < room ? 0 : inside(low - room), high <= 0 && -high < room ? 0 : inside(high + room)];
}

function inside(value) {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

/** The powers of ten around [low, high], both above zero; of values in less than half a decade some room suffices. */
export function paddedLog(low, high) {
  if (low < high && high / low < 3) {
    return padded(low, high);
  }
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const power = (exponent) => Math.min(Number.MAX_VALUE, Math.max(Number.MIN_VALUE, Number(`1e${exponent}`)));
  return first === last ? [power(first - 1), power(last + 1)] : [power(first), power(last)];
}
