// A bar chart as SVG, readable on light and on dark pages.

export interface Bar {
  readonly name: string;
  readonly value: number;
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Horizontal bars, the longest 420 wide; `bold` is the one that is ours. */
export function chart(title: string, bars: readonly Bar[], bold: (name: string) => boolean = () => true): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const height = 48 + 26 * bars.length;
  const rows = bars.map(({ name, value }, i) => {
    const y = 40 + 26 * i;
    const width = Math.max(1, (420 * value) / most).toFixed(1);
    const label = Number(value.toPrecision(3));
    return [
      `<text x="212" y="${y + 14}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="220" y="${y}" width="${width}" height="18" rx="2" fill="${bold(name) ? "#2f7ed8" : "#9aa5b1"}"/>`,
      `<text x="${(228 + Number(width)).toFixed(1)}" y="${y + 14}">${label}</text>`,
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 ${height}" width="720" height="${height}" role="img" aria-label="${escaped(title)}">
<style>text { font: 13px system-ui, sans-serif; fill: #1f2933 } @media (prefers-color-scheme: dark) { text { fill: #e4e7eb } }</style>
<text x="12" y="22" font-weight="600">${escaped(title)}</text>
${rows.join("\n")}
</svg>
`;
}
