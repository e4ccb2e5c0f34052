// Predicted numbers over the true ones as an SVG picture: a point for each example, and the line where both are the same.
// Plain shapes, no script, no style sheet.

import { GRID, INK } from "../../src/plot.js";
import { digits, escapeXml } from "../../src/text.js";

const SIDE = 300; // of the panel
const LEFT = 70;
const TOP = 12;
const BOTTOM = 48;
const GAP = 24;
const MOST = 1500; // points; more of them are one blot
const TICKS = 4;

/** `truth` and `answers` are (count, outputs) row-major; a panel for each output, at most three. */
export function scatterPlot(
  truth: ArrayLike<number>,
  answers: ArrayLike<number>,
  outputs: number,
  names: readonly string[] | null,
): string {
  const panels = Math.min(3, outputs);
  const [width, height] = [panels * (LEFT + SIDE + GAP), TOP + SIDE + BOTTOM];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...Array.from({ length: panels }, (_, j) => {
      const of = (values: ArrayLike<number>) =>
        Float64Array.from({ length: values.length / outputs }, (_, i) => values[i * outputs + j]!);
      return panel(of(truth), of(answers), names?.[j] ?? "", LEFT + j * (LEFT + SIDE + GAP));
    }).flat(),
    "</svg>",
    "",
  ].join("\n");
}

function panel(truth: Float64Array, answers: Float64Array, name: string, left: number): string[] {
  const every = Math.ceil(truth.length / MOST);
  const shown = Array.from({ length: Math.ceil(truth.length / every) }, (_, i) => i * every);
  const all = shown.flatMap((i) => [truth[i]!, answers[i]!]);
  const least = Math.min(...all);
  const width = Math.max(...all) - least || 1;
  const px = (value: number) => round(left + ((value - least) / width) * SIDE);
  const py = (value: number) => round(TOP + SIDE - ((value - least) / width) * SIDE);
  const line = (x1: number, y1: number, x2: number, y2: number, colour: string, more = "") =>
    `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" ${more}/>`;
  const text = (x: number, y: number, content: string, more: string) =>
    `<text x="${x}" y="${y}" fill="${INK}" ${more}>${escapeXml(content)}</text>`;
  const ticks = Array.from({ length: TICKS + 1 }, (_, t) => least + (t * width) / TICKS);
  const [right, bottom] = [left + SIDE, TOP + SIDE];
  return [
    ...ticks.flatMap((tick) => [
      line(left, py(tick), right, py(tick), GRID),
      line(px(tick), TOP, px(tick), bottom, GRID),
      text(left - 6, py(tick) + 4, digits(tick), 'text-anchor="end"'),
      text(px(tick), bottom + 16, digits(tick), 'text-anchor="middle"'),
    ]),
    line(left, bottom, right, TOP, INK, 'stroke-dasharray="5 4"'),
    ...shown.map(
      (i) => `<circle cx="${px(truth[i]!)}" cy="${py(answers[i]!)}" r="3" fill="#0b66c3" fill-opacity="0.45"/>`,
    ),
    text(left + SIDE / 2, bottom + 36, `true ${name}`.trim(), 'text-anchor="middle"'),
    text(
      left - 52,
      TOP + SIDE / 2,
      `predicted ${name}`.trim(),
      `text-anchor="middle" transform="rotate(-90 ${left - 52} ${TOP + SIDE / 2})"`,
    ),
  ];
}

const round = (value: number) => Math.round(10 * value) / 10;
