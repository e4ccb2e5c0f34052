// The doctor on the page: what a training makes possible, what trials show, and a trace to hold one's own program against.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Random } from "../src/random.js";
import {
  accessible,
  dist,
  drop,
  ended,
  HASTE,
  inView,
  isolated,
  open,
  openWith,
  text,
  train,
  withBrowser,
} from "./page.js";

withBrowser();

// three kinds told by two columns, beside one that is a hundred times as large and says nothing
const flowers = (() => {
  const random = new Random(3);
  const rows = Array.from({ length: 240 }, (_, i) => {
    const [a, b, huge] = [random.normal(), random.normal(), random.normal()];
    return [a + 3 * Number(i % 3 === 0), b + 3 * Number(i % 3 === 1), 150 * huge, "xyz"[i % 3]].join(",");
  });
  return Buffer.from(["a,b,huge,kind", ...rows, ""].join("\n"));
})();

test("settings are diagnosed: what helps, before and after, what is only possible, and a button that uses it", async () => {
  const page = await open(`${isolated}#layers=8&learningRate=0.01&iterations=400`);
  await drop(page, [{ name: "flowers.csv", bytes: flowers }]);
  await page.getByLabel("Column to predict").selectOption("kind");
  const before = (await train(page)).status.match(/test accuracy ([\d.]+ %)/)![1]!;
  // what is only possible is folded away, without trials too
  const possible = page.getByText(/^Also possible \(\d+\)$/);
  const suspicion = page.locator(".suspicion").first();
  expect(await suspicion.isVisible()).toBe(false);
  await possible.click();
  expect(await suspicion.isVisible()).toBe(true);

  await page.getByRole("button", { name: "Diagnose these settings" }).click();
  await expect.poll(() => text(page, "#status"), { timeout: 30_000 }).toMatch(/^Diagnosed by \d+ changes/);
  const status = await text(page, "#status");
  expect(status).toContain(`accuracy ${before} as set`);
  const after = status.match(/([\d.]+ %) with scaling standard\.$/)![1]!;
  const finding = page.locator(".finding");
  expect(await finding.count()).toBe(1);
  expect(await finding.textContent()).toMatch(/^one huge feature.*accuracy on the test set:as set.*changed/);
  const bars = await finding.locator("meter").evaluateAll((all) => all.map((one) => (one as HTMLMeterElement).value));
  expect(bars.map((value) => `${(100 * value).toFixed(1)} %`)).toEqual([before, after]);
  expect(await inView(page, "#answers-title")).toBe(true);
  expect(await suspicion.isVisible()).toBe(false);
  for (const folded of await page.locator("#answers summary").all()) await folded.click();
  expect(await text(page, "#answers table")).toContain(`scaling standard${after}`);
  await accessible(page, 360);

  await finding.getByRole("button", { name: "Use scaling standard and train again" }).click();
  await expect.poll(() => page.url()).toContain("scaling=standard");
  expect((await ended(page)).status).toContain(`test accuracy ${after}`);
  expect(await page.locator("#findings meter").count()).toBe(0); // findings of this training alone
}, 120_000);

test("a diagnosis ends when its time is up; by Stop it and a trace end, and leave what was found before", async () => {
  const page = await openWith(HASTE, `${isolated}#init=0.01`);
  const button = page.getByRole("button", { name: "Diagnose these settings" });
  const seconds = page.locator("#diagnose-seconds");
  await seconds.fill("");
  await button.click();
  expect(await text(page, "#status")).toBe("Ready: press Train.");
  await seconds.fill("1");
  await button.click();
  await expect
    .poll(() => text(page, "#findings"), { timeout: 30_000 })
    .toMatch(/There was no time for \d+ more changes/);
  expect(await text(page, "#status")).toMatch(/^Diagnosed by 0 changes/); // the first training took its second
  await page.locator("#field-iterations").fill("10000000");
  await button.click();
  await expect.poll(() => text(page, "#status")).toBe("Diagnosing: training as set …");
  expect(await page.evaluate(() => document.activeElement!.id)).toBe("stop");
  expect(await page.locator("#pause").isEnabled()).toBe(false);
  await page.locator("#stop").click();
  await expect.poll(() => text(page, "#status")).toBe("Stopped.");
  expect(await text(page, "#findings")).toMatch(/There was no time/);
  expect(await button.isEnabled()).toBe(true);
  await page.locator("#trace-iteration").fill("9999999");
  await page.locator("#trace").click();
  await expect.poll(() => text(page, "#status")).toBe("Tracing iteration 9999999 …");
  await page.locator("#stop").click();
  await expect.poll(() => text(page, "#status")).toBe("Stopped.");
}, 60_000);

test("a trace of any iteration is the file that the command writes, or says what has no place in it", async () => {
  const page = await open(`${isolated}#layers=4&iterations=20`);
  await page.locator("#trace-iteration").fill("3");
  const button = page.getByRole("button", { name: "Download a trace" });
  const coming = page.waitForEvent("download");
  await button.click();
  const file = await coming;
  expect(file.suggestedFilename()).toBe("trace.npz");
  await expect
    .poll(() => text(page, "#status"))
    .toMatch(/^Traced iteration 3 of 12288-4-1 on 209 examples: cost 0\.\d+\.$/);
  const folder = mkdtempSync(join(tmpdir(), "wasmlp-trace-"));
  const out = join(folder, "trace.npz");
  const options = ["--layers", "4", "--iterations", "20", "--iteration", "3", "--out", out];
  await promisify(execFile)(process.execPath, [new URL("cli.js", dist).pathname, "trace", ...options]);
  expect(readFileSync(await file.path()).equals(readFileSync(out))).toBe(true);
  rmSync(folder, { recursive: true });
  await page.locator("#field-dropout").fill("0.5");
  await button.click();
  await expect.poll(() => text(page, "#alert")).toMatch(/dropout has no place/);
  await expect.poll(() => button.isEnabled()).toBe(true);
}, 60_000);
