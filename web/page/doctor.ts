// The button that diagnoses: trains again with one thing changed at a time, and shows what helps.

import type { Report } from "../../src/index.js";
import type { Events } from "../protocol.js";
import { request } from "./client.js";
import { $ } from "./elements.js";
import { inWords, isCause, measureOf, reportElements, scoreInWords } from "./findings.js";
import { showDone, showFindings } from "./run.js";
import { page, setStatus } from "./state.js";
import { follow, work } from "./training.js";

const SPOKEN = 1000; // milliseconds from one status to the next: screen readers speak each
let spoken = 0;

/** A training of a diagnosis begins. */
export function showTrying({ change, trial, trials }: Events["trying"]): void {
  if (trial > 0) showDone(trial / (trials + 1));
  if (page.phase !== "diagnosing" || (trial > 1 && performance.now() - spoken < SPOKEN)) return;
  spoken = performance.now();
  const what = change ? `trying ${inWords(change)} (${trial} of ${trials})` : "training as set";
  setStatus(`Diagnosing: ${what} …`);
}

function show(report: Report): string {
  const { findings, trials, score, seconds } = report;
  const causes = findings.filter(isCause);
  showFindings(reportElements(report, page.data!.test ? "the test set" : "a fifth held out", follow), causes);
  const { top } = $("answers").getBoundingClientRect();
  if (top < 0 || top > 0.7 * innerHeight) $("answers").scrollIntoView();
  const [cause] = causes;
  const cured = cause && !Number.isNaN(cause.after);
  const better = cured ? `, ${scoreInWords(report, cause.after)} with ${inWords(cause.change)}` : "";
  const as = `${measureOf(report)} ${scoreInWords(report, score)} as set${better}`;
  return `Diagnosed by ${trials.length} changes in ${seconds.toFixed(1)} s: ${as}.`;
}

export function listenToDoctor(): void {
  const limit = $<HTMLInputElement>("diagnose-seconds");
  $("diagnose").onclick = async () => {
    if (!limit.reportValidity()) return;
    await work("diagnosing", async (run) => {
      const report = await request("diagnose", run, limit.valueAsNumber);
      return report && show(report);
    });
  };
}
