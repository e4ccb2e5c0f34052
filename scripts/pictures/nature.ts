// Plants, fruit and places. None of them is a cat. Units: about half the thing is 1.
import {
  below,
  between,
  both,
  box,
  type Colour,
  curve,
  ellipse,
  gradient,
  grown,
  mix,
  pick,
  polygon,
  round,
  stroke,
  tint,
  union,
  without,
} from "./canvas.js";
import type { Drawing } from "./things.js";

const LEAF: Colour = [0.25, 0.5, 0.2];
const BARK: Colour = [0.36, 0.24, 0.15];
const RED: Colour = [0.78, 0.12, 0.1];
const GREEN: Colour = [0.6, 0.7, 0.2];
const YELLOW: Colour = [0.95, 0.8, 0.2];

const tree: Drawing = (draw, random, main) => {
  draw(stroke([0, 1.25], [0, 0.1], 0.16, 0.1), BARK);
  const crown = mix(main, LEAF, 0.3);
  for (let i = 0; i < 7; i++) {
    const blob = ellipse(between(random, -0.6, 0.6), between(random, -0.95, 0.05), between(random, 0.35, 0.55));
    draw(blob, round(tint(crown, between(random, -0.15, 0.15)), 0.4));
  }
};

const fir: Drawing = (draw, random, main) => {
  draw(box(-0.12, 0.8, 0.12, 1.3), BARK);
  const needles = mix(main, LEAF, 0.3);
  for (const y of [0.4, -0.05, -0.5]) {
    const wide = 0.55 + 0.45 * y + between(random, 0.2, 0.35);
    draw(polygon(0.04, [-wide, y + 0.5], [0, y - 0.55], [wide, y + 0.5]), tint(needles, -0.2 * y));
  }
};

const flower: Drawing = (draw, random, main, second) => {
  draw(curve([0, 0], [between(random, -0.3, 0.3), 0.8], [0, 1.6], 0.06), LEAF);
  draw(ellipse(0.35, 1, 0.34, 0.13), tint(LEAF, 0.1));
  const petals = [
    [0, -0.62],
    [0.59, -0.19],
    [0.36, 0.5],
    [-0.36, 0.5],
    [-0.59, -0.19],
  ] as const;
  const size = between(random, 0.34, 0.44);
  for (const [x, y] of petals) draw(ellipse(x, y, size), round(main, 0.4));
  draw(ellipse(0, 0, 0.34), round(second, 0.3));
};

const tulip: Drawing = (draw, random, main) => {
  draw(curve([0, 0.3], [between(random, -0.2, 0.2), 0.9], [0, 1.6], 0.06), LEAF);
  draw(curve([0, 1.4], [0.6, 0.9], [0.7, 0.2], 0.12, 0.02), tint(LEAF, 0.1));
  draw(ellipse(0, 0, 0.62, 0.62), round(main, 0.6));
  for (const x of [-0.38, 0, 0.38])
    draw(polygon(0.03, [x - 0.24, 0], [x * 1.2, -0.9], [x + 0.24, 0]), tint(main, -0.08));
};

const apple: Drawing = (draw, random, main) => {
  const body = union(ellipse(-0.32, 0.1, 0.68, 0.82), ellipse(0.32, 0.1, 0.68, 0.82));
  draw(stroke([0, -0.6], [between(random, -0.1, 0.2), -1.1], 0.06), BARK);
  draw(body, round(mix(main, pick(random, [RED, GREEN]), 0.5), 0.7, 0.35));
  draw(ellipse(0.36, -0.92, 0.32, 0.14), LEAF);
  draw(ellipse(-0.45, -0.25, 0.14, 0.2), [1, 1, 1], { alpha: 0.45, soft: 3 });
};

const pear: Drawing = (draw, random, main) => {
  draw(stroke([0, -0.9], [between(random, -0.15, 0.15), -1.3], 0.05), BARK);
  draw(grown(ellipse(0, 0.4, 0.8, 0.75), ellipse(0, -0.5, 0.42, 0.5), 0.5), round(mix(main, GREEN, 0.5), 0.7, 0.35));
};

const bananas: Drawing = (draw, random, main) => {
  const peel = mix(main, YELLOW, 0.5);
  for (const y of [0.3, 0, -0.3]) {
    const bend = between(random, 0.9, 1.3);
    draw(curve([-1, y - 0.5], [-0.3, y + bend], [1, y - 0.3], 0.14, 0.18), tint(peel, y * 0.4));
  }
  draw(ellipse(-1.02, -0.5, 0.14, 0.35), BARK);
};

const mushroom: Drawing = (draw, random, main, second) => {
  draw(stroke([0, 0], [0, 0.9], 0.26, 0.36), mix(second, [0.95, 0.9, 0.8], 0.6));
  const cap = both(ellipse(0, 0.15, 1.1, 1.1), box(-2, -2, 2, 0.2));
  draw(cap, round(main, 0.7));
  for (let i = 0; i < 6; i++) {
    const dot = ellipse(between(random, -0.8, 0.8), between(random, -0.7, 0.1), between(random, 0.08, 0.16));
    draw(both(cap, dot), tint(second, 0.4));
  }
};

const mountains: Drawing = (draw, random, main, second) => {
  for (const [x, top] of [
    [1, -0.5],
    [-0.9, -0.3],
    [between(random, -0.3, 0.3), -1],
  ] as const) {
    const peak = polygon(0.02, [x - 1.4, 1], [x, top], [x + 1.4, 1]);
    draw(peak, gradient(tint(main, 0.1), tint(main, -0.3), [x - 0.5, 0], [x + 0.6, 0]));
    draw(both(peak, box(-4, -4, 4, top + 0.4)), [0.95, 0.96, 0.98]);
  }
  draw(below(0.95), tint(second, -0.1));
};

const moon: Drawing = (draw, random, main) => {
  const waning = between(random, 0.3, 0.6);
  draw(without(ellipse(0, 0, 0.9), ellipse(waning, -0.2, 0.75)), round(main, 0.4, 0.15));
  for (let i = 0; i < 9; i++) {
    draw(ellipse(between(random, -1.6, 1.6), between(random, -1.5, 1.5), pick(random, [0.04, 0.07])), tint(main, 0.3));
  }
};

export const NATURE: readonly Drawing[] = [tree, fir, flower, tulip, apple, pear, bananas, mushroom, mountains, moon];
