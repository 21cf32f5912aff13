// Where in the plane of two parameters the good trials lie: bands of colour, and the trials as points.

import { h, put, svg } from "../base/dom.js";
import { number } from "../base/format.js";
import { frame } from "./frame.js";
import { MOST_TRIALS, standing } from "../charts/plots.js";
import { makeScale } from "./scale.js";
import { point } from "./scatter.js";

const HEIGHT = 330;
const CELLS = [44, 30]; // across and up, on axes of numbers
const LEVELS = 7;
const REACH = 2.5; // kernel widths beyond which nothing is known
const SPREAD = 29; // points of one word lie side by side in so many places

/**
 * @param {{id, metric, params: Object}[]} trials with a metric, best first
 * @param {string[]} names the parameters, two at least
 * @param {string[]} chosen the two that are drawn
 * @param {(names: string[]) => void} onChoose
 *
 * Returns {tools, body} of a card. Colours tell the rank of the trials around, not their values: a
 * few that diverged would leave one colour for all others.
 */
export function contour(trials, names, metric, width, chosen, onChoose) {
  const drawn = trials.slice(0, MOST_TRIALS);
  const host = h("div", { class: "scrolls" });
  const pair = [...chosen];
  const draw = () => put(host, figure(drawn, pair, metric, width));
  const select = (label, index) =>
    h(
      "select",
      { class: "field", "aria-label": label, onchange: (event) => choose(index, event.target.value) },
      names.map((name) => h("option", { value: name, selected: name === pair[index] }, name))
    );
  const choose = (index, name) => {
    if (name === pair[1 - index]) {
      pair.reverse();
    } else {
      pair[index] = name;
    }
    [across, up].forEach((one, place) => (one.value = pair[place]));
    draw();
    onChoose(pair);
  };
  const [across, up] = [select("Across", 0), select("Up", 1)];
  draw();
  return { tools: [across, h("span", { class: "muted small" }, "×"), up], body: h("div", {}, host, legend()) };
}

function legend() {
  const steps = Array.from({ length: LEVELS }, (_, level) => h("span", { class: "step", style: { opacity: String(strength(level)) } }));
  return h("p", { class: "small muted caption bands" }, "worse trials around", h("span", { class: "steps" }, steps), "better ones; blank where there is none near");
}

function figure(trials, [nameX, nameY], metric, width) {
  const known = trials.map((trial, rank) => ({ trial, rank, good: standing(rank, trials.length).good })).filter(({ trial }) => [nameX, nameY].every((name) => (trial.params[name] ?? null) !== null));
  const scales = [nameX, nameY].map((name) => inCells(makeScale(known.map(({ trial }) => trial.params[name]))));
  const [across, up] = scales;
  const { x, y, labels } = frame(across, up, { width, height: HEIGHT, name: nameX, side: nameY });
  const places = known.map((one) => ({ ...one, at: [across.at(one.trial.params[nameX]), up.at(one.trial.params[nameY])] }));
  const marks = places
    .map(({ trial, rank, at }) => {
      const text = [nameX, nameY].map((name) => `${name} ${shown(trial.params[name])}`).join(", ");
      return point(trial, x(at[0] + across.aside(trial)), y(at[1] + up.aside(trial)), standing(rank, trials.length).best && "best", `${metric} ${number(trial.metric)}, ${text}`);
    })
    .reverse();
  const label = `${metric} of ${places.length} trials over ${nameX} and ${nameY}`;
  return svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, class: "scatter contour", role: "img", "aria-label": label }, bands(places, scales, x, y), marks, labels);
}

// On an axis of words each has a cell of its own, and its points lie beside each other in that.
function inCells(scale) {
  const { words } = scale;
  if (!words) {
    return { ...scale, cells: null, aside: () => 0 };
  }
  const middle = (place) => (words === 1 ? 0.5 : (Math.round(place * (words - 1)) + 0.5) / words);
  return {
    words,
    at: (value) => middle(scale.at(value)),
    ticks: scale.ticks.map(([place, text]) => [middle(place), text]),
    aside: (trial) => ((((trial.number ?? trial.id) * 37) % SPREAD) / (SPREAD - 1) - 0.5) * (0.6 / words),
  };
}

function bands(places, scales, x, y) {
  const sizes = scales.map(({ words }, axis) => words || CELLS[axis]);
  const width = 0.35 * Math.max(1, places.length) ** (-1 / 6);
  const rows = Array.from({ length: sizes[1] }, (_, row) =>
    Array.from({ length: sizes[0] }, (_, column) => around(places, [(column + 0.5) / sizes[0], (row + 0.5) / sizes[1]], scales, width))
  );
  const known = rows.flat().filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const level = (value) => (value === null ? null : Math.min(LEVELS - 1, Math.floor(((value - least) / (most - least || 1)) * LEVELS)));
  return rows.flatMap((row, up) => strips(row.map(level)).map(([from, to, strong]) => band(from / sizes[0], to / sizes[0], up / sizes[1], (up + 1) / sizes[1], strong, x, y)));
}

// How good the trials near a place are, the nearest counting most; null where there is none near.
function around(places, middle, scales, width) {
  let [sum, weights] = [0, 0];
  for (const { at, good } of places) {
    const away = middle.reduce((total, place, axis) => total + distance(place, at[axis], scales[axis].words) ** 2, 0) / width ** 2;
    if (away < REACH ** 2) {
      const weight = Math.exp(-0.5 * away);
      sum += weight * good;
      weights += weight;
    }
  }
  return weights ? sum / weights : null;
}

// Another word is no neighbour.
function distance(place, other, words) {
  return words && Math.abs(place - other) > 0.25 / words ? Infinity : place - other;
}

// [from, to, level] of the neighbours in a row that have the same level.
function strips(levels) {
  const found = [];
  levels.forEach((level, index) => {
    const last = found[found.length - 1];
    if (level !== null && last && last[1] === index && last[2] === level) {
      last[1] = index + 1;
    } else if (level !== null) {
      found.push([index, index + 1, level]);
    }
  });
  return found;
}

function band(left, right, bottom, top, level, x, y) {
  return svg("rect", { x: x(left), width: x(right) - x(left), y: y(top), height: y(bottom) - y(top), class: "band", "fill-opacity": strength(level) });
}

function strength(level) {
  return 0.05 + (0.6 * level) / (LEVELS - 1);
}

function shown(value) {
  return typeof value === "number" ? number(value) : String(value);
}
