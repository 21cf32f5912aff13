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

/** A metric: five significant digits; "–" for none. */
export function number(value) {
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
    return value.toExponential(3).replace(/\.?0+e/, "e");
  }
  return String(Number(value.toPrecision(5)));
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
