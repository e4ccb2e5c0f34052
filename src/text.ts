// Numbers and tables as people read them: the same in the command, on the page, in the benchmarks. What only a terminal
// needs is src/cli/text.ts's.

/** A cost with six decimals, as the course prints it; very large or small ones with an exponent. */
export function cost(value: number): string {
  const plain = value === 0 || (Math.abs(value) >= 1e-5 && Math.abs(value) < 1e6);
  return plain ? value.toFixed(6) : value.toExponential(5);
}

/** A share as per cent with one decimal; a dash where there is none. */
export function percent(share = Number.NaN): string {
  return Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
}

/** A number in `count` significant digits, without zeros at its end. */
export function digits(value: number, count = 3): string {
  return String(Number(value.toPrecision(count)));
}

/** A number in at most three significant digits, with commas where it is long. */
export function grouped(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** Rows as aligned columns, two spaces apart; the columns named in `right` are set to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, c) => Math.max(...rows.map((row) => (row[c] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, c) => (right.includes(c) ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** Text as the content or an attribute of XML. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
}
