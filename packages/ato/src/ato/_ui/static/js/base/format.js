// Numbers, times and sizes as text.

const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const ABSOLUTE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const COUNT = new Intl.NumberFormat("en-US");
const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

const DIGITS = 5;
const MOST_DIGITS = 17; // that a float has

/** A metric: five significant digits unless more are asked for; "–" for none. */
export function number(value, digits = DIGITS) {
  if (value === null || value === undefined) {
    return "–";
  }
  if (typeof value === "string") {
    // "nan", "inf" and integers of any length: what JSON cannot hold.
    return /^-?\d{7,}$/.test(value) ? ofDigits(value) : value;
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e6) {
    return String(value);
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    return withPower(value, digits);
  }
  return String(Number(value.toPrecision(digits)));
}

function withPower(value, digits) {
  const text = value.toExponential(Math.min(digits, MOST_DIGITS) - 2).replace(/\.?0+e/, "e");
  const plain = String(value);
  // Where it takes many digits anyway, an integer is easier to read without a power.
  return digits > DIGITS && Number.isSafeInteger(value) && plain.length <= text.length ? plain : text;
}

/** A number with so many digits that it is told within `tolerance`. */
export function numberWithin(value, tolerance) {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return number(value);
  }
  for (let digits = DIGITS; digits < MOST_DIGITS + 2; digits += 1) {
    const text = number(value, digits);
    if (Math.abs(Number(text) - value) <= tolerance) {
      return text;
    }
  }
  return String(value);
}

/** Numbers that are read beside each other: with so many digits that different ones differ, and by how much. */
export function numbers(values) {
  const distance = leastDistance(values);
  return values.map((value) => (Number.isFinite(distance) ? numberWithin(value, distance / 50) : number(value)));
}

function leastDistance(values) {
  const sorted = values.filter((value) => typeof value === "number").sort((a, b) => a - b);
  const distances = sorted.slice(1).map((value, index) => value - sorted[index]);
  return Math.min(...distances.filter((distance) => distance > 0));
}

/** An integer written in digits, perhaps beyond all floats. */
function ofDigits(text) {
  if (Number.isFinite(Number(text))) {
    return number(Number(text));
  }
  const [sign, digits] = text.startsWith("-") ? ["-", text.slice(1)] : ["", text];
  const [head, power] = number(Number(digits.slice(0, 17))).split("e");
  return `${sign}${head}e+${digits.length - 17 + Number(power)}`;
}

export function count(value) {
  return COUNT.format(value);
}

export function plural(value, noun, many = `${noun}s`) {
  return `${count(value)} ${value === 1 ? noun : many}`;
}

/** Seconds as "1 h 4 min". */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) {
    return "–";
  }
  if (seconds < 1) {
    return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  }
  if (seconds < 60) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }
  const [days, hours, minutes] = [86400, 3600, 60].map((unit) => Math.floor(seconds / unit));
  if (days) {
    return `${days} d ${hours % 24} h`;
  }
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min ${Math.floor(seconds % 60)} s`;
}

const PARTS = [["d", 86400], ["h", 3600], ["min", 60]];

/** Seconds with all parts, to the second or, where `tolerance` is less, to a fraction of it: "1 h 4 min 2.5 s". */
export function durationWithin(seconds, tolerance) {
  const decimals = Math.max(0, Math.min(3, Math.ceil(-Math.log10(tolerance || 1))));
  let rest = Number(seconds.toFixed(decimals));
  if (rest < 1 && decimals) {
    return rest ? `${Number((rest * 1000).toFixed(0))} ms` : "0";
  }
  const parts = PARTS.flatMap(([unit, size]) => {
    const many = Math.floor(rest / size);
    rest -= many * size;
    return many ? [`${many} ${unit}`] : [];
  });
  const last = Number(rest.toFixed(decimals));
  return [...parts, ...(last ? [`${last} s`] : [])].join(" ") || "0";
}

/** Durations beside each other, with the parts that tell them apart. */
export function durations(values) {
  const distance = leastDistance(values);
  return values.map((value) => durationWithin(value, Number.isFinite(distance) ? distance : 0.001));
}

export function ago(iso) {
  if (!iso) {
    return "–";
  }
  const seconds = (Date.parse(iso) - Date.now()) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) {
      return RELATIVE.format(Math.round(seconds / size), unit);
    }
  }
  return "now";
}

export function moment(iso) {
  return iso ? ABSOLUTE.format(new Date(iso)) : "–";
}

/** Seconds between two times, up to now where the second is missing. */
export function elapsed(start, end) {
  return start ? Math.max(0, ((end ? Date.parse(end) : Date.now()) - Date.parse(start)) / 1000) : null;
}

export function bytes(size) {
  if (size === null || size === undefined) {
    return "–";
  }
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let value = size;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit && value < 100 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** The first characters of a content hash; its kind before them where that is not the usual. */
export function shortContent(hash) {
  const [kind, digest] = String(hash || "").split(":");
  return digest ? `${kind === "sha256" ? "" : `${kind} `}${shortHash(digest)}` : shortHash(kind);
}

export function shortHash(hash) {
  return hash ? hash.slice(0, 10) : "–";
}
