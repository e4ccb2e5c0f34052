// What the page gives away: the model, the curve as SVG, the costs as CSV, the address as a link.

import type { CostRecord } from "../../src/index.js";
import { costPlot } from "../../src/plot.js";
import { request } from "./client.js";
import { $, element } from "./elements.js";
import { scoreOf } from "./score.js";
import { alarm, attempt, page } from "./state.js";

/** Gives a file to the person. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function csvOf(records: readonly CostRecord[]): string {
  const numbers = records.some(({ metrics }) => metrics?.r2 !== undefined);
  const { of } = scoreOf(numbers);
  const lines = records.map((record) => {
    const { iteration, epoch, cost, validation } = record;
    const test = validation ? [validation.cost, of(validation)] : ["", ""];
    return [iteration, epoch, cost, of(record) ?? "", ...test].join(",");
  });
  const name = numbers ? "r2" : "accuracy";
  return [`iteration,epoch,cost,${name},test_cost,test_${name}`, ...lines, ""].join("\n");
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    return alarm(`Copy this address: ${location.href}`);
  }
  $("link").textContent = "copied";
  setTimeout(() => {
    $("link").textContent = "copy it as a link";
  }, 2000);
}

export function listenToDownloads(): void {
  $("save").onclick = () =>
    attempt(async () => download("model.safetensors", await request("save"), "application/octet-stream"));
  $("svg").onclick = () => {
    const title = `Cost of ${page.network?.layers.join("-") ?? "the run"}`;
    const unit = page.network?.classes === null ? "squared error" : "nats";
    download("cost.svg", costPlot(page.records, title, unit), "image/svg+xml");
  };
  $("csv").onclick = () => download("costs.csv", csvOf(page.records), "text/csv");
  $("link").onclick = copyLink;
}
