// Cats: heads close up, sitting, lying and in profile, in many coats. Units: half a head is 1.
import type { Random } from "../../src/random.js";
import {
  between,
  both,
  type Canvas,
  type Colour,
  curve,
  ellipse,
  type Frame,
  grown,
  mix,
  noise,
  type Paint,
  type Pen,
  pick,
  polygon,
  type Shape,
  stroke,
  tint,
  union,
} from "./canvas.js";
import { furColour, type Tone } from "./scenes.js";

interface Coat {
  readonly tone: Tone;
  readonly base: Colour;
  /** Belly, muzzle and paws. */
  readonly pale: Colour;
  readonly marks: Colour;
  readonly pattern: "plain" | "tabby" | "patches" | "tuxedo" | "points";
  readonly eyes: Colour;
  readonly nose: Colour;
  readonly whiskers: Colour;
  readonly fluff: (x: number, y: number) => number;
}

const EYES: readonly Colour[] = [
  [0.72, 0.78, 0.2],
  [0.94, 0.74, 0.16],
  [0.35, 0.68, 0.4],
  [0.4, 0.66, 0.9],
  [0.85, 0.52, 0.12],
];
const PUPIL: Colour = [0.04, 0.04, 0.05];
const PINK: Colour = [0.88, 0.56, 0.56];

/** Draws a cat whose fur is of the given tone, somewhere near the middle of the picture. */
export function drawCat(canvas: Canvas, random: Random, tone: Tone): void {
  const coat = chooseCoat(random, tone);
  const mirrored = random.uniform() < 0.5;
  const tilt = between(random, -0.08, 0.08);
  const frame = (x: number, y: number, scale: number): Frame => ({
    x: x + between(random, -3, 3),
    y: y + between(random, -2, 2),
    scale: scale * between(random, 0.92, 1.08),
    tilt,
    mirrored,
  });
  const pose = random.uniform();
  if (pose < 0.78) drawPortrait(canvas.pen(frame(32, 35, 20)), random, coat);
  else if (pose < 0.93) drawSitting(canvas.pen(frame(32, 25, 13.5)), random, coat);
  else if (pose < 0.97) drawLying(canvas.pen(frame(32, 36, 11)), random, coat);
  else drawProfile(canvas.pen(frame(32, 34, 17)), random, coat);
}

function chooseCoat(random: Random, tone: Tone): Coat {
  const base = furColour(random, tone);
  const pattern = pick(random, ["plain", "tabby", "tabby", "patches", "tuxedo", "points"] as const);
  return {
    tone,
    base,
    pale: tint(base, tone === "light" ? 0.5 : between(random, 0.08, 0.3)),
    marks: tone === "light" ? mix(tint(base, -0.45), [0.5, 0.3, 0.15], 0.3) : tint(base, pick(random, [-0.6, 0.25])),
    pattern,
    eyes: pick(random, EYES),
    nose: random.uniform() < 0.6 ? PINK : tint(base, -0.7),
    whiskers: tone === "light" ? [0.35, 0.33, 0.32] : [0.9, 0.9, 0.9],
    fluff: noise(random, 4),
  };
}

/** Fur over a shape `depth` units thick: round, fluffy, and patched or tipped as the coat wants. */
function fur(coat: Coat, depth: number, tip = 0): Paint {
  return (x, y, distance) => {
    let colour = coat.base;
    if (coat.pattern === "patches") colour = mix(colour, coat.marks, 12 * (coat.fluff(x * 0.25 + 1, y * 0.25) - 0.55));
    if (coat.pattern === "points") colour = mix(colour, coat.marks, tip);
    const ridge = 0.14 * (coat.fluff(x, y) - 0.5);
    return tint(mix(colour, tint(colour, -0.3), 1 + distance / depth), ridge);
  };
}

/** A head seen from the front. `turn` moves the face to one side of it. */
function drawHead(draw: Pen, random: Random, coat: Coat): void {
  const turn = between(random, -0.14, 0.14);
  const height = between(random, 0.92, 1.08);
  for (const side of [-1, 1]) {
    const tipX = side * between(random, 0.72, 0.86);
    const ear = polygon(0.05, [side * 0.94, -0.16], [tipX, -1.3 * height], [side * 0.16, -0.7]);
    draw(ear, fur(coat, 0.6, 0.9));
    const inner = polygon(0.02, [side * 0.82, -0.4], [tipX * 0.96, -1.1 * height], [side * 0.36, -0.68]);
    draw(inner, mix(PINK, coat.base, coat.tone === "light" ? 0.35 : 0.6));
  }
  const skull = grown(ellipse(0, -0.06, 0.95, 0.84), ellipse(0, 0.3, 1.04, 0.56), 0.3);
  draw(skull, fur(coat, 0.5));
  drawFaceMarks(draw, coat, turn);
  drawMuzzle(draw, random, coat, turn);
  drawEyes(draw, random, coat, turn);
}

