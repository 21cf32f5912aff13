// Ask again and again while the page is looked at, and tell only of changes.

import { fetchJson } from "./api.js";

const ACTIVE_MS = 2000;
const IDLE_MS = 10000;
const TROUBLE_MS = 5000;

/**
 * Show the answer now and each time it changes, until `signal` aborts.
 *
 * The first answer's error is thrown; later ones are told to `onTrouble` (null when it is over).
 * `isActive(data)` says whether something runs, which is asked for more often.
 */
export async function watch(path, params, { signal, show, isActive, onTrouble = () => {} }) {
  let { data, etag } = await fetchJson(path, params, signal);
  show(data);
  const turn = async () => {
    let pause = isActive(data) ? ACTIVE_MS : IDLE_MS;
    if (!document.hidden) {
      try {
        const answer = await fetchJson(path, params, signal);
        onTrouble(null);
        if (answer.etag !== etag) {
          ({ data, etag } = answer);
          show(data);
        }
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        onTrouble(error);
        pause = TROUBLE_MS;
      }
    }
    schedule(pause);
  };
  const schedule = (pause) => {
    const timer = setTimeout(turn, pause);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  };
  schedule(isActive(data) ? ACTIVE_MS : IDLE_MS);
}
