// Words and tables for people.

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

/** A bar of 20 characters in brackets, of which `share` (0 to 1) is filled. */
export function bar(share: number): string {
  const filled = Math.round(20 * share);
  return `[${"#".repeat(filled)}${"-".repeat(20 - filled)}]`;
}

/** A share as per cent with one decimal. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A cost with six decimals, as the course prints it; very large or small ones with an exponent. */
export function cost(value: number): string {
  const plain = value === 0 || (Math.abs(value) >= 1e-5 && Math.abs(value) < 1e6);
  return plain ? value.toFixed(6) : value.toExponential(5);
}

/** Seconds as "0.42 s", "13.1 s" or "2:05 min". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}

/** Text broken at spaces into lines of at most `width`, the lines after the first indented by `indent`. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > width && line !== "") {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}
