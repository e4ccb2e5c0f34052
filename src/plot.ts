// The cost curve as an SVG picture: axes with round ticks, units, a title. Plain shapes, no script, no style sheet.

import type { CostRecord } from "./history.js";
import { digits, escapeXml } from "./text.js";

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 76;
const RIGHT = 24;
const TOP = 48;
const BOTTOM = 60;
export const INK = "#1f2933";
export const GRID = "#d9dee4";
const COLOURS = ["#0b66c3", "#c2410c"];

/** An SVG document of the costs in nats (or squared units) over the iterations, with the validation costs if any. */
export function costPlot(records: readonly CostRecord[], title: string, unit = "nats"): string {
  const series = [
    { name: "training", points: records.map(({ iteration, cost }) => ({ x: iteration, y: cost })) },
    {
      name: "validation",
      points: records.flatMap(({ iteration, validation }) =>
        validation ? [{ x: iteration, y: validation.cost }] : [],
      ),
    },
  ]
    .map(({ name, points }) => ({ name, points: points.filter(({ y }) => Number.isFinite(y)) }))
    .filter(({ points }) => points.length > 0);
  const all = series.flatMap(({ points }) => points);
  const mostX = Math.max(1, ...all.map(({ x }) => x));
  const yTicks = ticks(Math.min(0, ...all.map(({ y }) => y)), Math.max(1e-12, ...all.map(({ y }) => y)));
  const [leastY, mostY] = [yTicks[0]!, yTicks[yTicks.length - 1]!];
  const px = (x: number) => round(LEFT + (x / mostX) * (WIDTH - LEFT - RIGHT));
  const py = (y: number) => round(HEIGHT - BOTTOM - ((y - leastY) / (mostY - leastY)) * (HEIGHT - TOP - BOTTOM));

  const text = (x: number, y: number, content: string, more = "") =>
    `<text x="${x}" y="${y}" fill="${INK}" ${more}>${escapeXml(content)}</text>`;
  const line = (x1: number, y1: number, x2: number, y2: number, colour: string) =>
    `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}"/>`;
  const body = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 28, title, 'font-size="17" font-weight="600"'),
    ...yTicks.flatMap((y) => [
      line(LEFT, py(y), WIDTH - RIGHT, py(y), GRID),
      text(LEFT - 8, py(y) + 4, label(y), 'text-anchor="end"'),
    ]),
    ...ticks(0, mostX)
      .filter((x) => x <= mostX)
      .flatMap((x) => [
        line(px(x), HEIGHT - BOTTOM, px(x), HEIGHT - BOTTOM + 5, INK),
        text(px(x), HEIGHT - BOTTOM + 20, label(x), 'text-anchor="middle"'),
      ]),
    line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, INK),
    line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, INK),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, "iteration", 'text-anchor="middle"'),
    text(
      0,
      0,
      `cost (${unit})`,
      `text-anchor="middle" transform="translate(20 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)"`,
    ),
    ...series.flatMap(({ name, points }, s) => {
      const path = points.map(({ x, y }) => `${px(x)},${py(y)}`).join(" ");
      const curve = `<polyline points="${path}" fill="none" stroke="${COLOURS[s]}" stroke-width="2"/>`;
      const key = text(
        WIDTH - RIGHT,
        TOP + 16 + 18 * s,
        name,
        `text-anchor="end" font-weight="600" style="fill:${COLOURS[s]}"`,
      );
      return series.length > 1 ? [curve, key] : [curve];
    }),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escapeXml(title)}</title>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

/** Round numbers from at most `least` to at least `most`, 4 to 10 of them: steps of 1, 2 or 5 times a power of ten. */
export function ticks(least: number, most: number): number[] {
  const rough = (most - least) / 6;
  let power = 1;
  while (power > rough) power /= 10;
  while (power * 10 <= rough) power *= 10;
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(least / step);
  const last = Math.ceil(most / step);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const round = (value: number) => Math.round(value * 100) / 100;
const label = (value: number) => digits(value, 6);
