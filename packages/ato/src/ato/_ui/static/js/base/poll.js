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
  const pause = () => (isActive(data) ? ACTIVE_MS : IDLE_MS);

  const ask = async () => {
    try {
      const answer = await fetchJson(path, params, signal);
      onTrouble(null);
      if (answer.etag !== etag) {
        ({ data, etag } = answer);
        show(data);
      }
      return pause();
    } catch (error) {
      if (!signal.aborted) {
        onTrouble(error);
      }
      return TROUBLE_MS;
    }
  };
  repeat(ask, pause(), signal);
}

/** Call `ask` after `pause` ms and then each time after the ms it returns, while it can be seen. */
function repeat(ask, pause, signal) {
  let timer;
  let busy = false;
  const turn = async () => {
    clearTimeout(timer);
    if (busy || document.hidden || signal.aborted) {
      return;
    }
    busy = true;
    const next = await ask();
    busy = false;
    wait(next);
  };
  const wait = (ms) => {
    if (!signal.aborted) {
      timer = setTimeout(turn, ms);
    }
  };
  document.addEventListener("visibilitychange", turn, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  wait(pause);
}
