// The README's pictures of the page, from a build: tsx scripts/screenshots.ts

import type { AddressInfo } from "node:net";
import { createPageServer } from "../src/cli/serve.js";
import { launch } from "../test/browser.js";

const server = createPageServer(new URL("../build/dist/web/", import.meta.url));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://localhost:${(server.address() as AddressInfo).port}/`;
const browser = await launch();

async function shoot(name: string, settings: string, width: number, height: number, colorScheme: "light" | "dark") {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.goto(address + settings);
  await page.locator("#train:enabled").click();
  await page.locator("#save:enabled").waitFor();
  const verdict = page.locator("#to-answers");
  if (await verdict.isVisible()) await verdict.click();
  else await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(500); // the charts are drawn frame by frame
  await page.screenshot({ path: new URL(`../docs/${name}.png`, import.meta.url).pathname });
  await page.close();
}

await shoot("page-wide-light", "", 1280, 1000, "light");
await shoot("page-phone-dark", "#init=0.01", 360, 720, "dark");
await browser.close();
server.close();
