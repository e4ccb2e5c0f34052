// Things people make: houses, cars, boats, mugs and the like. None of them is a cat. Units: about half the thing is 1.
import type { Random } from "../../src/random.js";
import {
  below,
  between,
  both,
  box,
  type Colour,
  ellipse,
  gradient,
  mix,
  type Pen,
  type Point,
  pick,
  polygon,
  round,
  stroke,
  tint,
  without,
} from "./canvas.js";

/** Draws one thing in a main and a second colour. */
export type Drawing = (draw: Pen, random: Random, main: Colour, second: Colour) => void;

const GLASS: Colour = [0.62, 0.8, 0.9];
const RUBBER: Colour = [0.08, 0.08, 0.09];

const house: Drawing = (draw, random, main, second) => {
  const eaves = between(random, -0.35, 0);
  draw(box(0.35, eaves - 0.85, 0.6, eaves), tint(second, -0.3));
  draw(box(-0.85, eaves, 0.85, 1.1), gradient(tint(main, 0.1), tint(main, -0.15), [-0.8, 0], [0.8, 0]));
  draw(polygon(0.03, [-1.1, eaves], [0, eaves - 0.95], [1.1, eaves]), second);
  draw(box(-0.16, 0.42, 0.22, 1.1), tint(second, -0.35));
  for (const x of [-0.65, 0.4]) {
    draw(box(x, 0.2, x + 0.34, 0.55), GLASS);
    draw(stroke([x + 0.17, 0.2], [x + 0.17, 0.55], 0.02), tint(main, -0.5));
  }
};

const tower: Drawing = (draw, random, main, second) => {
  const floors = 4 + Math.floor(random.uniform() * 3);
  draw(box(-0.55, -1.2, 0.6, 1.2), gradient(tint(main, 0.1), tint(main, -0.25), [-0.5, 0], [0.6, 0]));
  for (let i = 0; i < floors; i++) {
    const y = -1.05 + (2 * i) / floors;
    for (const x of [-0.42, -0.08, 0.26]) {
      draw(box(x, y, x + 0.2, y + 0.9 / floors), random.uniform() < 0.3 ? [0.98, 0.9, 0.5] : second);
    }
  }
};

const car: Drawing = (draw, random, main, second) => {
  const roof = between(random, -0.55, -0.4);
  draw(ellipse(0, 0.72, 1.3, 0.12), [0.05, 0.05, 0.06], { alpha: 0.5, soft: 4 });
  draw(polygon(0.06, [-0.75, 0], [-0.4, roof], [0.4, roof], [0.85, 0]), tint(main, -0.1));
  draw(polygon(0.02, [-0.6, 0], [-0.34, roof + 0.08], [-0.03, roof + 0.08], [-0.03, 0]), GLASS);
  draw(polygon(0.02, [0.06, 0], [0.06, roof + 0.08], [0.34, roof + 0.08], [0.66, 0]), GLASS);
  draw(box(-1.25, -0.04, 1.25, 0.52, 0.16), gradient(tint(main, 0.15), tint(main, -0.25), [0, 0], [0, 0.5]));
  draw(ellipse(-1.18, 0.14, 0.08, 0.1), [1, 0.95, 0.7]);
  for (const x of [-0.72, 0.74]) {
    draw(ellipse(x, 0.52, 0.29), RUBBER);
    draw(ellipse(x, 0.52, 0.14), mix(second, [0.7, 0.7, 0.72], 0.6));
  }
};

const boat: Drawing = (draw, random, main, second) => {
  const lean = between(random, -0.15, 0.15);
  draw(stroke([lean, -1.25], [0, 0.5], 0.04), [0.3, 0.2, 0.12]);
  draw(polygon(0.02, [lean + 0.06, -1.2], [0.95, 0.3], [0.08, 0.3]), main);
  draw(polygon(0.02, [lean - 0.06, -1], [-0.7, 0.3], [-0.08, 0.3]), tint(main, -0.15));
  draw(polygon(0.04, [-1.15, 0.45], [1.15, 0.45], [0.75, 0.95], [-0.8, 0.95]), second);
  draw(below(0.85), tint([0.2, 0.42, 0.62], between(random, -0.3, 0.3)), { alpha: 0.75 });
};

const mug: Drawing = (draw, random, main, second) => {
  const height = between(random, 0.7, 0.95);
  draw(without(ellipse(0.8, 0.1, 0.5, 0.5), ellipse(0.8, 0.1, 0.32, 0.32)), tint(main, -0.2));
  draw(box(-0.75, -height, 0.75, height, 0.12), gradient(tint(main, 0.15), tint(main, -0.3), [-0.7, 0], [0.75, 0]));
  draw(ellipse(0, -height + 0.04, 0.74, 0.2), tint(main, 0.2));
  draw(ellipse(0, -height + 0.06, 0.64, 0.14), [0.28, 0.16, 0.08]);
  draw(box(-0.75, 0, 0.75, 0.22), second, { alpha: 0.8 });
};

