// A tiny rasteriser: shapes are signed distances, painted with soft edges onto 64x64 pictures of floats.
// It draws the embedded pictures while the package is built and is no general drawing library. Only + - * / sqrt,
// floor, abs, min and max are used, so that every engine draws the same bytes.
import type { Random } from "../../src/random.js";

export const SIDE = 64;

export type Point = readonly [x: number, y: number];
/** Red, green, blue in [0, 1]. */
export type Colour = readonly [red: number, green: number, blue: number];
/** Signed distance of a point to the outline: negative inside, y downwards. */
export type Shape = (x: number, y: number) => number;
/** One colour, or a colour for every point and its distance to the outline. */
export type Paint = Colour | ((x: number, y: number, distance: number) => Colour);
/** Paints a shape in the coordinates of a frame; `soft` is the width of the edge in pixels. */
export type Pen = (shape: Shape, paint: Paint, options?: { alpha?: number; soft?: number }) => void;

/** Where a figure stands: its origin in pixels, pixels per unit, the tangent of half its angle, left and right swapped. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly tilt: number;
  readonly mirrored: boolean;
}

/** The frame whose units are pixels. */
export const PIXELS: Frame = { x: 0, y: 0, scale: 1, tilt: 0, mirrored: false };

export class Canvas {
  private readonly values = new Float64Array(SIDE * SIDE * 3);

  /** A pen for figures that stand in `frame`. */
  pen(frame: Frame): Pen {
    // the rational parametrisation of the circle: no sine, no cosine
    const cos = (1 - frame.tilt * frame.tilt) / (1 + frame.tilt * frame.tilt);
    const sin = (2 * frame.tilt) / (1 + frame.tilt * frame.tilt);
    return (shape, paint, { alpha = 1, soft = 1 } = {}) => {
      for (let row = 0; row < SIDE; row++) {
        for (let column = 0; column < SIDE; column++) {
          const dx = (column + 0.5 - frame.x) / frame.scale;
          const dy = (row + 0.5 - frame.y) / frame.scale;
          const along = cos * dx + sin * dy;
          const x = frame.mirrored ? -along : along;
          const y = cos * dy - sin * dx;
          const distance = shape(x, y);
          const cover = alpha * clamp(0.5 - (distance * frame.scale) / soft);
          if (cover === 0) continue;
          const colour = typeof paint === "function" ? paint(x, y, distance) : paint;
          const at = (row * SIDE + column) * 3;
          for (let c = 0; c < 3; c++) this.values[at + c]! += cover * (colour[c]! - this.values[at + c]!);
        }
      }
    };
  }

  /** More or less light from one side and the grain of a camera, then bytes: (64, 64, 3) at `offset` of `out`. */
  develop(random: Random, out: Uint8Array, offset: number): void {
    const exposure = between(random, 0.65, 0.95);
    const grain = between(random, 0.002, 0.005);
    const slopeX = between(random, -0.2, 0.2);
    const slopeY = between(random, -0.2, 0.2);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const x = (i % SIDE) / (SIDE - 1) - 0.5;
      const y = Math.floor(i / SIDE) / (SIDE - 1) - 0.5;
      const light = exposure * (1 + slopeX * x + slopeY * y);
      const speck = grain * (random.uniform() + random.uniform() + random.uniform() - 1.5);
      for (let c = 0; c < 3; c++) {
        out[offset + i * 3 + c] = Math.floor(clamp(this.values[i * 3 + c]! * light + speck) * 255 + 0.5);
      }
    }
  }
}

/** The whole picture. */
export const everywhere: Shape = () => -1e6;

/** All below the line y = level, which rises by `slope`. */
export function below(level: number, slope = 0): Shape {
  return (x, y) => level + slope * x - y;
}

/** Axes parallel to the coordinates; the distance is exact at the outline and good near it. */
export function ellipse(cx: number, cy: number, rx: number, ry = rx): Shape {
  return (x, y) => {
    const u = (x - cx) / rx;
    const v = (y - cy) / ry;
    const near = Math.sqrt(u * u + v * v);
    const steep = Math.sqrt((u * u) / (rx * rx) + (v * v) / (ry * ry));
    return steep === 0 ? -Math.min(rx, ry) : (near * (near - 1)) / steep;
  };
}

/** A straight stroke from `a` to `b` with round ends, whose radius goes from `ra` to `rb`. */
export function stroke(a: Point, b: Point, ra: number, rb = ra): Shape {
  const ux = b[0] - a[0];
  const uy = b[1] - a[1];
  const square = ux * ux + uy * uy;
  return (x, y) => {
    const t = clamp(((x - a[0]) * ux + (y - a[1]) * uy) / square);
    const dx = x - a[0] - t * ux;
    const dy = y - a[1] - t * uy;
    return Math.sqrt(dx * dx + dy * dy) - (ra + t * (rb - ra));
  };
}

