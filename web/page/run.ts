// A training as it is seen: numbers, curves, the costs as a table, findings, and the network it leaves. Told what to show;
// asks for nothing and decides nothing.

import type { CostRecord, Diagnosis, Progress } from "../../src/index.js";
import { cost, digits, grouped } from "../../src/text.js";
import type { EvaluationSummary, Events, NetworkSummary, RunSettings, TrainResult } from "../protocol.js";
import { createChart } from "./charts.js";
import { $, element } from "./elements.js";
import { type Apply, findingElement, findingElements } from "./findings.js";
import { networkElement } from "./results.js";
import { scoreOf } from "./score.js";
import { page, refresh, releaseFocus, setStatus } from "./state.js";

const STATUS_EVERY = 4000; // milliseconds from one status to the next: screen readers speak each
const SPEED_EVERY = 0.2; // seconds of computing that a speed is taken over

const CURVES = [
  { name: "training", colour: "--accent" },
  { name: "test", colour: "--warm", dashed: true },
];
const BASE_RATE = { name: "base rate", colour: "--soft", dashed: true };
export const costs = createChart($("cost-chart"), "cost, nats", [...CURVES, BASE_RATE], 240);
// R² is below 0 where the mean would answer better
const scores = createChart($("score-chart"), "accuracy", CURVES, 150, (least) => [Math.max(-1, Math.min(0, least)), 1]);
const rows = () => $("costs").querySelector("tbody")!;
const progressBar = $<HTMLProgressElement>("progress");

let settings: RunSettings; // of the training that is shown
let score = scoreOf(false); // of the data or the network that is shown
let flops = 0; // of an iteration
let found = ""; // why its iterations are so many
let spoken = 0; // when the status last told how far it is
let measured = { iteration: 0, seconds: 0 }; // where the speed was last taken

/** Says how good classes are, or numbers. */
export function showScoreOf(numbers: boolean): void {
  score = scoreOf(numbers);
  for (const place of document.querySelectorAll(".score")) place.textContent = score.name;
  costs.rename(score.cost, [...CURVES.map(({ name }) => name), score.base]);
  const names = CURVES.map(({ name }) => name);
  scores.rename(score.name, names);
  $("score-chart").ariaLabel = `${score.name} over the iterations; the numbers are in the table below`;
}

export function showDone(share: Events["done"]): void {
  progressBar.value = share;
}

/** A training that finds the number of iterations begins. */
export function showTrial({ trial, trials }: Events["trial"]): void {
  setStatus(`Finding how long to train: training ${trial} of ${trials} on parts of the data …`);
  progressBar.value = (trial - 1) / trials;
}

/** Begins to show a training with these settings; `reason` is why its iterations are so many. */
export function showBegin(now: RunSettings, reason: string): void {
  found = reason;
  settings = now;
  measured = { iteration: 0, seconds: 0 };
  spoken = performance.now();
  clear();
  page.shown = now;
  setStatus("Drawing the weights and placing the data …");
}

/** Nothing is left of the training before, but the network. */
export function clear(): void {
  page.records = [];
  page.shown = null;
  costs.clear();
  scores.clear();
  rows().replaceChildren();
  releaseFocus($("findings"));
  $("findings").replaceChildren();
  $("prediction").replaceChildren();
  $("answered").replaceChildren();
  $("why").textContent = "";
  progressBar.value = 0;
  for (const id of ["n-cost", "n-train", "n-test", "n-speed", "n-flops", "n-how"]) $(id).textContent = "–";
  showVerdict([]);
}

