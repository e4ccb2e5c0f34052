// What the worker found, as elements: data sets, networks, predictions. No state, and no listeners but those that
// are given.

import { digits, percent } from "../../src/text.js";
import type {
  Answers,
  Classified,
  ClassifiedExample,
  EvaluationSummary,
  NetworkSummary,
  Predicted,
  Prediction,
  SetSummary,
} from "../protocol.js";
import { type Child, element, note, scrolled, tableOf } from "./elements.js";
import { canvasOf, gridOf } from "./pictures.js";

const MOST_NAMED = 10; // classes

/** A data set: how many, of what, how often each class or where the numbers lie, and the first pictures. */
export function setElement(title: string, set: SetSummary, rows = false): HTMLElement {
  const { name, count, features, shape, remark, pictures, labels } = set;
  const what = rows ? `${count} rows, ${features} inputs` : `${count} examples of ${shape.join("×")}`;
  return element(
    "div",
    { className: "set" },
    element("h3", {}, title),
    element("p", {}, `${name}: ${what}`),
    note(targetsInWords(set)),
    remark && element("p", {}, remark),
    pictures &&
      gridOf(
        pictures,
        shape,
        labels.map((text) => ({ text })),
      ),
  );
}

function targetsInWords({ classes, numbers, base }: SetSummary): string {
  if (classes === null) {
    return numbers!
      .slice(0, MOST_NAMED)
      .map(({ name, ...lies }) => {
        const [least, most, mean, deviation] = [lies.least, lies.most, lies.mean, lies.deviation].map((v) =>
          digits(v, 4),
        );
        return `${name}: ${least} to ${most}, mean ${mean}, deviation ${deviation}`;
      })
      .join("; ");
  }
  const named = classes.map(({ name, count }) => (/\d$/.test(name) ? `${name}: ${count}` : `${count} ${name}`));
  const many = named.length > MOST_NAMED ? `${named.length} classes` : named.join(", ");
  return `${many}; base-rate entropy ${base.toFixed(5)}`;
}

/** What the first layer looks for, what the network answers, where it is wrong. */
export function networkElement(network: NetworkSummary): HTMLElement {
  const { shape, classes, columns, units, test, train } = network;
  const set = test ?? train;
  const which = test ? "test" : "training";
  const weights = units && [
    element("h3", {}, "The first layer’s weights"),
    note("One picture a unit: grey is 0, light pulls the unit up, dark pulls it down."),
    gridOf(
      units,
      shape,
      Array.from({ length: units.length / (4 * shape[0]! * shape[1]!) }, (_, u) => ({ text: `unit ${u + 1}` })),
    ),
  ];
  const answers = set?.classified
    ? classifiedElements(set, set.classified, which, shape, classes!)
    : set?.predicted
      ? predictedElements(set, set.predicted, which, columns?.targets ?? null)
      : [];
  return element("div", {}, ...(weights ?? []), ...answers);
}

function classifiedElements(
  { count, names }: EvaluationSummary,
  evaluation: Classified,
  which: string,
  shape: readonly number[],
  classes: readonly string[],
): Child[] {
  const words = ({ label, predicted, probability }: ClassifiedExample) => ({
    text: `${classes[predicted]} ${Math.round(100 * probability)} %${label === predicted ? "" : `, is ${classes[label]}`}`,
    wrong: label !== predicted,
  });
  const grid = (pictures: Uint8ClampedArray<ArrayBuffer> | null, examples: readonly ClassifiedExample[]) =>
    pictures ? gridOf(pictures, shape, examples.map(words)) : listOf(examples, classes, names);
  const wrong = count - evaluation.correct;
  return [
    element("h3", {}, `Mislabelled ${which} examples: ${wrong} of ${count}`),
    wrong === 0 ? note("None.") : grid(evaluation.wrongPictures, evaluation.wrong),
    element("h3", {}, `Predictions for the first ${evaluation.examples.length} ${which} examples`),
    grid(evaluation.pictures, evaluation.examples),
    element("h3", {}, "Confusion matrix"),
    confusionElement(evaluation.confusion, classes, which),
    ...(evaluation.curves ? curvesElements(evaluation.curves, which) : []),
  ];
}

