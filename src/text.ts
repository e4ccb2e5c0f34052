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

/** An amount of a unit in three significant digits: "1.05 GFLOP". */
export function amount(value: number, unit: string): string {
  const prefixes = ["", "k", "M", "G", "T", "P"];
  const place = prefixes.findIndex((_, i) => Number((value / 1000 ** i).toPrecision(3)) < 1000);
  const thousands = place < 0 ? prefixes.length - 1 : place;
  return `${digits(value / 1000 ** thousands)} ${prefixes[thousands]}${unit}`;
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

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w.,:/=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The word of `words` that was probably meant: at most two letters away, or begun, or written by its initials. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const same = words.find((one) => one.toLowerCase() === wanted);
  if (same !== undefined) return same;
  const initials = (one: string) => one.replace(/(?<!^)[a-z0-9]/g, "").toLowerCase();
  const begun = words.find(
    (one) => wanted.length > 1 && (initials(one) === wanted || one.toLowerCase().startsWith(wanted)),
  );
  if (begun !== undefined) return begun;
  const [near] = words.map((one) => ({ one, away: edits(wanted, one.toLowerCase()) })).sort((a, b) => a.away - b.away);
  return near && near.away <= Math.min(2, wanted.length / 3) ? near.one : undefined;
}

/** Levenshtein distance: the fewest letters to insert, delete or change. */
function edits(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3; // more than anybody asks for
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
