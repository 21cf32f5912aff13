// The frame of a figure of points: its two axes with their labels and rules.

import { svg } from "../base/dom.js";

const TOP = 12;
const BOTTOM = 40;
const LEFT = 62;
const RIGHT = 24;
const LETTER = 6.5; // pixels, of the font of the ticks about the widest
const LONGEST_ACROSS = 14;
const LONGEST_UP = 7; // words; numbers are never cut, or they would be alike
const LEAST = 4; // letters by which words can be told apart

/**
 * @param {object} across the scale of the x axis, as `makeScale` returns it
 * @param {object} up that of the y axis
 * @param {{width, height, name, side?}} look `name` stands below the x axis, `side` above the other
 *
 * Returns {x(share), y(share), rules, labels}, the last two to be drawn below and above the points.
 */
export function frame(across, up, { width, height, name, side = "" }) {
  const top = side ? TOP + 14 : TOP;
  const left = up.words ? LEFT : Math.max(LEFT, 14 + LETTER * longest(up.ticks));
  const room = width - left - RIGHT;
  const x = (share) => left + share * room;
  const y = (share) => top + (1 - share) * (height - top - BOTTOM);
  const rules = up.ticks.map(([share]) => svg("line", { x1: left, x2: width - RIGHT, y1: y(share), y2: y(share), class: "rule" }));
  const heights = spread(up.ticks, 8).map(([share, text]) => label(left - 8, y(share) + 4, "end", up.words ? clipped(text, LONGEST_UP) : [text]));
  const widths = besides(across, room).map(([share, words]) => label(within(x(share), words[0], width), height - 22, "middle", words));
  const below = label(left + room / 2, height - 5, "middle strong", clipped(name, Math.floor((width - left) / 7)));
  const above = side && label(4, 12, "strong", clipped(side, Math.floor(width / 7)));
  return { x, y, rules, labels: [heights, widths, below, above] };
}

// The ends and the middle where there are too many ticks.
function spread(ticks, most) {
  return ticks.filter((_, index, all) => all.length <= most || index === 0 || index === all.length - 1 || index * 2 === all.length - 1);
}

// Of numbers three suffice; a word that is not named nobody can guess, so all are that have room for a few letters.
function besides({ ticks, words }, room) {
  if (!words) {
    const most = Math.floor(room / (LETTER * longest(ticks) + 8)) + 1;
    const some = most >= 3 ? spread(ticks, 3) : [ticks[0], ...ticks.slice(1).slice(-1)];
    return some.map(([share, text]) => [share, [text]]);
  }
  const slot = ticks.length > 1 ? (ticks[1][0] - ticks[0][0]) * room : room;
  const every = Math.ceil((LEAST * LETTER + 4) / slot);
  const letters = Math.max(LEAST, Math.min(LONGEST_ACROSS, Math.floor((slot * every) / LETTER) - 1));
  return ticks.filter((_, index) => index % every === 0).map(([share, text]) => [share, clipped(text, letters)]);
}

function longest(ticks) {
  return Math.max(0, ...ticks.map(([, text]) => text.length));
}

// The middle of a label, moved so that its ends are in the figure.
function within(middle, text, width) {
  const half = (LETTER * text.length) / 2;
  return Math.max(half, Math.min(width - half, middle));
}

// What is shown of a text and, where that is not all, the text.
function clipped(text, most) {
  return text.length > most ? [`${text.slice(0, most - 1)}…`, text] : [text];
}

function label(x, y, kind, [shown, whole]) {
  return svg("text", { x, y, class: `tick ${kind}` }, shown, whole && svg("title", {}, whole));
}
