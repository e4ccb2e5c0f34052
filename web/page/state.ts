// What the page has and does, and what follows from it wherever it changes: which buttons are in use, where the keyboard's
// focus is, the line above the settings, the status and the alert.

import { countParameters } from "../../src/architecture.js";
import type { CostRecord, Task } from "../../src/index.js";
import type { DataSummary, FolderSummary, NetworkSummary, Settings, TableSummary } from "../protocol.js";
import { WorkerError } from "./client.js";
import { $ } from "./elements.js";
import { isChosen, PRESETS, presetOf, same } from "./settings.js";

/** What is under way; "finding" looks for the length of a training. */
type Phase = "loading" | "reading" | "ready" | "racing" | Training;
type Training = (typeof TRAINING)[number];
const TRAINING = ["finding", "training", "paused", "stopping", "diagnosing", "tracing"] as const;

interface Page {
  phase: Phase;
  /** Null also where a table or a folder cannot be trained on as it is planned. */
  data: DataSummary | null;
  /** The table that the data come from, or will. */
  table: TableSummary | null;
  /** The pictures in folders that they come from, or will. */
  folder: FolderSummary | null;
  /** What labels are read as; null where there is nothing to choose. */
  task: Task | null;
  network: NetworkSummary | null;
  settings: Settings;
  /** Those of the run that is shown. */
  shown: Settings | null;
  /** Whether the network was trained on the embedded drawings. */
  drawn: boolean;
  /** Costs of the running or last training. */
  records: CostRecord[];
}

export const page: Page = {
  phase: "loading",
  data: null,
  table: null,
  folder: null,
  task: null,
  network: null,
  settings: PRESETS.course!,
  shown: null,
  drawn: false,
  records: [],
};

/** Whether something is trained. */
export const training = () => (TRAINING as readonly Phase[]).includes(page.phase);

/** Whether data may be opened. */
export const isIdle = () => page.phase === "ready" || page.phase === "loading";

export function enter(phase: Phase): void {
  page.phase = phase;
  refresh();
}

/** Shows what follows from the page's state. */
export function refresh(): void {
  const { phase, data, network, records } = page;
  const canPause = phase === "training" || phase === "paused";
  const inUse = {
    train: data !== null && phase === "ready",
    "train-on": data !== null && phase === "ready" && network?.train != null,
    pause: canPause,
    stop: phase === "reading" || (training() && phase !== "stopping"),
    diagnose: data !== null && phase === "ready",
    trace: data !== null && phase === "ready",
    chosen: data !== null,
    "go-on": phase === "ready",
    discard: phase === "ready",
    "start-race": data !== null && (phase === "ready" || phase === "racing"),
    save: network !== null && !training(),
    svg: records.length > 0,
    csv: records.length > 0,
  };
  const focused = document.activeElement;
  for (const [id, use] of Object.entries(inUse)) $<HTMLButtonElement>(id).disabled = !use;
  if (focused instanceof HTMLButtonElement && focused.disabled) focusLost = true;
  for (const id of ["plan", "pictures"]) {
    const plan = $<HTMLFieldSetElement>(id) as HTMLFieldSetElement | null; // of a table or a folder
    if (plan) plan.disabled = !isIdle();
  }
  $<HTMLSelectElement>("labels").disabled = !isIdle();
  $("ask-photo").hidden = network ? network.columns !== null : page.table !== null;
  $("ask-rows").hidden = network?.columns == null;
  $("pause").textContent = phase === "paused" ? "Resume" : "Pause";
  $("start-race").textContent = phase === "racing" ? "End the race" : "Start the race";
  findFocus();
  describeSettings();
}

let focusLost = false; // with a button that was disabled or removed

/** To be called before what is in `place` is removed. */
export function releaseFocus(place: HTMLElement): void {
  if (place.contains(document.activeElement)) focusLost = true;
}

// A keyboard goes on at the button that comes next, once that is in use.
function findFocus(): void {
  const pausable = page.phase === "training" || page.phase === "paused";
  const next = $<HTMLButtonElement>(pausable ? "pause" : training() ? "stop" : "train");
  if (!focusLost || next.disabled) return;
  next.focus({ preventScroll: true });
  focusLost = false;
}

// Which preset the settings are, and the network that they make of the data.
function describeSettings(): void {
  const { data, settings, shown } = page;
  $("changed").hidden = shown === null || same(shown, settings);
  const preset = presetOf(settings);
  for (const one of document.querySelectorAll<HTMLButtonElement>("[data-preset]")) {
    one.setAttribute("aria-pressed", String(one.dataset.preset === preset));
  }
  $("chosen").setAttribute("aria-pressed", String(data !== null && isChosen(settings, data.chosen)));
  $("shape").hidden = data === null;
  if (!data) return;
  const { features, outputs } = data.train;
  const widths = [features, ...settings.layers, outputs];
  const layers = widths.slice(1).map((units, l) => ({ inputs: widths[l]!, units, activation: settings.activation }));
  const found = settings.iterations === "auto" ? "; it first finds the number of iterations" : "";
  $("shape").textContent =
    `Train makes ${widths.join("-")}: ${countParameters(layers).toLocaleString("en")} parameters${found}`;
}

export function setStatus(text: string): void {
  $("status").textContent = text;
  delete $("status").dataset.phase; // the page has started
}

export function alarm(message: string | null): void {
  $("alert").hidden = message === null;
  $("alert").textContent = message;
}

/** Does work whose failure is the person's to know; true when it went well. */
export async function attempt(work: () => Promise<void>): Promise<boolean> {
  alarm(null);
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof WorkerError && error.code === "E_BUG") alarm(`This is a bug of the page: ${error.message}`);
    else alarm(error instanceof Error ? error.message : String(error));
    return false;
  }
}

let occupation: Promise<unknown> = Promise.resolve();

/** Attempts a training, a race or other work with trainings, of which there is one at a time. */
export function occupy(phase: Training | "racing", work: () => Promise<void>): Promise<boolean> {
  enter(phase);
  const whole = attempt(work).then((good) => {
    enter("ready");
    return good;
  });
  occupation = whole;
  return whole;
}

/** Resolves when nothing of that is under way. */
export const unoccupied = () => occupation;
