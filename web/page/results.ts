// What the worker found, as elements: data sets, findings, networks, predictions. No state, and no listeners but those that
// are given.

import type { Change, Diagnosis } from "../../src/index.js";
import { digits, percent } from "../../src/text.js";
import type { ClassifiedExample, EvaluationSummary, NetworkSummary, Prediction, SetSummary } from "../protocol.js";
import { type Child, element, note } from "./elements.js";
import { canvasOf, gridOf } from "./pictures.js";

const MOST_NAMED = 10; // classes

/** A data set: how many, of what, how often each class, and the first pictures. */
export function setElement(title: string, set: SetSummary): HTMLElement {
  const { name, count, shape, classes, counts, entropy, remark, pictures, labels } = set;
  const named = counts.map((n, c) => (/\d$/.test(classes[c]!) ? `${classes[c]}: ${n}` : `${n} ${classes[c]}`));
  const many = named.length > MOST_NAMED ? `${named.length} classes` : named.join(", ");
  return element(
    "div",
    { className: "set" },
    element("h3", {}, title),
    element("p", {}, `${name}: ${count} examples of ${shape.join("×")}`),
    note(`${many}; base-rate entropy ${entropy.toFixed(5)}`),
    remark && element("p", {}, remark),
    pictures &&
      gridOf(
        pictures,
        shape,
        labels.map((label) => ({ text: classes[label]! })),
      ),
  );
}

/** Does what a hint says. */
export type Apply = (change: Change) => unknown;

/** A finding, with a button that applies its hint where that can be said in settings. */
export function findingElement({ code, message, hint, change }: Diagnosis, apply: Apply): HTMLElement {
  const changes = Object.entries(change).map(
    ([name, value]) => `${name} ${typeof value === "number" ? digits(value) : value}`,
  );
  const button = element(
    "button",
    { type: "button", onclick: () => apply(change) },
    `Use ${changes.join(", ")} and train again`,
  );
  return element(
    "article",
    { className: "finding" },
    element("h3", {}, code.replaceAll("-", " ")),
    element("p", {}, message),
    element("p", {}, element("strong", {}, "What to do: "), hint),
    changes.length ? button : null,
  );
}

/** What the first layer looks for, what the network answers, where it is wrong. */
export function networkElement(network: NetworkSummary): HTMLElement {
  const { shape, classes, units, test, train } = network;
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
  return element("div", {}, ...(weights ?? []), ...(set ? evaluationElements(set, which, shape, classes) : []));
}

function evaluationElements(
  evaluation: EvaluationSummary,
  which: string,
  shape: readonly number[],
  classes: readonly string[],
): Child[] {
  const words = ({ label, predicted, probability }: ClassifiedExample) => ({
    text: `${classes[predicted]} ${Math.round(100 * probability)} %${label === predicted ? "" : `, is ${classes[label]}`}`,
    wrong: label !== predicted,
  });
  const grid = (pictures: Uint8ClampedArray<ArrayBuffer> | null, examples: readonly ClassifiedExample[]) =>
    pictures ? gridOf(pictures, shape, examples.map(words)) : listOf(examples, classes);
  const wrong = evaluation.count - evaluation.correct;
  return [
    element("h3", {}, `Mislabelled ${which} examples: ${wrong} of ${evaluation.count}`),
    wrong === 0 ? note("None.") : grid(evaluation.wrongPictures, evaluation.wrong),
    element("h3", {}, `Predictions for the first ${evaluation.examples.length} ${which} examples`),
    grid(evaluation.pictures, evaluation.examples),
    element("h3", {}, "Confusion matrix"),
    confusionElement(evaluation.confusion, classes, which),
    ...(evaluation.curves ? curvesElements(evaluation.curves, which) : []),
  ];
}

function listOf(examples: readonly ClassifiedExample[], classes: readonly string[]): HTMLElement {
  const line = ({ index, label, predicted, probability }: ClassifiedExample) =>
    element(
      "li",
      {},
      `example ${index}: ${classes[predicted]} ${percent(probability)}${label === predicted ? "" : `, is ${classes[label]}`}`,
    );
  return element("ul", {}, ...examples.map(line));
}

function curvesElements(svg: string, which: string): Child[] {
  const alt = `ROC, precision-recall and calibration curves of the ${which} examples`;
  // its size beforehand: what is below it must not move once it is drawn
  const [width, height] = ["width", "height"].map((side) => Number(svg.match(`${side}="(\\d+)"`)![1]));
  const picture = element("img", {
    src: `data:image/svg+xml,${encodeURIComponent(svg)}`,
    alt,
    width: width!,
    height: height!,
  });
  return [element("h3", {}, "Curves"), scrolled(picture, "Curves")];
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
  return scrolled(table, "Confusion matrix");
}

function scrolled(content: HTMLElement, name: string): HTMLElement {
  const scroll = element("div", { className: "scroll whole", tabIndex: 0 }, content);
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", name);
  return scroll;
}

/** What the network says of a photo. */
export function predictionElement(
  { name, probabilities, picture }: Prediction,
  { classes, shape }: NetworkSummary,
): HTMLElement {
  const order = probabilities.map((_, c) => c).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const best = order[0]!;
  const rest = order.slice(1, 3).map((c) => `${classes[c]} ${percent(probabilities[c]!)}`);
  return element(
    "div",
    { className: "prediction" },
    canvasOf(picture, shape, 0, `${name} as the network sees it`),
    element(
      "p",
      {},
      element("strong", {}, `${classes[best]}, ${percent(probabilities[best]!)}`),
      ` is the answer for ${name} (${rest.join(", ")}).`,
    ),
  );
}