/** A bent stroke: the quadratic Bézier curve a, b, c in eight straight pieces. */
export function curve(a: Point, b: Point, c: Point, ra: number, rc = ra): Shape {
  const at = (t: number): Point => [
    (1 - t) * (1 - t) * a[0] + 2 * t * (1 - t) * b[0] + t * t * c[0],
    (1 - t) * (1 - t) * a[1] + 2 * t * (1 - t) * b[1] + t * t * c[1],
  ];
  const pieces = Array.from({ length: 8 }, (_, i) =>
    stroke(at(i / 8), at((i + 1) / 8), ra + (i / 8) * (rc - ra), ra + ((i + 1) / 8) * (rc - ra)),
  );
  return union(...pieces);
}

/** The inside of a closed line through the points, grown by `radius`, which rounds its corners. */
export function polygon(radius: number, ...points: readonly Point[]): Shape {
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let inside = false;
    let [px, py] = points[points.length - 1]!;
    for (const [qx, qy] of points) {
      const ux = px - qx;
      const uy = py - qy;
      const t = clamp(((x - qx) * ux + (y - qy) * uy) / (ux * ux + uy * uy));
      const dx = x - qx - t * ux;
      const dy = y - qy - t * uy;
      nearest = Math.min(nearest, dx * dx + dy * dy);
      if (qy > y !== py > y && x < qx + ((y - qy) * ux) / uy) inside = !inside;
      px = qx;
      py = qy;
    }
    return (inside ? -Math.sqrt(nearest) : Math.sqrt(nearest)) - radius;
  };
}

/** A rectangle between two corners. */
export function box(left: number, top: number, right: number, bottom: number, radius = 0): Shape {
  const [l, t, r, b] = [left + radius, top + radius, right - radius, bottom - radius];
  return polygon(radius, [l, t], [r, t], [r, b], [l, b]);
}

export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (const shape of shapes) nearest = Math.min(nearest, shape(x, y));
    return nearest;
  };
}

/** Two shapes grown together over a seam of the given width, as limbs are with a body. */
export function grown(a: Shape, b: Shape, seam: number): Shape {
  return (x, y) => {
    const p = a(x, y);
    const q = b(x, y);
    const bridge = Math.max(seam - Math.abs(p - q), 0) / seam;
    return Math.min(p, q) - bridge * bridge * seam * 0.25;
  };
}

export function both(a: Shape, b: Shape): Shape {
  return (x, y) => Math.max(a(x, y), b(x, y));
}

export function without(a: Shape, b: Shape): Shape {
  return (x, y) => Math.max(a(x, y), -b(x, y));
}

export function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

/** From `a` (share 0) to `b` (share 1). */
export function mix(a: Colour, b: Colour, share: number): Colour {
  const t = clamp(share);
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
}

/** Lighter (amount above 0) or darker (below 0) by a share of the way to white or black. */
export function tint(colour: Colour, amount: number): Colour {
  return amount < 0 ? mix(colour, [0, 0, 0], -amount) : mix(colour, [1, 1, 1], amount);
}

/** Colours that run from `a` at the point `from` to `b` at the point `to`. */
export function gradient(a: Colour, b: Colour, from: Point, to: Point): Paint {
  const ux = to[0] - from[0];
  const uy = to[1] - from[1];
  const square = ux * ux + uy * uy;
  return (x, y) => mix(a, b, ((x - from[0]) * ux + (y - from[1]) * uy) / square);
}

/** A colour that darkens towards the outline over `depth` units, so that a shape looks round. */
export function round(colour: Colour, depth: number, amount = 0.3): Paint {
  const edge = tint(colour, -amount);
  const lit = tint(colour, amount * 0.25);
  return (_x, y, distance) => mix(mix(lit, colour, 0.5 + 0.5 * y), edge, 1 + distance / depth);
}

/** Smooth noise in [0, 1] that repeats every `period` units. */
export function noise(random: Random, period: number): (x: number, y: number) => number {
  const CELLS = 16;
  const grid = Float64Array.from({ length: CELLS * CELLS }, () => random.uniform());
  const at = (i: number, j: number): number => grid[(j % CELLS) * CELLS + (i % CELLS)]!;
  return (x, y) => {
    const u = (x / period - Math.floor(x / period)) * CELLS;
    const v = (y / period - Math.floor(y / period)) * CELLS;
    const i = Math.floor(u);
    const j = Math.floor(v);
    const s = (u - i) * (u - i) * (3 - 2 * (u - i));
    const t = (v - j) * (v - j) * (3 - 2 * (v - j));
    const top = at(i, j) + s * (at(i + 1, j) - at(i, j));
    const bottom = at(i, j + 1) + s * (at(i + 1, j + 1) - at(i, j + 1));
    return top + t * (bottom - top);
  };
}

export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random.uniform() * from.length)]!;
}
