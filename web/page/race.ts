// The race: its button, and the bars that grow.

import { grouped } from "../../src/text.js";
import type { RaceResult } from "../protocol.js";
import { command, request } from "./client.js";
import { $ } from "./elements.js";
import { read } from "./form.js";
import { occupy, page } from "./state.js";

export function showRace({ wasm, js, ratio, sameBits }: RaceResult): void {
  $("bars").hidden = false;
  for (const [name, value] of Object.entries({ wasm, js })) {
    $<HTMLMeterElement>(`bar-${name}`).value = value / Math.max(wasm, js);
    $(`speed-${name}`).textContent = `${grouped(value)} iterations/s`;
  }
  const bits = sameBits ? "the same bits" : "NOT the same bits: please report this";
  $("ratio").textContent = `WebAssembly is ${ratio.toFixed(1)} times as fast; the weights are ${bits}.`;
}

export function listenToRace(): void {
  $("start-race").onclick = async () => {
    if (page.phase === "racing") return command("stop");
    const settings = read();
    if (!settings) return;
    $("ratio").textContent = "Warming up …";
    const good = await occupy("racing", async () => {
      const result = await request("race", settings);
      if (result) showRace(result);
      else $("ratio").textContent = "Ended before the first lap.";
    });
    if (!good) $("ratio").textContent = "";
  };
}
