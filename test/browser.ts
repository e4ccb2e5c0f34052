// The browser that the page and the examples are tried in: CHROME_PATH, or an installed Chrome, Chromium or Edge.

import { type Browser, chromium, type Page } from "playwright-core";
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

/** What a page asked for, and what no page should do: console errors and warnings, errors, requests to other hosts. */
export interface Watch {
  readonly loaded: string[];
  readonly trouble: string[];
}

/** Watches a page of `address` from now on. */
export function watch(page: Page, address: string): Watch {
  const { host: home } = new URL(address);
  const loaded: string[] = [];
  const trouble: string[] = [];
  page.on("console", (message) => {
    const { url } = message.location();
    if (/\/(favicon\.ico|icon\.svg)$/.test(url)) return; // browsers ask for one when they like
    if (["error", "warning"].includes(message.type())) trouble.push(`console: ${message.text()} (${url})`);
  });
  page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  page.context().on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    loaded.push(request.url());
    if (protocol.startsWith("http") && host !== home) trouble.push(`request: ${request.url()}`);
  });
  return { loaded, trouble };
}