function drawFaceMarks(draw: Pen, coat: Coat, turn: number): void {
  if (coat.pattern === "tabby") {
    for (const x of [-0.3, 0, 0.3]) draw(stroke([x * 1.2, -0.8], [x * 0.7 + turn, -0.42], 0.07, 0.03), coat.marks);
    for (const side of [-1, 1]) {
      for (const y of [0.05, 0.28]) {
        draw(stroke([side * 0.98, y], [side * 0.66, y + 0.1], 0.05, 0.02), coat.marks);
      }
    }
  } else if (coat.pattern === "tuxedo") {
    draw(polygon(0.06, [turn, -0.75], [turn + 0.34, 0.5], [turn - 0.34, 0.5]), coat.pale);
  } else if (coat.pattern === "points") {
    draw(ellipse(turn, 0.22, 0.52, 0.48), coat.marks, { soft: 6, alpha: 0.8 });
  }
}

function drawMuzzle(draw: Pen, random: Random, coat: Coat, turn: number): void {
  const x = turn * 1.4;
  const dark = tint(coat.nose, -0.55);
  draw(ellipse(x, 0.62, 0.24, 0.16), coat.pale);
  draw(union(ellipse(x - 0.2, 0.44, 0.29, 0.22), ellipse(x + 0.2, 0.44, 0.29, 0.22)), coat.pale);
  draw(curve([x, 0.36], [x - 0.02, 0.62], [x - 0.28, 0.56], 0.025), dark);
  draw(curve([x, 0.36], [x + 0.02, 0.62], [x + 0.28, 0.56], 0.025), dark);
  draw(polygon(0.03, [x - 0.12, 0.22], [x + 0.12, 0.22], [x, 0.36]), coat.nose);
  const droop = between(random, -0.1, 0.15);
  for (const side of [-1, 1]) {
    for (const y of [-0.12, 0.02, 0.16]) {
      const end = [x + side * 1.35, 0.46 + droop + y * 2] as const;
      draw(curve([x + side * 0.3, 0.44 + y * 0.5], [x + side * 0.8, 0.36 + y * 1.5], end, 0.02, 0.012), coat.whiskers, {
        alpha: 0.8,
      });
    }
  }
}

function drawEyes(draw: Pen, random: Random, coat: Coat, turn: number): void {
  const asleep = random.uniform() < 0.1;
  const pupil = between(random, 0.05, 0.13);
  const open = between(random, 0.15, 0.22);
  for (const side of [-1, 1]) {
    const x = turn + side * 0.42;
    if (asleep) {
      draw(curve([x - 0.2, -0.04], [x, 0.12], [x + 0.2, -0.04], 0.035), tint(coat.base, -0.75));
      continue;
    }
    const slit: Shape = both(ellipse(x, -0.02, 0.25, open), ellipse(x - side * 0.05, -0.08, 0.28, open + 0.05));
    draw(ellipse(x, -0.04, 0.28, open + 0.06), tint(coat.base, coat.tone === "light" ? -0.6 : -0.5));
    draw(slit, coat.eyes);
    draw(ellipse(x, -0.04, pupil, open - 0.02), PUPIL);
    draw(ellipse(x + 0.06, -0.11, 0.045), [1, 1, 1]);
  }
}

/** Head and shoulders. */
function drawPortrait(draw: Pen, random: Random, coat: Coat): void {
  const width = between(random, 0.9, 1.15);
  const lean = between(random, -0.2, 0.2);
  draw(ellipse(lean, 2.1, width * 1.15, 1.6), fur(coat, 1));
  draw(ellipse(lean, 1.55, 0.5, 0.8), coat.pattern === "tuxedo" ? coat.pale : tint(coat.base, 0.06), { soft: 5 });
  drawHead(draw, random, coat);
}

