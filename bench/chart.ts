// Charts as SVG, readable on light and on dark pages: bars, and lines over sizes that double.

import { digits, escapeXml } from "../src/text.js";

export interface Bar {
  readonly name: string;
  readonly value: number;
}

/** Horizontal bars, the longest 420 wide; `bold` is the one that is ours. */
export function chart(title: string, bars: readonly Bar[], bold: (name: string) => boolean = () => true): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const height = 48 + 26 * bars.length;
  const rows = bars.map(({ name, value }, i) => {
    const y = 40 + 26 * i;
    const width = Math.max(1, (420 * value) / most).toFixed(1);
    const label = digits(value);
    return [
      `<text x="212" y="${y + 14}" text-anchor="end">${escapeXml(name)}</text>`,
      `<rect x="220" y="${y}" width="${width}" height="18" rx="2" fill="${bold(name) ? "#2f7ed8" : "#9aa5b1"}"/>`,
      `<text x="${(228 + Number(width)).toFixed(1)}" y="${y + 14}">${label}</text>`,
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 ${height}" width="720" height="${height}" role="img" aria-label="${escapeXml(title)}">
<style>text { font: 13px system-ui, sans-serif; fill: #1f2933 } @media (prefers-color-scheme: dark) { text { fill: #e4e7eb } }</style>
<text x="12" y="22" font-weight="600">${escapeXml(title)}</text>
${rows.join("\n")}
</svg>
`;
}

export interface Line {
  readonly name: string;
  /** x and y of each point. */
  readonly points: readonly (readonly [number, number])[];
}

const COLOURS = ["#2f7ed8", "#d9822b", "#2e9e5b", "#9b59b6", "#7b8794"];

/** Lines over x, whose axis doubles from tick to tick; y begins at 0. */
export function lineChart(title: string, xTitle: string, lines: readonly Line[]): string {
  const xs = [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const most = 10 * Math.ceil(Math.max(...lines.flatMap(({ points }) => points.map(([, y]) => y))) / 10);
  const [left, right, top, bottom] = [48, 470, 40, 280];
  const place = (x: number) => left + ((right - left) * Math.log2(x / xs[0]!)) / Math.log2(xs[xs.length - 1]! / xs[0]!);
  const height = (y: number) => bottom - ((bottom - top) * y) / most;
  const grid = Array.from({ length: most / 10 + 1 }, (_, i) => {
    const y = height(10 * i).toFixed(1);
    return `<path d="M${left} ${y}H${right}" stroke="#9aa5b1" stroke-opacity=".35"/><text x="${left - 8}" y="${Number(y) + 4}" text-anchor="end">${10 * i}</text>`;
  });
  const ticks = xs.map((x) => `<text x="${place(x).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${x}</text>`);
  const drawn = lines.map(({ name, points }, i) => {
    const path = points.map(([x, y]) => `${place(x).toFixed(1)},${height(y).toFixed(1)}`).join(" ");
    const y = top + 14 + 20 * i;
    return [
      `<polyline points="${path}" fill="none" stroke="${COLOURS[i]}" stroke-width="2"/>`,
      `<path d="M${right + 16} ${y - 4}h18" stroke="${COLOURS[i]}" stroke-width="2"/><text x="${right + 40}" y="${y}">${escapeXml(name)}</text>`,
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 326" width="720" height="326" role="img" aria-label="${escapeXml(title)}">
<style>text { font: 13px system-ui, sans-serif; fill: #1f2933 } @media (prefers-color-scheme: dark) { text { fill: #e4e7eb } }</style>
<text x="12" y="22" font-weight="600">${escapeXml(title)}</text>
${[...grid, ...ticks, ...drawn].join("\n")}
<text x="${(left + right) / 2}" y="${bottom + 34}" text-anchor="middle">${escapeXml(xTitle)}</text>
</svg>
`;
}
