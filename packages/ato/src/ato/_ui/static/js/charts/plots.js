// What all plots share: how their axes look, how they follow the width of the page, which trials stand out.

import { colour } from "../base/theme.js";

export const MOST_TRIALS = 1500; // drawn in one figure
export const FONT = "11px system-ui"; // of the labels of axes
const BEST = 20; // so many at most stand out

/** The look of an axis, in the colours of the theme just now. */
export function axisStyle() {
  return { stroke: colour("muted"), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false }, font: FONT };
}

/** Keep a plot as wide as its host; returns {destroy} of both. */
export function followWidth(plot, host, height) {
  const observer = new ResizeObserver(() => host.clientWidth && plot.setSize({ width: host.clientWidth, height }));
  observer.observe(host);
  return {
    destroy() {
      observer.disconnect();
      plot.destroy();
    },
  };
}

/** How good the trial of a rank is among `total`, 1 to 0, and whether it stands out. */
export function standing(rank, total) {
  const good = total > 1 ? 1 - rank / (total - 1) : 1;
  return { good, best: rank < BEST && good > 0.9 };
}