function listOf(
  examples: readonly ClassifiedExample[],
  classes: readonly string[],
  names: EvaluationSummary["names"],
): HTMLElement {
  const line = ({ index, label, predicted, probability }: ClassifiedExample) =>
    element(
      "li",
      {},
      `${names?.[index] ?? `example ${index}`}: ${classes[predicted]} ${percent(probability)}${label === predicted ? "" : `, is ${classes[label]}`}`,
    );
  return element("ul", {}, ...examples.map(line));
}

function predictedElements(
  { names }: EvaluationSummary,
  { examples, plot }: Predicted,
  which: string,
  targets: readonly string[] | null,
): Child[] {
  const own = (j: number) => targets?.[j] ?? (examples[0]!.truth.length > 1 ? `number ${j}` : "number");
  const head = examples[0]!.truth.flatMap((_, j) => [`true ${own(j)}`, "predicted"]);
  const rows = examples.map(({ index, truth, answer }) => [
    names?.[index] ?? `example ${index}`,
    ...truth.flatMap((value, j) => [digits(value, 6), digits(answer[j]!, 6)]),
  ]);
  const title = `Predictions for the first ${examples.length} ${which} examples`;
  return [
    element("h3", {}, "Predicted and true"),
    scrolled(
      svgElement(plot, `Predicted over true numbers of the ${which} examples`),
      "Predicted and true",
      "whole plot",
    ),
    element("h3", {}, title),
    scrolled(tableOf(["example", ...head], rows, `${which} examples: true numbers and predicted ones`, true), title),
  ];
}

function curvesElements(svg: string, which: string): Child[] {
  const alt = `ROC, precision-recall and calibration curves of the ${which} examples`;
  return [element("h3", {}, "Curves"), scrolled(svgElement(svg, alt), "Curves", "whole")];
}

function svgElement(svg: string, alt: string): HTMLImageElement {
  // its size beforehand: what is below it must not move once it is drawn
  const [width, height] = ["width", "height"].map((side) => Number(svg.match(`${side}="(\\d+)"`)![1]));
  return element("img", {
    src: `data:image/svg+xml,${encodeURIComponent(svg)}`,
    alt,
    width: width!,
    height: height!,
  });
}

function confusionElement(
  matrix: readonly (readonly number[])[],
  classes: readonly string[],
  which: string,
): HTMLElement {
  const head = element(
    "tr",
    {},
    element("th", { scope: "col", className: "left" }, "true \\ given"),
    ...classes.map((name) => element("th", { scope: "col" }, name)),
  );
  const rows = matrix.map((row, label) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, classes[label] ?? String(label)),
      ...row.map((n) => element("td", {}, String(n))),
    ),
  );
  const table = element(
    "table",
    {},
    element("caption", {}, `${which} examples: true class by row, given class by column`),
    element("thead", {}, head),
    element("tbody", {}, ...rows),
  );
  return scrolled(table, "Confusion matrix", "whole");
}

/** What the network says of a photo. */
export function predictionElement(
  { name, probabilities, numbers, picture }: Prediction,
  { classes, shape }: NetworkSummary,
): HTMLElement {
  const [best, rest] = probabilities
    ? likeliest(probabilities, classes ?? [])
    : [numbers.map((value) => digits(value, 6)).join(", "), ""];
  return element(
    "div",
    { className: "prediction" },
    canvasOf(picture, shape, 0, `${name} as the network sees it`),
    element("p", {}, element("strong", {}, best), ` is the answer for ${name}${rest}.`),
  );
}

// The class that comes first, in words, and those that come next, in brackets.
function likeliest(probabilities: readonly number[], classes: readonly string[]): [best: string, rest: string] {
  const order = probabilities.map((_, c) => c).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const [best, ...rest] = order.slice(0, 3).map((c) => [classes[c], percent(probabilities[c]!)] as const);
  return [best!.join(", "), ` (${rest.map((one) => one.join(" ")).join(", ")})`];
}

/** What the network says of rows: the first ones, what is odd about them, and a way to have all. */
export function answersElement({ name, count, head, rows, remarks }: Answers, keep: () => unknown): HTMLElement {
  const caption = `${name}: ${rows.length < count ? `the first ${rows.length} of ${count}` : count} answers`;
  return element(
    "div",
    { className: "answers" },
    scrolled(tableOf(head, rows, caption), caption, "whole"),
    ...remarks.map((remark) => element("p", { className: "remark" }, remark)),
    element("button", { type: "button", onclick: keep }, "Download CSV"),
    note("The file has each row’s name and its answer, of classes with all probabilities."),
  );
}
