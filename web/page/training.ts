// The buttons of a training: Train, Pause, Stop, and those that follow a hint.

import type { Begin, Left, RunSettings, Settings } from "../protocol.js";
import { command, request } from "./client.js";
import { $ } from "./elements.js";
import { drawAnew, openEmbedded, planAnew, readLabelsAs, replanFolder } from "./files.js";
import { read, set, setFound } from "./form.js";
import { filesOf, isHere, listenToOffer, offer, withdraw } from "./offer.js";
import { clear, showBegin, showEnd } from "./run.js";
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
    const run = await lengthFor(settings);
    if (!run) return setStatus("Stopped before the first iteration.");
    const result = await request("train", run, begin, location.hash.slice(1));
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

// Settings that say how long to train, which is found where they do not; null when that was stopped.
async function lengthFor(settings: Settings): Promise<RunSettings | null> {
  const { iterations } = settings;
  if (iterations !== "auto") return shown({ ...settings, iterations });
  clear();
  setStatus("Finding how long to train …");
  const found = await request("find", settings);
  if (!found) return null;
  const { reason, ...length } = found;
  const run = { ...settings, ...length };
  setFound(run);
  enter("training");
  return shown(run, reason);
}

function shown(settings: RunSettings, reason = ""): RunSettings {
  showBegin(settings, reason);
  return settings;
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
