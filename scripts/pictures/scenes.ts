// Backgrounds and colours, light or dark. Cats and other things share them, so that neither colour nor brightness
// gives a cat away.
import type { Random } from "../../src/random.js";
import {
  below,
  between,
  box,
  type Canvas,
  type Colour,
  curve,
  ellipse,
  everywhere,
  gradient,
  mix,
  noise,
  PIXELS,
  pick,
  SIDE,
  tint,
} from "./canvas.js";

export type Tone = "light" | "dark";

/** Furs, woods, stones and skins: what a cat or any other thing may be coloured. */
const NATURAL: Record<Tone, readonly Colour[]> = {
  light: [
    [0.95, 0.94, 0.92], // white
    [0.94, 0.86, 0.71], // cream
    [0.9, 0.64, 0.34], // ginger
    [0.76, 0.77, 0.8], // silver
    [0.84, 0.74, 0.62], // fawn
    [0.8, 0.76, 0.78], // lilac
  ],
  dark: [
    [0.1, 0.1, 0.12], // black
    [0.24, 0.24, 0.27], // charcoal
    [0.3, 0.2, 0.14], // chocolate
    [0.22, 0.26, 0.33], // slate
    [0.4, 0.23, 0.1], // dark ginger
    [0.27, 0.24, 0.18], // brown tabby
  ],
};

/** Paint, leaves, water, cloth: what only other things are coloured. */
const VIVID: Record<Tone, readonly Colour[]> = {
  light: [
    [0.98, 0.84, 0.3],
    [0.98, 0.66, 0.66],
    [0.62, 0.88, 0.56],
    [0.55, 0.84, 0.95],
    [0.98, 0.72, 0.4],
    [0.86, 0.72, 0.96],
  ],
  dark: [
    [0.55, 0.08, 0.1],
    [0.08, 0.3, 0.14],
    [0.1, 0.16, 0.42],
    [0.36, 0.1, 0.34],
    [0.06, 0.3, 0.34],
    [0.42, 0.2, 0.06],
  ],
};

/** Walls, skies and lawns. */
const GROUNDS: Record<Tone, readonly Colour[]> = {
  light: [
    [0.93, 0.91, 0.86],
    [0.72, 0.86, 0.95],
    [0.96, 0.84, 0.68],
    [0.74, 0.88, 0.68],
    [0.95, 0.8, 0.82],
    [0.8, 0.82, 0.86],
    [0.88, 0.76, 0.6],
  ],
  dark: [
    [0.12, 0.13, 0.16],
    [0.08, 0.14, 0.28],
    [0.26, 0.14, 0.08],
    [0.08, 0.22, 0.1],
    [0.28, 0.09, 0.12],
    [0.2, 0.2, 0.22],
    [0.2, 0.11, 0.24],
  ],
};

export function anyTone(random: Random): Tone {
  return pick(random, ["light", "dark"]);
}

/** The tone that sets a figure off from what is behind it. */
export function opposite(tone: Tone): Tone {
  return tone === "light" ? "dark" : "light";
}

export function furColour(random: Random, tone: Tone): Colour {
  return vary(random, pick(random, NATURAL[tone]));
}

export function thingColour(random: Random, tone: Tone): Colour {
  return random.uniform() < 0.5 ? furColour(random, tone) : vary(random, pick(random, VIVID[tone]));
}

/** The same colour, a little lighter, darker or of another hue. */
function vary(random: Random, colour: Colour): Colour {
  const light = between(random, -0.1, 0.1);
  return tint([colour[0] + between(random, -0.04, 0.04), colour[1] + between(random, -0.04, 0.04), colour[2]], light);
}

/** Fills the canvas with a background of the given tone. */
export function paintScene(canvas: Canvas, random: Random, tone: Tone): void {
  const draw = canvas.pen(PIXELS);
  const wall = vary(random, pick(random, GROUNDS[tone]));
  const other = vary(random, pick(random, GROUNDS[tone]));
  const horizon = between(random, 38, 56);
  draw(everywhere, gradient(tint(wall, 0.06), tint(wall, -0.12), [between(random, -30, 30), 0], [32, SIDE]));
  switch (pick(random, ["plain", "room", "meadow", "lights", "window", "clouds"] as const)) {
    case "plain":
      break;
    case "room": {
      draw(below(horizon), gradient(tint(other, -0.2), other, [0, horizon], [0, SIDE]));
      draw(box(-2, horizon - 1.5, SIDE + 2, horizon), tint(other, -0.3));
      break;
    }
    case "meadow": {
      const blades = noise(random, 40);
      draw(below(horizon, between(random, -0.1, 0.1)), (x, y) => tint(other, 0.25 * (blades(x * 2, y) - 0.6)));
      break;
    }
    case "lights": {
      for (let i = 0; i < 7; i++) {
        const spot = ellipse(between(random, 0, SIDE), between(random, 0, SIDE), between(random, 4, 10));
        draw(spot, tint(other, between(random, -0.1, 0.2)), { alpha: 0.5, soft: 4 });
      }
      break;
    }
    case "window": {
      const left = between(random, -6, 34);
      const glass = tint(other, 0.12);
      draw(box(left, 4, left + 30, 36), mix(wall, tint(wall, -1), 0.25));
      draw(box(left + 2, 6, left + 14, 34), gradient(glass, tint(glass, -0.15), [0, 6], [0, 34]));
      draw(box(left + 16, 6, left + 28, 34), gradient(glass, tint(glass, -0.15), [0, 6], [0, 34]));
      break;
    }
    case "clouds": {
      const cloud = noise(random, 190);
      draw(everywhere, (x, y) => mix(wall, other, 1.6 * cloud(x, y) - 0.3));
      const y = between(random, 50, 60);
      draw(curve([-4, y], [32, y - between(random, 0, 8)], [68, y], 2, 2), tint(other, -0.2), { soft: 5, alpha: 0.6 });
      break;
    }
  }
}
