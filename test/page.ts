// The page in a real browser, for its tests: opened, watched, trained in, with files dropped on it.

import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { createPageServer } from "../src/cli/serve.js";
import { all } from "./all.js";
import { launch, type Watch, watch } from "./browser.js";
import { host } from "./host.js";

export const dist = new URL("../build/dist/", import.meta.url);

/** Address of the page with the isolation headers. */
export let isolated: string;
/** And from a static host without them. */
export let plain: string;
export const watches: Watch[] = [];
let browser: Browser;
const servers: Server[] = [];

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

/** Has a browser and the servers for the tests of a file, each of which must leave no trouble. */
export function withBrowser(): void {
  beforeAll(async () => {
    browser = await launch();
    isolated = await listen(createPageServer(new URL("web/", dist)));
    const other = await host(fileURLToPath(new URL("web", dist)));
    servers.push(other.server);
    plain = other.address;
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) server.close();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) if (context !== usual?.context()) await context.close();
    await usual?.goto("about:blank"); // ends its workers
    expect(watches.flatMap(({ trouble }) => trouble.splice(0))).toEqual([]);
  });
}

let usual: Page | undefined; // of most tests: a browser's second visit takes half the time of its first

/** The page, once it has its data. With `options` a browser of its own; `before` runs there before the page's scripts. */
export async function open(address = isolated, options?: BrowserContextOptions, before?: () => void): Promise<Page> {
  const own = options !== undefined || before !== undefined || new URL(address).origin !== new URL(isolated).origin;
  const page = own || !usual ? await newPage(address, options) : usual;
  if (!own) usual = page;
  if (before) await page.addInitScript(before);
  await page.goto("about:blank"); // another fragment alone would not load the page anew
  await page.goto(address);
  await page.locator("#train:enabled").waitFor();
  return page;
}

/** A page of its own, before any address. */
export async function newPage(address: string, options?: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  watches.push(watch(page, address));
  return page;
}

/**
 * The page of a browser of its own in which `code` runs before the worker's script: the worker is no place for scripts of
 * Playwright's.
 */
export async function openWith(code: string, address = isolated): Promise<Page> {
  const page = await newPage(address, {});
  const script = readFileSync(new URL("web/worker.js", dist), "utf8");
  const headers = { "Content-Type": "text/javascript", "Cross-Origin-Embedder-Policy": "require-corp" };
  await page.context().route("**/worker.js", (route) => route.fulfill({ body: code + script, headers }));
  await page.goto(address);
  await page.locator("#train:enabled").waitFor();
  return page;
}

/** For openWith: a clock that is ten times as fast, for what the worker does every few seconds. */
export const HASTE = "{ const now = performance.now.bind(performance); performance.now = () => 10 * now(); }";

/**
 * Axe finds nothing and nothing sticks out at 1280 pixels and at `narrow` ones. In dark, which changes colours alone, the
 * wide page is looked at for contrast; both widths by all rules with WASMLP_TESTS=all.
 */
export async function accessible(page: Page, narrow: number): Promise<void> {
  await page.evaluate(axe.source); // the page's policy lets no script in but by this way
  const find = async (rules?: string[]) => {
    const { violations } = await page.evaluate(
      (only) => (window as unknown as { axe: typeof axe }).axe.run(only ? { runOnly: only } : {}),
      rules,
    );
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  };
  for (const width of [1280, narrow]) {
    await page.setViewportSize({ width, height: 800 });
    const scrollWidth = () => page.evaluate(() => document.documentElement.scrollWidth);
    await expect.poll(scrollWidth, { message: `${width} pixels` }).toBe(width);
    expect(await find(), `light, ${width} pixels`).toEqual([]);
    if (width === narrow && !all) continue;
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await find(all ? undefined : COLOURS), `dark, ${width} pixels`).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
  }
}
const COLOURS = ["color-contrast", "link-in-text-block"];

/** Whether an element is seen as a whole, where the page is scrolled to, and not below the bar. */
export const inView = (page: Page, selector: string) =>
  page.locator(selector).evaluate((element) => {
    const { top, bottom, left, width } = element.getBoundingClientRect();
    const middle = document.elementFromPoint(left + width / 2, (top + bottom) / 2);
    return top >= -1 && bottom <= innerHeight + 1 && middle !== null && element.contains(middle);
  });

/** What an element says. */
export const text = async (page: Page, selector: string) => (await page.locator(selector).textContent()) ?? "";

/** Presses Train and waits for the end; gives the status line and the weights' hash. */
export async function train(page: Page): Promise<{ status: string; hash: string }> {
  await page.locator("#train").click();
  return ended(page);
}

/** The same, of a training that somebody has begun. */
export async function ended(page: Page): Promise<{ status: string; hash: string }> {
  await expect.poll(() => text(page, "#status"), { timeout: 60_000 }).toMatch(/^(Done|Stopped|Ended)/);
  const hash = (await text(page, "#fingerprint")).replace(/.*: /, "");
  return { status: await text(page, "#status"), hash };
}

/** Drops files on the page. */
export async function drop(
  page: Page,
  files: readonly { name: string; type?: string; bytes: Uint8Array }[],
): Promise<void> {
  const list = files.map(({ name, type = "", bytes }) => ({ name, type, text: Buffer.from(bytes).toString("base64") }));
  const transfer = await page.evaluateHandle((dropped) => {
    const data = new DataTransfer();
    for (const { name, type, text } of dropped) {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
    }
    return data;
  }, list);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

/** The costs in the table, as they are written there. */
export async function costsOf(page: Page): Promise<string[]> {
  return page.locator("#costs tbody tr td:nth-child(2)").allTextContents();
}