const ball: Drawing = (draw, random, main, second) => {
  const disc = ellipse(0, 0, 1);
  draw(ellipse(0, 1.02, 0.9, 0.12), [0.04, 0.04, 0.05], { alpha: 0.5, soft: 4 });
  draw(disc, round(main, 0.8, 0.4));
  switch (pick(random, ["stripe", "patches", "segments"] as const)) {
    case "stripe":
      draw(both(disc, box(-1, -0.25, 1, 0.25)), round(second, 0.8, 0.4));
      break;
    case "patches":
      for (const [x, y] of [
        [0, 0],
        [-0.75, -0.4],
        [0.72, -0.42],
        [-0.5, 0.74],
        [0.52, 0.74],
        [0, -0.95],
      ] as const) {
        draw(both(disc, ellipse(x, y, 0.27)), second);
      }
      break;
    case "segments":
      for (const x of [-0.9, 0.9]) draw(both(disc, without(ellipse(x, 0, 0.75, 1), ellipse(x, 0, 0.68, 0.93))), second);
      draw(stroke([0, -1], [0, 1], 0.03), second);
      break;
  }
  draw(ellipse(-0.36, -0.42, 0.2, 0.16), [1, 1, 1], { alpha: 0.5, soft: 4 });
};

const lamp: Drawing = (draw, random, main, second) => {
  const wide = between(random, 0.7, 0.95);
  draw(stroke([0, 0], [0, 1], 0.07), tint(second, -0.3));
  draw(ellipse(0, 1.08, 0.55, 0.14), second);
  draw(
    polygon(0.04, [-0.4, -1], [0.4, -1], [wide, 0.05], [-wide, 0.05]),
    gradient(tint(main, 0.3), main, [0, 0], [0, -1]),
  );
};

const balloon: Drawing = (draw, random, main, second) => {
  const disc = ellipse(0, -0.35, 0.95, 0.95);
  for (const x of [-0.5, 0.5]) draw(stroke([x, 0.4], [x * 0.4, 1], 0.02), tint(second, -0.4));
  draw(disc, round(main, 0.7, 0.35));
  const gore = between(random, 0.25, 0.4);
  draw(both(disc, ellipse(0, -0.35, gore, 0.95)), second);
  for (const x of [-1, 1]) draw(both(disc, without(disc, ellipse(-x * 0.25, -0.35, 0.95, 1))), second);
  draw(box(-0.24, 0.95, 0.24, 1.25, 0.04), [0.45, 0.28, 0.14]);
};

const umbrella: Drawing = (draw, random, main, second) => {
  const rim = between(random, -0.05, 0.1);
  draw(stroke([0, -0.9], [0, 1], 0.045), [0.35, 0.24, 0.16]);
  draw(without(ellipse(0.16, 1, 0.2), ellipse(0.16, 0.94, 0.11, 0.16)), [0.35, 0.24, 0.16]);
  const dome = both(ellipse(0, 0.1, 1.15, 1), box(-2, -2, 2, rim));
  draw(dome, round(main, 0.6));
  draw(both(dome, ellipse(0, 0.1, 0.42, 1)), second);
};

const clock: Drawing = (draw, random, main, second) => {
  draw(ellipse(0, 0, 1), tint(second, -0.15));
  draw(ellipse(0, 0, 0.82), main);
  const ink = main[1] > 0.5 ? RUBBER : ([0.95, 0.93, 0.88] as const);
  for (const [x, y] of [
    [0, -0.66],
    [0.66, 0],
    [0, 0.66],
    [-0.66, 0],
  ] as const)
    draw(ellipse(x, y, 0.07), ink);
  const hour: Point = [between(random, -0.4, 0.4), between(random, -0.4, 0.4)];
  draw(stroke([0, 0], hour, 0.06), ink);
  draw(stroke([0, 0], [between(random, -0.2, 0.2), pick(random, [-0.6, 0.6])], 0.04), ink);
};

const bottle: Drawing = (draw, random, main, second) => {
  const shoulder = between(random, -0.4, -0.1);
  draw(box(-0.17, -1.3, 0.17, shoulder + 0.1), tint(main, -0.15));
  draw(box(-0.2, -1.35, 0.2, -1.12, 0.03), second);
  draw(box(-0.48, shoulder, 0.48, 1.25, 0.22), gradient(tint(main, 0.2), tint(main, -0.25), [-0.4, 0], [0.45, 0]));
  draw(box(-0.48, 0.2, 0.48, 0.8), mix(second, [1, 1, 1], 0.4));
};

const books: Drawing = (draw, random, main, second) => {
  let left = -1.2;
  while (left < 0.9) {
    const width = between(random, 0.22, 0.42);
    const top = between(random, -0.95, -0.4);
    const colour = tint(pick(random, [main, second]), between(random, -0.25, 0.25));
    draw(box(left, top, left + width - 0.03, 0.95, 0.03), colour);
    draw(box(left, top + 0.2, left + width - 0.03, top + 0.3), tint(colour, 0.4));
    left += width;
  }
  draw(box(-1.4, 0.95, 1.4, 1.1), [0.42, 0.28, 0.16]);
};

export const THINGS: readonly Drawing[] = [
  house,
  tower,
  car,
  boat,
  mug,
  ball,
  lamp,
  balloon,
  umbrella,
  clock,
  bottle,
  books,
];