/** The whole cat from the front, its tail around one side. */
function drawSitting(draw: Pen, random: Random, coat: Coat): void {
  const tipY = between(random, 0.6, 2.4);
  draw(curve([0.5, 2.5], [2.3, 2.8], [1.7, tipY], 0.22, 0.16), fur(coat, 0.4, 0.8));
  const body = grown(ellipse(0, 1.2, 0.75, 0.9), ellipse(0, 2.1, 1.1, 0.75), 0.5);
  draw(body, fur(coat, 0.8));
  if (coat.pattern === "tabby")
    drawStripes(draw, coat, [
      [-0.95, 1.7],
      [-0.95, 2.1],
      [0.95, 1.7],
      [0.95, 2.1],
    ]);
  draw(ellipse(0, 1.2, 0.42, 0.6), coat.pale, { soft: 3 });
  for (const side of [-1, 1]) {
    draw(stroke([side * 0.3, 1.5], [side * 0.34, 2.6], 0.24, 0.22), fur(coat, 0.5, 0.7));
    draw(ellipse(side * 0.36, 2.72, 0.3, 0.18), coat.pale);
  }
  drawHead(draw, random, coat);
}

function drawStripes(draw: Pen, coat: Coat, at: readonly (readonly [number, number])[]): void {
  for (const [x, y] of at) draw(stroke([x, y], [x * 0.6, y + 0.08], 0.1, 0.04), coat.marks);
}

/** Stretched out to one side, the head before the body. */
function drawLying(draw: Pen, random: Random, coat: Coat): void {
  const tipY = between(random, -0.6, 1.2);
  draw(curve([1.8, 1.1], [3, 1.5], [2.6, tipY], 0.24, 0.18), fur(coat, 0.4, 0.8));
  const body = grown(ellipse(0.6, 0.75, 1.7, 0.85), ellipse(1.5, 0.7, 0.9, 0.85), 0.4);
  draw(body, fur(coat, 0.8));
  if (coat.pattern === "tabby") {
    for (const x of [0.6, 1.1, 1.6]) draw(stroke([x, -0.05], [x - 0.1, 0.6], 0.1, 0.05), coat.marks);
  }
  draw(stroke([-1, 1.3], [0.2, 1.35], 0.24, 0.26), fur(coat, 0.5, 0.7));
  draw(stroke([-0.6, 1.5], [0.9, 1.5], 0.2, 0.22), fur(coat, 0.4, 0.7));
  draw(ellipse(-0.75, 1.52, 0.26, 0.17), coat.pale);
  const head: Pen = (shape, paint, options) =>
    draw(
      (x, y) => shape(x + 0.9, y + 0.1),
      typeof paint === "function" ? (x, y, distance) => paint(x + 0.9, y + 0.1, distance) : paint,
      options,
    );
  drawHead(head, random, coat);
}

/** Head and neck seen from the side, looking to the left. */
function drawProfile(draw: Pen, random: Random, coat: Coat): void {
  const chin = between(random, -0.05, 0.08);
  draw(polygon(0.2, [-0.1, 0.4], [0.9, 0], [1.6, 2.6], [-0.6, 2.6]), fur(coat, 0.9));
  draw(polygon(0.05, [-0.02, -0.7], [0.36, -1.42], [0.6, -0.5]), tint(coat.base, -0.25));
  draw(grown(ellipse(0.1, 0, 0.95, 0.85), ellipse(-0.72, 0.3, 0.45, 0.34), 0.4), fur(coat, 0.5));
  draw(polygon(0.05, [0.16, -0.6], [0.62, -1.4], [0.96, -0.2]), fur(coat, 0.5, 0.9));
  draw(polygon(0.02, [0.4, -0.55], [0.64, -1.1], [0.82, -0.35]), mix(PINK, coat.base, 0.5));
  if (coat.pattern === "tabby") {
    for (const y of [-0.1, 0.15, 0.4]) draw(stroke([0.35, y], [0.95, y - 0.1], 0.04, 0.07), coat.marks);
  }
  draw(ellipse(-0.76, 0.42 + chin, 0.32, 0.2), coat.pale);
  draw(polygon(0.04, [-1.16, 0.16], [-0.98, 0.14], [-1.06, 0.32]), coat.nose);
  draw(curve([-1.04, 0.34], [-0.9, 0.5], [-0.6, 0.46], 0.025), tint(coat.nose, -0.55));
  draw(ellipse(-0.42, -0.14, 0.2, 0.2), tint(coat.base, -0.6));
  draw(ellipse(-0.44, -0.14, 0.16, 0.16), coat.eyes);
  draw(ellipse(-0.5, -0.14, 0.06, 0.14), PUPIL);
  for (const y of [0.1, 0.3, 0.5]) {
    draw(curve([-0.7, 0.4], [-0.3, y + 0.2], [0.3, y + 0.35], 0.02, 0.012), coat.whiskers, { alpha: 0.8 });
  }
}
