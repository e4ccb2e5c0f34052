// What is wrong, as elements: findings of a training, and those of a diagnosis with the scores before and after. No state,
// and no listeners but those that are given.

import type { Change, Diagnosis, Proven, Report } from "../../src/index.js";
import { textOf } from "../../src/options/text.js";
import { digits, percent } from "../../src/text.js";
import type { Settings } from "../protocol.js";
import { type Child, element, note, scrolled, tableOf } from "./elements.js";
import { settingsOf } from "./settings.js";

/** Trains with other settings. */
export type Apply = (settings: Partial<Settings>) => unknown;

/** Findings, those that are only possible folded away; `healthy` is said where there are no others. */
export function findingElements<D extends Diagnosis>(
  findings: readonly D[],
  healthy: string,
  apply: Apply,
  more: (finding: D) => Child = () => null,
): Node[] {
  const elementOf = (finding: D) => findingElement(finding, apply, more(finding));
  const causes = findings.filter(isCause);
  const others = findings.filter((finding) => !isCause(finding));
  return [
    ...(causes.length ? causes.map(elementOf) : [note(healthy)]),
    ...(others.length ? [folded(`Also possible (${others.length})`, ...others.map(elementOf))] : []),
  ];
}

/** Whether a finding is more than possible. */
export const isCause = ({ confidence }: Diagnosis) => confidence !== "possible";

const folded = (summary: string, ...content: Child[]) =>
  element("details", {}, element("summary", {}, summary), ...content);

/** A finding, with a button that applies its hint where that can be said in settings. */
export function findingElement(finding: Diagnosis, apply: Apply, more: Child = null): HTMLElement {
  const { code, confidence, message, hint, change } = finding;
  const settings = settingsOf(change);
  return element(
    "article",
    { className: isCause(finding) ? "finding" : "suspicion" },
    element("h3", {}, code.replaceAll("-", " "), " ", element("small", {}, confidence)),
    element("p", {}, message),
    element("p", {}, element("strong", {}, "What to do: "), hint),
    more,
    settings &&
      element("button", { type: "button", onclick: () => apply(settings) }, `Use ${inWords(change)} and train again`),
  );
}

/** A change as the page says it: in settings, where they have it. */
export const inWords = (change: Change): string =>
  Object.entries(settingsOf(change) ?? change)
    .map(([name, value]) => `${name} ${typeof value === "number" ? digits(value) : textOf(value)}`)
    .join(", ");

const MEASURES = { accuracy: "accuracy", balancedAccuracy: "balanced accuracy", r2: "R²" } as const;

/** What a report's score is called. */
export const measureOf = ({ measure }: Report): string => MEASURES[measure];

/** A score of a report. */
export const scoreInWords = ({ measure }: Report, score: number): string =>
  Number.isNaN(score) ? "not finite" : measure === "r2" ? digits(score) : percent(score);

/** What trials showed; `held` is what they are judged by. */
export function reportElements(report: Report, held: string, apply: Apply): Node[] {
  const { findings, trials, left } = report;
  const shown = trials.length === 0 ? "the training alone" : `${trials.length} changes`;
  const rows = trials.map(({ change, score }) => [inWords(change), scoreInWords(report, score)]);
  const caption = `${measureOf(report)} on ${held}`;
  const all = tableOf(
    ["change", measureOf(report)],
    [["nothing", scoreInWords(report, report.score)], ...rows],
    caption,
  );
  return [
    ...findingElements(findings, `Nothing is wrong that ${shown} could show.`, apply, (finding) =>
      scoresElement(finding, report, caption),
    ),
    left > 0 && note(`There was no time for ${left} more ${left === 1 ? "change" : "changes"}: allow more seconds.`),
    trials.length > 0 && folded(`All that was tried (${trials.length})`, scrolled(all, "All that was tried", "whole")),
  ].filter((one) => one !== false);
}

// Before and after, one below the other; nothing of what was not tried.
function scoresElement({ before, after }: Proven, report: Report, caption: string): HTMLElement | null {
  if (Number.isNaN(after)) return null;
  const bar = (name: string, score: number) => [
    element("span", {}, name),
    element("meter", { min: 0, max: 1, value: Number.isNaN(score) ? 0 : score, ariaLabel: `${caption}, ${name}` }),
    element("span", {}, scoreInWords(report, score)),
  ];
  return element(
    "div",
    {},
    note(`${caption}:`),
    element("div", { className: "scores" }, ...bar("as set", before), ...bar("changed", after)),
  );
}
