// The page in a browser: milliseconds from the navigation to the first cost on the chart, and the longest task of the
// page's own thread while it trains: npm run build, then tsx bench/page.ts [visits]

import type { AddressInfo } from "node:net";
import { createPageServer } from "../src/cli/serve.js";
import { median } from "../src/statistics.js";
import { launch } from "../test/browser.js";
import { cell, machine, print } from "./measure.js";

const visits = Number(process.argv[2] ?? 7);
const server = createPageServer(new URL("../build/dist/web/", import.meta.url));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://localhost:${(server.address() as AddressInfo).port}/`;
const browser = await launch();

/** A first visit with an empty cache; Train is pressed as soon as it can be. */
async function visit(settings: string) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    const tasks: number[] = [];
    let pressed = Number.POSITIVE_INFINITY;
    Object.assign(window, { tasks });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) if (startTime > pressed) tasks.push(duration);
    }).observe({ entryTypes: ["longtask"] }); // those of more than 50 ms
    addEventListener("DOMContentLoaded", () => {
      const costs = document.querySelector("#costs tbody")!;
      const train = document.getElementById("train") as HTMLButtonElement;
      new MutationObserver((_, observer) => {
        observer.disconnect();
        pressed = performance.now();
        train.click();
      }).observe(train, { attributeFilter: ["disabled"] });
      new MutationObserver((_, observer) => {
        observer.disconnect();
        // the chart is drawn in the next frame
        requestAnimationFrame(() => requestAnimationFrame(() => Object.assign(window, { first: performance.now() })));
      }).observe(costs, { childList: true });
    });
  });
  await page.goto(`${address}${settings}`);
  await page.waitForFunction(() => "first" in window);
  await page.waitForTimeout(3000); // of training
  const seen = await page.evaluate(() => {
    const { first, tasks } = window as unknown as { first: number; tasks: number[] };
    return { first, longest: Math.max(0, ...tasks) };
  });
  await context.close();
  return seen;
}

const rows = [];
for (const [name, settings] of [
  ["the course's preset", ""],
  ["direct form, all threads", "#optimizer=adam&learningRate=0.0001&iterations=100000&logEvery=10"],
  ["plain TypeScript", "#backend=js&optimizer=adam&learningRate=0.0001&iterations=100000&logEvery=1"],
] as const) {
  const taken = [];
  for (let i = 0; i < visits; i++) taken.push(await visit(settings));
  const firsts = taken.map(({ first }) => first);
  const longest = Math.max(...taken.map((one) => one.longest));
  rows.push([name, median(firsts), Math.max(...firsts), longest === 0 ? "under 50" : cell(longest)]);
}
await browser.close();
server.close();
console.log(`${machine()}, ${browser.version()}\n`);
print([["milliseconds", "first cost, median", "most", "longest task"], ...rows]);
