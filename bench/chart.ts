// A bar chart as SVG, readable on light and on dark pages.

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
