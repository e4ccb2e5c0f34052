// The curves of probabilities as one SVG picture: ROC, precision and recall, calibration side by side, a line for each
// class against the rest, with what it is called and its area below. Plain shapes, no script, no style sheet.

import { calibrationCurve, precisionRecallCurve, rocCurve } from "./curves.js";
import { InputError } from "./errors.js";
import { GRID, INK } from "./plot.js";
import { escapeXml } from "./text.js";

const SIDE = 280; // of a panel
const LEFT = 64;
const GAP = 84;
const TOP = 76;
const AXIS = 56; // below a panel, for its axis
const ROW = 18; // of the legend
const WIDTH = LEFT + 3 * SIDE + 2 * GAP + 24;
const COLOURS = [
  "#0b66c3",
  "#c2410c",
  "#15803d",
  "#7e22ce",
  "#b45309",
  "#0e7490",
  "#be123c",
  "#4d7c0f",
  "#6b21a8",
  "#475569",
];

interface Curve {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}
interface Panel {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** What chance, or a perfect calibration, gives; its ends. */
  readonly line: readonly [number, number, number, number] | null;
  readonly dots: boolean;
  readonly curves: readonly Curve[];
}

/**
 * An SVG document of the ROC, precision-recall and calibration curves: of class 1 where there are two, else of each
 * class against the rest. `probabilities` are (count, classes) row-major, or (count) of class 1, as Network.predict
 * gives them; `labels` (count) are indices of the classes, whose `names`
 * are their numbers where none are passed. Throws E_COUNT, E_LABELS, E_OPTION for what is no probability.
 */
export function curvesPlot(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  names?: readonly string[] | null,
  title = "Curves",
): string {
  const count = labels.length;
  const width = probabilities.length / count;
  const classes = names ?? Array.from({ length: Math.max(2, Math.floor(width)) }, (_, c) => String(c));
  if (count === 0 || (width !== classes.length && !(width === 1 && classes.length === 2))) {
    throw new InputError(
      "E_COUNT",
      `curvesPlot: there are ${probabilities.length} probabilities for ${count} labels of ${classes.length} classes; pass one for each example and class, or for class 1 of two.`,
    );
  }
  const shown = classes.length === 2 ? [1] : [...classes.keys()];
  const each = shown.map((c) => {
    const own = Array.from({ length: count }, (_, i) => probabilities[width === 1 ? i : i * width + c]!);
    const truth = Array.from({ length: count }, (_, i) => Number(labels[i] === c));
    const [roc, pr] = [rocCurve(own, truth), precisionRecallCurve(own, truth)];
    return {
      name: classes[c]!,
      positives: truth.reduce((sum, one) => sum + one, 0),
      roc,
      pr,
      fit: calibrationCurve(own, truth),
    };
  });
  const chance = each[0]!.positives / count;
  const panels: Panel[] = [
    {
      ...{ title: "ROC", x: "false positive rate", y: "true positive rate", line: [0, 0, 1, 1], dots: false },
      curves: each.map(({ name, roc }) => ({
        name: `${name} (AUC ${roc.auc.toFixed(3)})`,
        ...{ x: roc.falsePositiveRate, y: roc.truePositiveRate },
      })),
    },
    {
      ...{ title: "Precision and recall", x: "recall", y: "precision", dots: false },
      line: each.length === 1 ? [0, chance, 1, chance] : null,
      curves: each.map(({ name, pr }) => ({
        name: `${name} (AP ${pr.averagePrecision.toFixed(3)})`,
        ...stairs(pr.recall, pr.precision),
      })),
    },
    {
      ...{ title: "Calibration", x: "mean probability", y: "share that is true", line: [0, 0, 1, 1], dots: true },
      curves: each.map(({ name, fit }) => ({ name, x: fit.meanProbability, y: fit.shareTrue })),
    },
  ];
  const height = TOP + SIDE + AXIS + ROW * each.length + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(LEFT, 28, title, 'font-size="17" font-weight="600"'),
    ...panels.flatMap((panel, p) => draw(panel, LEFT + p * (SIDE + GAP))),
    "</svg>",
    "",
  ].join("\n");
}

// A precision holds from its recall down to the next one, as the average precision counts it.
function stairs(recall: readonly number[], precision: readonly number[]): Pick<Curve, "x" | "y"> {
  return {
    x: recall.flatMap((one, i) => [one, recall[i + 1] ?? one]),
    y: precision.flatMap((one) => [one, one]),
  };
}

function draw({ title, x, y, line, dots, curves }: Panel, left: number): string[] {
  const px = (value: number) => round(left + value * SIDE);
  const py = (value: number) => round(TOP + (1 - value) * SIDE);
  const segment = (x1: number, y1: number, x2: number, y2: number, stroke: string, more = "") =>
    `<line x1="${px(x1)}" y1="${py(y1)}" x2="${px(x2)}" y2="${py(y2)}" stroke="${stroke}" ${more}/>`;
  const middle = left + SIDE / 2;
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return [
    text(middle, TOP - 14, title, 'text-anchor="middle" font-weight="600"'),
    ...ticks.flatMap((tick) => [
      segment(0, tick, 1, tick, GRID),
      segment(tick, 0, tick, 1, GRID),
      text(left - 8, py(tick) + 4, String(tick), 'text-anchor="end"'),
      text(px(tick), TOP + SIDE + 18, String(tick), 'text-anchor="middle"'),
    ]),
    segment(0, 0, 1, 0, INK),
    segment(0, 0, 0, 1, INK),
    ...(line ? [segment(...line, INK, 'stroke-dasharray="4 4"')] : []),
    text(middle, TOP + SIDE + 40, x, 'text-anchor="middle"'),
    text(0, 0, y, `text-anchor="middle" transform="translate(${left - 40} ${TOP + SIDE / 2}) rotate(-90)"`),
    ...curves.flatMap((curve, c) => {
      const colour = COLOURS[c % COLOURS.length]!;
      // a rate that is not defined has no place
      const points = curve.x
        .map((value, i) => [value, curve.y[i]!] as const)
        .filter((point) => point.every(Number.isFinite));
      // thousands of examples lie on one another
      const path = points.map(([a, b]) => `${px(a)},${py(b)}`).filter((point, i, all) => point !== all[i - 1]);
      const row = TOP + SIDE + AXIS + ROW * (c + 0.6);
      return [
        `<polyline points="${path.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...(dots ? points.map(([a, b]) => `<circle cx="${px(a)}" cy="${py(b)}" r="3" fill="${colour}"/>`) : []),
        `<line x1="${left}" y1="${row - 4}" x2="${left + 18}" y2="${row - 4}" stroke="${colour}" stroke-width="2"/>`,
        text(left + 26, row, curve.name),
      ];
    }),
  ];
}

const round = (value: number) => Math.round(value * 10) / 10;
const text = (x: number, y: number, content: string, more = "") =>
  `<text x="${x}" y="${y}" fill="${INK}" ${more}>${escapeXml(content)}</text>`;
