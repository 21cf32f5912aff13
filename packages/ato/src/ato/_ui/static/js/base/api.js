// Ask the server. The browser keeps the answers and revalidates them by ETag.

export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** The JSON at /api/PATH. `params` may hold lists; empty values are left out. */
export async function get(path, params = {}, signal = undefined) {
  return (await fetchJson(path, params, signal)).data;
}

/** The same, with the answer's ETag. */
export async function fetchJson(path, params, signal) {
  const response = await request(`/api/${path}${queryString(params)}`, signal);
  const data = await response.json().catch(() => null);
  if (!response.ok) {
    const message = data && data.error ? data.error : `the server answered ${response.status}`;
    throw new ApiError(message, response.status);
  }
  return { data, etag: response.headers.get("ETag") };
}

/** Whether the server has what is at `url`: "yes", "no", or "unknown" where it does not say. */
export async function exists(url) {
  const response = await fetch(url, { method: "HEAD", cache: "no-store" }).catch(() => null);
  return response?.ok ? "yes" : response?.status === 404 ? "no" : "unknown";
}

export function queryString(params) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null && item !== "") {
        query.append(name, item);
      }
    }
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

async function request(url, signal) {
  try {
    return await fetch(url, { signal, cache: "no-cache" });
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new ApiError("the server does not answer; is `ato ui` still running?", 0);
  }
}
