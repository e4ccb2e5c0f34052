// The button that gives the values of one iteration as a file, to hold one's own program against.

import { cost } from "../../src/text.js";
import { request } from "./client.js";
import { download } from "./downloads.js";
import { $ } from "./elements.js";
import { setStatus } from "./state.js";
import { work } from "./training.js";

export function listenToTrace(): void {
  const field = $<HTMLInputElement>("trace-iteration");
  $("trace").onclick = async () => {
    if (!field.reportValidity()) return;
    const iteration = field.valueAsNumber;
    await work("tracing", async (run) => {
      setStatus(`Tracing iteration ${iteration} …`);
      const file = await request("trace", run, iteration);
      if (!file) return null;
      download("trace.npz", file.bytes, "application/octet-stream");
      const { layers, examples, cost: value } = file;
      return `Traced iteration ${iteration} of ${layers.join("-")} on ${examples} examples: cost ${cost(value)}.`;
    });
  };
}
