// The buttons of a training: Train, Pause, Stop, and those that follow a hint.

import type { Begin, Left, RunSettings, Settings } from "../protocol.js";
import { command, request } from "./client.js";
import { $ } from "./elements.js";
import { drawAnew, openEmbedded, planAnew, readLabelsAs, replanFolder } from "./files.js";
import { read, set, setFound } from "./form.js";
import { filesOf, isHere, listenToOffer, offer, withdraw } from "./offer.js";
import { clear, showBegin, showDone, showEnd } from "./run.js";
import { fromAddress } from "./settings.js";
import { alarm, enter, occupy, page, setStatus, training, unoccupied } from "./state.js";

async function train(begin: Begin = "anew"): Promise<void> {
  if (page.phase !== "ready") return;
  const settings = read();
  if (!settings) return;
  const drawn = page.data!.train.embedded && (begin === "anew" || page.drawn);
  if (begin === "on" && settings.iterations === "auto") {
    return alarm("Train on wants a number of iterations; write one in the place of auto.");
  }
  withdraw();
  await drawAnew(settings.seed);
  if (!page.data) return;
  const finding = settings.iterations === "auto";
  const good = occupy(finding ? "finding" : "training", async () => {
    if (finding) clear();
    const length = await lengthFor(settings, "training");
    if (!length) return setStatus("Stopped before the first iteration.");
    showBegin(length.run, length.reason);
    const result = await request("train", length.run, begin, location.hash.slice(1));
    if (!result) return setStatus("Stopped before the first iteration.");
    page.network = result.network;
    page.drawn = drawn;
    showEnd(result, follow);
  });
  // on a phone the curve lies below the settings
  if ($("training").getBoundingClientRect().top > 0.7 * innerHeight) $("training").scrollIntoView();
  if (!(await good)) setStatus("Ready: press Train.");
  void offer();
}

type Phase = "training" | "diagnosing" | "tracing";

// Settings that say how long to train, which is found where they do not, and why so long; null when that was stopped.
async function lengthFor(settings: Settings, next: Phase): Promise<{ run: RunSettings; reason: string } | null> {
  const { iterations } = settings;
  if (iterations !== "auto") return { run: { ...settings, iterations }, reason: "" };
  setStatus("Finding how long to train …");
  const found = await request("find", settings);
  if (!found) return null;
  const { reason, ...length } = found;
  const run = { ...settings, ...length };
  setFound(run);
  enter(next);
  return { run, reason };
}

/** Does other work with a training as it is set; it gives what to say at its end, null when it was stopped. */
export async function work(phase: Phase, begin: (run: RunSettings) => Promise<string | null>): Promise<void> {
  if (page.phase !== "ready") return;
  const settings = read();
  if (!settings) return;
  await drawAnew(settings.seed);
  if (!page.data) return;
  showDone(0);
  const good = await occupy(settings.iterations === "auto" ? "finding" : phase, async () => {
    const length = await lengthFor(settings, phase);
    const end = length && (await begin(length.run));
    setStatus(end ?? "Stopped.");
    if (end) showDone(1);
  });
  if (!good) setStatus("Ready: press Train.");
}

// Goes on with a training that was left, with its settings.
async function goOn(left: Left): Promise<void> {
  if (!isHere(left) && left.embedded) await openEmbedded();
  if (left.pictures && page.folder) await replanFolder(left.pictures);
  if (!isHere(left)) return alarm(`Open ${filesOf(left)} first, then go on.`);
  if (left.plan) await planAnew(left.plan);
  if (page.task && page.task !== left.task) await readLabelsAs(left.task);
  set(fromAddress(left.address).settings);
  await train("resumed");
}

function pause(): void {
  const paused = page.phase === "paused";
  command(paused ? "resume" : "pause");
  enter(paused ? "training" : "paused");
  setStatus(paused ? "Training …" : "Paused.");
}

function stop(): void {
  command("stop");
  enter("stopping");
  setStatus("Stopping …");
}

/** Follows a hint: sets what it says, and begins a training, ending the one or the race that is under way. */
export async function follow(settings: Partial<Settings>): Promise<void> {
  if (training()) stop();
  else if (page.phase === "racing") command("stop");
  await unoccupied();
  set({ ...page.settings, ...settings });
  await train();
}

export function listenToTraining(): void {
  listenToOffer(goOn);
  $("train").onclick = () => train();
  $("train-on").onclick = () => train("on");
  $("pause").onclick = pause;
  $("stop").onclick = stop;
  $("to-answers").onclick = () => {
    $("answers").scrollIntoView();
    $("answers-title").focus({ preventScroll: true });
  };
}
