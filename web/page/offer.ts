// A training that was left in its middle, by a reload or a crash: one line with a button to go on and one to discard it.

import type { Left } from "../protocol.js";
import { request } from "./client.js";
import { $ } from "./elements.js";
import { page, refresh, releaseFocus } from "./state.js";

let left: Left | null = null;

/** Looks for a training that was left, and offers to go on with it. */
export async function offer(): Promise<void> {
  left = await request("left").catch(() => null);
  if (left) {
    const on = left.embedded ? "" : ` on ${filesOf(left)}`;
    const again = left.embedded ? "" : " Open the same files to go on.";
    $("left").textContent = `A training${on} was left at ${Math.floor(100 * left.share)} %.${again}`;
  }
  releaseFocus($("offer"));
  $("offer").hidden = left === null;
  refresh();
}

/** Takes the offer from sight while something else is trained. */
export function withdraw(): void {
  releaseFocus($("offer"));
  $("offer").hidden = true;
}

/** Names of a training's files, in words. */
export const filesOf = ({ sets }: Left) =>
  [...new Set(sets.map((name) => name.replace(/, (train_set|test_set|held out)$/, "")))].join(" and ");

/** Whether the page has data of the names that the training had. */
export const isHere = ({ sets }: Left) =>
  sets.join() === [page.data?.train, page.data?.test].flatMap((set) => set?.name ?? []).join();

export function listenToOffer(goOn: (left: Left) => unknown): void {
  $("go-on").onclick = () => left && goOn(left);
  $("discard").onclick = async () => {
    await request("discard");
    await offer();
  };
}
