// Animals that are not cats, some with a good deal of one. Units: about half the animal, or half its head, is 1.
import { between, both, type Colour, curve, ellipse, grown, polygon, round, stroke, tint, union } from "./canvas.js";
import type { Drawing } from "./things.js";

const INK: Colour = [0.04, 0.04, 0.05];

const fish: Drawing = (draw, random, main, second) => {
  draw(polygon(0.06, [0.7, 0], [1.3, -0.5], [1.15, 0], [1.3, 0.5]), second);
  draw(polygon(0.05, [-0.2, -0.4], [0.25, -0.85], [0.5, -0.3]), second);
  draw(ellipse(-0.1, 0, 1, between(random, 0.48, 0.66)), round(main, 0.5));
  for (const x of [-0.15, 0.15, 0.45]) draw(curve([x, -0.34], [x + 0.2, 0], [x, 0.34], 0.04), second);
  draw(ellipse(-0.66, -0.12, 0.13), [1, 1, 1]);
  draw(ellipse(-0.68, -0.12, 0.07), INK);
};

const bird: Drawing = (draw, random, main, second) => {
  const tail = between(random, -0.3, 0.3);
  draw(polygon(0.04, [0.5, 0.2], [1.4, tail], [1.3, tail + 0.3], [0.5, 0.6]), tint(main, -0.3));
  for (const x of [-0.05, 0.2]) draw(stroke([x, 0.8], [x, 1.25], 0.035), [0.7, 0.4, 0.15]);
  draw(grown(ellipse(0.05, 0.25, 0.8, 0.6), ellipse(-0.55, -0.4, 0.42, 0.4), 0.4), round(main, 0.5));
  draw(ellipse(-0.2, 0.4, 0.42, 0.36), tint(second, 0.2), { soft: 3 });
  draw(polygon(0.08, [0, 0], [0.95, 0.35], [0.2, 0.5]), tint(main, -0.25));
  draw(polygon(0.02, [-0.92, -0.5], [-1.3, -0.34], [-0.92, -0.26]), [0.9, 0.6, 0.15]);
  draw(ellipse(-0.64, -0.48, 0.08), INK);
};

const butterfly: Drawing = (draw, random, main, second) => {
  const spread = between(random, 0.85, 1.05);
  for (const side of [-1, 1]) {
    draw(ellipse(side * 0.55 * spread, -0.4, 0.56 * spread, 0.55), round(main, 0.3));
    draw(ellipse(side * 0.45 * spread, 0.45, 0.42 * spread, 0.45), round(second, 0.3));
    draw(ellipse(side * 0.62 * spread, -0.42, 0.2), tint(second, 0.2));
    draw(curve([0, -0.5], [side * 0.1, -1], [side * 0.35, -1.15], 0.025), INK);
  }
  draw(stroke([0, -0.5], [0, 0.6], 0.1, 0.06), INK);
};

const dog: Drawing = (draw, random, main, second) => {
  const turn = between(random, -0.12, 0.12);
  draw(ellipse(0, 2.1, 1.1, 1.5), round(main, 1));
  draw(grown(ellipse(0, -0.15, 0.8, 0.85), ellipse(turn, 0.5, 0.52, 0.6), 0.4), round(main, 0.5));
  for (const side of [-1, 1]) {
    draw(curve([side * 0.55, -0.75], [side * 1.25, -0.6], [side * 1, 0.65], 0.2, 0.26), tint(second, -0.25));
    draw(ellipse(turn + side * 0.34, -0.16, 0.11), INK);
  }
  draw(ellipse(turn, 0.55, 0.44, 0.36), tint(main, 0.25));
  draw(ellipse(turn, 0.34, 0.2, 0.14), INK);
  draw(curve([turn - 0.25, 0.72], [turn, 0.82], [turn + 0.25, 0.72], 0.03), INK);
  if (random.uniform() < 0.5) draw(ellipse(turn, 0.92, 0.13, 0.2), [0.9, 0.4, 0.45]);
};

const bear: Drawing = (draw, random, main) => {
  for (const side of [-1, 1]) {
    draw(ellipse(side * 0.72, -0.7, 0.34), round(main, 0.3));
    draw(ellipse(side * 0.72, -0.7, 0.18), tint(main, -0.3));
  }
  draw(ellipse(0, 2.1, 1.3, 1.4), round(main, 1));
  draw(ellipse(0, 0, 1, 0.92), round(main, 0.5));
  draw(ellipse(0, 0.38, 0.44, 0.36), tint(main, between(random, 0.2, 0.4)));
  draw(ellipse(0, 0.24, 0.17, 0.12), INK);
  for (const side of [-1, 1]) draw(ellipse(side * 0.36, -0.14, 0.09), INK);
};

const owl: Drawing = (draw, random, main, second) => {
  const body = ellipse(0, 0.3, 0.9, 1.2);
  draw(body, round(main, 0.6));
  for (const side of [-1, 1]) {
    draw(both(ellipse(side * 0.85, 0.5, 0.4, 0.9), body), tint(main, -0.3));
    draw(ellipse(side * 0.38, -0.3, 0.38), tint(second, 0.3));
    draw(ellipse(side * 0.38, -0.3, 0.26), [0.96, 0.72, 0.15]);
    draw(ellipse(side * 0.38, -0.3, 0.15), INK);
  }
  draw(polygon(0.02, [-0.12, -0.12], [0.12, -0.12], [0, 0.16]), [0.85, 0.6, 0.2]);
  for (const y of [0.5, 0.75, 1]) {
    for (const x of [-0.3, 0, 0.3]) draw(ellipse(x, y, 0.07, 0.09), tint(second, between(random, -0.3, -0.1)));
  }
};

const rabbit: Drawing = (draw, random, main) => {
  for (const side of [-1, 1]) {
    const flop = between(random, 0.3, 0.55);
    draw(stroke([side * 0.3, -0.4], [side * flop, -1.6], 0.22, 0.16), round(main, 0.25));
    draw(stroke([side * 0.31, -0.5], [side * flop, -1.5], 0.1, 0.07), [0.88, 0.6, 0.6]);
  }
  draw(ellipse(0, 1.7, 0.95, 1.1), round(main, 0.8));
  draw(ellipse(0, 0.1, 0.72, 0.72), round(main, 0.5));
  for (const side of [-1, 1]) draw(ellipse(side * 0.32, 0, 0.11), INK);
  draw(union(ellipse(-0.14, 0.42, 0.18, 0.14), ellipse(0.14, 0.42, 0.18, 0.14)), tint(main, 0.3));
  draw(ellipse(0, 0.3, 0.08, 0.06), [0.85, 0.45, 0.5]);
};

/** Animals nobody would take for a cat. */
export const ANIMALS: readonly Drawing[] = [fish, bird, butterfly];

/** Animals with a face and ears, seen from the front as a cat is: the hard ones. */
export const FACES: readonly Drawing[] = [dog, bear, owl, rabbit];
