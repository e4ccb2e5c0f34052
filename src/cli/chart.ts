// Charts in a terminal: the cost curve, bars.

import { plot } from "asciichart";
import type { CostRecord } from "../history.js";

const HEIGHT = 10;
const LABEL = 10; // columns of the axis

/** Lines of a chart of the costs over the iterations, at most `columns` wide; none for fewer than two records. */
export function costChart(records: readonly CostRecord[], columns: number): string[] {
  const costs = records.map(({ cost }) => cost).filter(Number.isFinite);
  if (costs.length < 2) return [];
  const ends = [String(records[0]!.iteration), String(records[records.length - 1]!.iteration)] as const;
  return curveChart("cost over iterations", costs, ends, columns);
}

/** Lines of a chart of two values or more, at most `columns` wide, with what stands at the ends of its axis. */
export function curveChart(
  title: string,
  costs: readonly number[],
  [first, last]: readonly [string, string],
  columns: number,
): string[] {
  const width = columns - LABEL - 2;
  // as many points as columns: between records in a straight line
  const points = Array.from({ length: width }, (_, i) => {
    const at = (i * (costs.length - 1)) / (width - 1);
    const before = Math.floor(at);
    const after = Math.min(before + 1, costs.length - 1);
    return costs[before]! + (at - before) * (costs[after]! - costs[before]!);
  });
  const format = (value: number) => value.toPrecision(4).padStart(LABEL);
  const lines = plot(points, { height: HEIGHT, format }).split("\n");
  const axis = `${" ".repeat(LABEL + 2)}${first}${last.padStart(width - first.length)}`;
  return [title, ...lines.map((line) => line.trimEnd()), axis];
}

/** A bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** Lines of bars from 0 on, each with its value; the longest takes what `columns` leaves beside labels and values. */
export function barChart(bars: readonly Bar[], columns: number): string[] {
  const values = bars.map(({ value }) => value.toFixed(1));
  const most = Math.max(...bars.map(({ value }) => value));
  const beside = Math.max(...bars.map(({ label }) => label.length)) + 2;
  const width = Math.max(8, columns - beside - 1 - Math.max(...values.map((value) => value.length)));
  return bars.map(({ label, value }, i) => {
    const eighths = Math.max(1, Math.round((8 * width * value) / most));
    return `${label.padEnd(beside)}${"█".repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8]} ${values[i]}`;
  });
}
