// The settings on the page: the same in the form, in the address and in the page's state.

import type { DataSummary, Settings } from "../protocol.js";
import { $ } from "./elements.js";
import { chosenFrom, createForm, fromAddress, isChosen, PRESETS, presetOf, toAddress } from "./settings.js";
import { alarm, page, refresh } from "./state.js";

const form = createForm($<HTMLFormElement>("settings"), take);

/** Sets the page's settings. */
export function set(settings: Settings): void {
  form.write(settings);
  take(settings);
}

/** Takes the form's settings; null where a field cannot be read, which then says what it wants. */
export function read(): Settings | null {
  const settings = form.read();
  if (settings) take(settings);
  return settings;
}

// Takes settings that the form has.
function take(settings: Settings): void {
  page.settings = settings;
  const address = toAddress(settings);
  if (address !== location.hash.slice(1)) history.replaceState(null, "", address ? `#${address}` : location.pathname);
  refresh();
}

/** Sets what the address says. Returns what to say of settings in it that cannot be read, or null. */
export function setFromAddress(): string | null {
  const { settings, bad } = fromAddress(location.hash);
  set(settings);
  return bad.length ? `The address has settings that cannot be read: ${bad.join("; ")}.` : null;
}

let aside: Settings | null = null; // what chosen settings stand in the place of
let chosen: Partial<Settings> | null = null; // for the data
let found: Settings["iterations"] = "auto"; // the last number that was found

/** Sets the length of a training that was found for settings. */
export function setFound(settings: Settings): void {
  found = settings.iterations;
  set(settings);
}

/** What is chosen for a person's own table or pictures comes with them, and goes with them, unless something else is set. */
export function followData(data: DataSummary, comes: boolean): void {
  const { settings } = page;
  const untouched = ["auto", found].includes(settings.iterations);
  const own = chosen === null ? presetOf(settings) === null : !(untouched && isChosen(settings, chosen));
  if (!own && comes) {
    aside ??= settings;
    set(chosenFrom(data.chosen, settings));
  } else if (!own && aside) set(aside);
  if (!comes) aside = null;
  chosen = comes ? data.chosen : null;
}

export function listenToSettings(): void {
  for (const one of document.querySelectorAll<HTMLButtonElement>("[data-preset]")) {
    one.onclick = () => set(PRESETS[one.dataset.preset!]!);
  }
  $("chosen").onclick = () => set(chosenFrom(page.data!.chosen, page.settings));
  $("restore").onclick = () => set(page.shown!);
  // the address's fragment is the settings', so no link may go to a place by it
  $("skip").onclick = (event) => {
    event.preventDefault();
    const train = $("train");
    train.scrollIntoView();
    train.focus();
  };
  addEventListener("hashchange", () => {
    const complaint = setFromAddress();
    if (complaint) alarm(complaint);
  });
}
