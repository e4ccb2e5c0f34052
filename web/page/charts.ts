// The curves, drawn by uPlot at most once a frame, in the page's colours.

import uPlot from "uplot";

const NAME = 22; // pixels of an axis's name

export interface Curve {
  readonly name: string;
  /** CSS variable of the colour. */
  readonly colour: string;
  readonly dashed?: boolean;
}

export interface Chart {
  /** Adds a point: a value for each curve, null where one has none there. */
  add(x: number, values: readonly (number | null)[]): void;
  clear(): void;
  /** Draws it with other names: of what it shows, and of its curves. */
  rename(what: string, names: readonly string[]): void;
  setLogarithmic(on: boolean): void;
}

/** A chart of curves of `what` over the iterations, as wide as `place`, `height` pixels and a legend high. */
export function createChart(
  place: HTMLElement,
  what: string,
  curves: readonly Curve[],
  height: number,
  range?: (least: number) => [number, number],
): Chart {
  const rows: (number | null)[][] = [[], ...curves.map(() => [])];
  let named = { what, curves: curves.map(({ name }) => name) as readonly string[] };
  let logarithmic = false;
  let plot: uPlot | null = null;
  let waiting = false;
  const colourOf = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function make(): void {
    plot?.destroy();
    const axis = {
      stroke: colourOf("--soft"),
      grid: { stroke: colourOf("--line"), width: 1 },
      ticks: { show: false },
      labelSize: NAME,
      labelFont: "13px system-ui, sans-serif",
    };
    plot = new uPlot(
      {
        ...{ width: place.clientWidth, height },
        scales: {
          x: { time: false },
          y: logarithmic
            ? { distr: 3 }
            : { range: (_, least, most) => range?.(least) ?? [Math.min(0, least), most * 1.05 || 1] },
        },
        axes: [
          { ...axis, size: 32, label: "iteration" },
          { ...axis, size: 56, label: named.what },
        ],
        series: [
          { label: "iteration" },
          ...curves.map(({ colour, dashed }, c) => ({
            label: named.curves[c]!,
            stroke: colourOf(colour),
            width: 2,
            spanGaps: true,
            points: { show: false },
            ...(dashed && { dash: [6, 4] }),
            value: (_: uPlot, value: number | null) => (value === null ? "–" : value.toPrecision(4)),
          })),
        ],
      },
      shown(),
      place,
    );
  }

  // a logarithm has no place for 0
  const shown = () =>
    rows.map((row, r) =>
      logarithmic && r > 0 ? row.map((v) => (v !== null && v > 0 ? v : null)) : row,
    ) as uPlot.AlignedData;

  function draw(): void {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      plot?.setData(shown());
    });
  }

  make();
  new ResizeObserver(() => {
    plot?.setSize({ width: place.clientWidth, height });
  }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", make);

  return {
    add(x, values) {
      const xs = rows[0] as number[];
      const last = xs.length - 1;
      if (last >= 0 && x <= xs[last]!) return; // a record and a report of the same iteration
      xs.push(x);
      values.forEach((value, c) => {
        rows[c + 1]!.push(value !== null && Number.isFinite(value) ? value : null);
      });
      draw();
    },
    clear() {
      for (const row of rows) row.length = 0;
      draw();
    },
    rename(now, names) {
      if (named.what === now && named.curves.join() === names.join()) return;
      named = { what: now, curves: names };
      make();
    },
    setLogarithmic(on) {
      logarithmic = on;
      make();
    },
  };
}
