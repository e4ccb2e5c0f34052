// Finds a browser for the tests; run as a script it installs one where there is none and the platform has a way:
// tsx scripts/browser.ts

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];

/** Path of CHROME_PATH, or of an installed Chrome, Chromium or Edge; null when there is none. */
export function findBrowser(): string | null {
  const { CHROME_PATH, PATH = "", PROGRAMFILES, LOCALAPPDATA } = process.env;
  if (CHROME_PATH) return CHROME_PATH;
  const places = PATH.split(":").flatMap((folder) => NAMES.map((name) => join(folder, name)));
  for (const name of ["Google Chrome", "Chromium", "Microsoft Edge"]) {
    places.push(`/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  for (const folder of [PROGRAMFILES, process.env["PROGRAMFILES(X86)"], LOCALAPPDATA]) {
    if (!folder) continue;
    places.push(
      join(folder, "Google/Chrome/Application/chrome.exe"),
      join(folder, "Microsoft/Edge/Application/msedge.exe"),
    );
  }
  return places.find((path) => existsSync(path)) ?? null;
}

function install(): void {
  const debian = existsSync("/etc/debian_version") && process.getuid?.() === 0;
  if (!debian) {
    console.error("There is no Chrome, Chromium or Edge for the browser tests: install one, or set CHROME_PATH.");
    process.exit(1);
  }
  console.log("There is no browser for the browser tests: installing Debian's chromium.");
  const apt = (...options: string[]) =>
    execFileSync("apt-get", ["-qq", ...options], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "inherit"],
    });
  apt("update");
  apt("install", "-y", "--no-install-recommends", "chromium");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href && findBrowser() === null) install();
