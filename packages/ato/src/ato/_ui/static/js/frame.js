// The frame of a figure of points: its two axes with their labels and rules.

import { svg } from "./dom.js";

const TOP = 12;
const BOTTOM = 40;
const LEFT = 62;
const RIGHT = 24;
const LONGEST_ACROSS = 14;
const LONGEST_UP = 7;

/**
 * @param {object} across the scale of the x axis, as `makeScale` returns it
 * @param {object} up that of the y axis
 * @param {{width, height, name, side?}} look `name` stands below the x axis, `side` above the other
 *
 * Returns {x(share), y(share), rules, labels}, the last two to be drawn below and above the points.
 */
export function frame(across, up, { width, height, name, side = "" }) {
  const top = side ? TOP + 14 : TOP;
  const x = (share) => LEFT + share * (width - LEFT - RIGHT);
  const y = (share) => top + (1 - share) * (height - top - BOTTOM);
  const rules = up.ticks.map(([share]) => svg("line", { x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share), class: "rule" }));
  const heights = spread(up.ticks, 8).map(([share, text]) => label(LEFT - 8, y(share) + 4, "end", text, LONGEST_UP));
  const widths = spread(across.ticks, 3).map(([share, text]) => label(x(share), height - 22, "middle", text, LONGEST_ACROSS));
  const below = label((LEFT + width - RIGHT) / 2, height - 5, "middle strong", name, Math.floor((width - LEFT) / 7));
  const above = side && label(4, 12, "strong", side, Math.floor(width / 7));
  return { x, y, rules, labels: [heights, widths, below, above] };
}

// The ends and the middle where there are too many ticks.
function spread(ticks, most) {
  return ticks.filter((_, index, all) => all.length <= most || index === 0 || index === all.length - 1 || index * 2 === all.length - 1);
}

function label(x, y, kind, text, longest) {
  const short = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return svg("text", { x, y, class: `tick ${kind}` }, short, short !== text && svg("title", {}, text));
}
