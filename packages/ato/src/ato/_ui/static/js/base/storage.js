// What the page remembers in this browser; works without where storage is blocked.

export function recall(key, fallback) {
  try {
    const text = localStorage.getItem(key);
    return text === null ? fallback : text;
  } catch {
    return fallback;
  }
}

export function store(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Nothing is remembered, all else works.
  }
}

export function recallJson(key, fallback) {
  try {
    return JSON.parse(recall(key, "null")) ?? fallback;
  } catch {
    return fallback;
  }
}

export function storeJson(key, value) {
  store(key, JSON.stringify(value));
}
