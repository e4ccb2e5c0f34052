// The buttons of a training: Train, Pause, Stop, and those that follow a hint.

import type { Change } from "../../src/index.js";
import { command, request } from "./client.js";
import { $ } from "./elements.js";
import { read, set } from "./form.js";
import { showBegin, showEnd } from "./run.js";
import { enter, occupy, page, setStatus, training, unoccupied } from "./state.js";

// Trains a new network, or the one that is there `on`.
async function train(on = false): Promise<void> {
  if (page.phase !== "ready") return;
  const settings = read();
  if (!settings) return;
  const drawn = page.data!.train.embedded && (!on || page.drawn);
  showBegin(settings);
  const good = occupy("training", async () => {
    const result = await request("train", settings, on);
    if (!result) return setStatus("Stopped before the first iteration.");
    page.network = result.network;
    page.drawn = drawn;
    showEnd(result, follow);
  });
  // on a phone the curve lies below the settings
  if ($("training").getBoundingClientRect().top > 0.7 * innerHeight) $("training").scrollIntoView();
  if (!(await good)) setStatus("Ready: press Train.");
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

/** Follows a hint: its options become settings, and a training begins, ending the one or the race that is under way. */
export async function follow(change: Change): Promise<void> {
  if (training()) stop();
  else if (page.phase === "racing") command("stop");
  await unoccupied();
  set({ ...page.settings, ...change });
  await train();
}

export function listenToTraining(): void {
  $("train").onclick = () => train();
  $("train-on").onclick = () => train(true);
  $("pause").onclick = pause;
  $("stop").onclick = stop;
  $("to-answers").onclick = () => {
    $("answers").scrollIntoView();
    $("answers-title").focus({ preventScroll: true });
  };
}
