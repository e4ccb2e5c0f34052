// What a run left behind, as elements: data sets, findings, evaluations, predictions. No state, no listeners but those
// it is given.

import type { Change, Diagnosis } from "../src/index.js";
import { digits, percent } from "../src/text.js";
import { canvasOf, gridOf } from "./pictures.js";
import type { ClassifiedExample, EvaluationSummary, NetworkSummary, Prediction, SetSummary } from "./protocol.js";

type Child = Node | string | null;

/** An element with properties and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

const MOST_NAMED = 10; // classes

/** A data set: how many, of what, how often each class, and the first pictures. */
export function setElement(title: string, set: SetSummary): HTMLElement {
  const { name, count, shape, classes, counts, entropy, pictures, labels } = set;
  const named = counts.map((n, c) => (/\d$/.test(classes[c]!) ? `${classes[c]}: ${n}` : `${n} ${classes[c]}`));
  const many = named.length > MOST_NAMED ? `${named.length} classes` : named.join(", ");
  return element(
    "div",
    { className: "set" },
    element("h3", {}, title),
    element("p", {}, `${name}: ${count} examples of ${shape.join("×")}`),
    element("p", { className: "hint" }, `${many}; base-rate entropy ${entropy.toFixed(5)}`),
    pictures &&
      gridOf(
        pictures,
        shape,
        labels.map((label) => ({ text: classes[label]! })),
      ),
  );
}

/** A finding, with a button that applies its hint where that can be said in settings. */
export function findingElement(
  { code, message, hint, change }: Diagnosis,
  apply: (change: Change) => unknown,
): HTMLElement {
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
export function looksElement(network: NetworkSummary): HTMLElement {
  const { shape, classes, units, test, train } = network;
  const set = test ?? train;
  const which = test ? "test" : "training";
  const weights = units && [
    element("h3", {}, "The first layer’s weights"),
    element("p", { className: "hint" }, "One picture a unit: grey is 0, light pulls the unit up, dark pulls it down."),
    gridOf(
      units,
      shape,
      Array.from({ length: units.length / (4 * shape[0]! * shape[1]!) }, (_, u) => ({ text: `unit ${u + 1}` })),
    ),
  ];
  return element("div", {}, ...(weights ?? []), ...(set ? evaluationElements(set, which, shape, classes) : []));
}

function evaluationElements(
  set: EvaluationSummary,
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
  const wrong = set.count - set.correct;
  return [
    element("h3", {}, `Mislabelled ${which} examples: ${wrong} of ${set.count}`),
    wrong === 0 ? element("p", { className: "hint" }, "None.") : grid(set.wrongPictures, set.wrong),
    element("h3", {}, `Predictions for the first ${set.examples.length} ${which} examples`),
    grid(set.pictures, set.examples),
    element("h3", {}, "Confusion matrix"),
    confusionElement(set.confusion, classes, which),
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
  const scroll = element("div", { className: "scroll", tabIndex: 0 }, table);
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", "Confusion matrix");
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