export function showStart(start: Events["start"]): void {
  const { threads, why, backend, numerics, whyStrict, firstLayer } = start;
  flops = start.flops;
  $("n-how").textContent =
    `${backend}${numerics === "fused" ? ", fused" : ""}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  if (page.phase === "training") setStatus("Training …");
  const cores = navigator.hardwareConcurrency;
  const reasons = [
    found && `Trained for ${found}.`,
    why && `One thread: ${why}.`,
    whyStrict && `Strict numerics: ${whyStrict}.`,
    threads > cores && `${threads} threads share ${cores} cores, which is slower than ${cores} threads.`,
    firstLayer === "gram" &&
      "The first layer is trained through the products of the examples with one another (Gram form), which is less work here.",
  ];
  $("why").textContent = reasons.filter(Boolean).join(" ");
}

export function showCost(record: CostRecord): void {
  const { iteration, cost: value, validation } = record;
  page.records.push(record);
  addCost(iteration, value, validation?.cost);
  const [own, held] = [score.of(record), validation && score.of(validation)];
  if (own !== undefined) scores.add(iteration, [own, held ?? null]);
  const [train, test] = [score.inWords(own), score.inWords(held)];
  const cells = [cost(value), train, validation ? cost(validation.cost) : "–", test];
  const head = element("th", { scope: "row" }, String(iteration));
  rows().append(element("tr", {}, head, ...cells.map((text) => element("td", {}, text))));
  $("n-cost").textContent = cost(value);
  $("n-train").textContent = train;
  $("n-test").textContent = test;
  if (page.records.length === 1) refresh();
}

// A point of the curve, beside what a network costs that answers with the base rate.
function addCost(iteration: number, train: number, test: number | null = null): void {
  costs.add(iteration, [train, test, page.data?.train.base ?? null]);
}

export function showProgress({ iteration, iterations, cost: value, seconds }: Progress): void {
  progressBar.value = iteration / iterations;
  // a mini-batch's own cost is not one of the curve
  if (settings.batchSize === "full" && iteration > 0) {
    addCost(iteration - 1, value);
    $("n-cost").textContent = cost(value);
  }
  if (page.phase === "training" && performance.now() - spoken > STATUS_EVERY) {
    spoken = performance.now();
    setStatus(`Training: ${Math.floor((100 * iteration) / iterations)} % done, cost ${cost(value)}.`);
  }
  const elapsed = seconds - measured.seconds;
  if (elapsed < SPEED_EVERY && iteration < iterations) return;
  const speed = (iteration - measured.iteration) / elapsed;
  if (Number.isFinite(speed) && speed > 0) {
    $("n-speed").textContent = grouped(speed);
    $("n-flops").textContent = grouped((speed * flops) / 1e9);
  }
  measured = { iteration, seconds };
}

export function showJudging(): void {
  setStatus("Judging the network …");
}

export function showFinding(finding: Diagnosis, apply: Apply): void {
  if (!$("findings").hasChildNodes()) showVerdict([finding]);
  $("findings").append(findingElement(finding, apply));
}

/** Shows all that is wrong in the place of what was, with the worst in the verdict. */
export function showFindings(elements: readonly Node[], causes: readonly Diagnosis[]): void {
  releaseFocus($("findings"));
  $("findings").replaceChildren(...elements);
  showVerdict(causes);
}

export function showEnd(result: TrainResult, apply: Apply): void {
  const { network, diagnoses, suspicions, iterations, seconds, wallSeconds, stopped } = result;
  const { train, test } = network;
  const ends = { user: "Stopped", "not-finite": "Ended by a number that is not finite", none: "Done" };
  const parts = [
    `${ends[stopped ?? "none"]} after ${iterations} iterations in ${wallSeconds.toFixed(2)} s (${seconds.toFixed(2)} s of steps)`,
    train && `cost ${cost(train.cost)}`,
    train && `training ${inWords(train)}`,
    test && `test ${inWords(test)}`,
  ];
  setStatus(`${parts.filter(Boolean).join(", ")}.`);
  if (train) {
    addCost(iterations, train.cost, test?.cost);
    scores.add(iterations, [train.score, test?.score ?? null]);
  }
  progressBar.value = stopped ? iterations / settings.iterations : 1;
  showFindings(findingElements([...diagnoses, ...suspicions], "Nothing is wrong with this run.", apply), diagnoses);
  showNetwork(network);
}

const inWords = ({ score: value, count, classified, predicted }: EvaluationSummary) => {
  const more = classified ? `${classified.correct} of ${count}` : `RMSE ${digits(predicted!.rmse, 4)}`;
  return `${score.name} ${score.inWords(value)} (${more})`;
};

/** A network, how good it is, and a look inside. */
export function showNetwork(network: NetworkSummary): void {
  const { train, test } = network;
  showScoreOf(network.classes === null);
  if (train) $("n-cost").textContent = cost(train.cost);
  if (train) $("n-train").textContent = score.inWords(train.score);
  if (test) $("n-test").textContent = score.inWords(test.score);
  $("looks").replaceChildren(networkElement(network));
  $("fingerprint").textContent = `SHA-256 of the weights: ${network.fingerprint}`;
}

// What is wrong, in the bar that is always seen: a way to the answers.
function showVerdict([worst]: readonly Diagnosis[]): void {
  $("verdict").hidden = worst === undefined;
  if (!worst) return;
  $("to-answers").textContent = `Something is wrong: ${worst.code.replaceAll("-", " ")}. See why, and what to do.`;
}
