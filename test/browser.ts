// The browser that the page and the examples are tried in: CHROME_PATH, or an installed Chrome, Chromium or Edge.

import { type Browser, chromium } from "playwright-core";
import { findBrowser } from "../scripts/browser.js";

/** Starts the browser without a window. Throws when there is none; `npm test` installs one where it can. */
export async function launch(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === null)
    throw new Error("no Chrome, Chromium or Edge is installed; install one or set CHROME_PATH");
  // root, as in a container, has no sandbox
  const root = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: root ? ["--no-sandbox"] : [] });
}
