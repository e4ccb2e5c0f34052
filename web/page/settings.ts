// The settings of a run: the form with its fields, their place in the page's address, and the presets. What fields there
// are is said in src/options.ts.

import type { Change } from "../../src/history.js";
import { defaultOf } from "../../src/options/resolve.js";
import { parseText, TextError, textOf } from "../../src/options/text.js";
import type { Type } from "../../src/options/type.js";
import { OPTIONS, type Row, type Table } from "../../src/options.js";
import type { Settings } from "../protocol.js";

type Name = keyof Settings;

export interface Field {
  readonly label: string;
  readonly type: Type;
  /** Values to choose from; free text where there are none. */
  readonly choices?: readonly string[];
  /** Choices beside which a number may be written. */
  readonly suggestions?: readonly string[];
  readonly wide?: boolean;
}

/** Name in the address → field, in the form's order. */
export function fieldsOf(table: Table = OPTIONS): Readonly<Record<string, Field>> {
  const rows = Object.entries(table).filter(([, { page }]) => page !== undefined);
  return Object.fromEntries(rows.map(([name, row]) => [name, toField(row)]));
}

function toField({ type: own, page }: Row): Field {
  const { label, type = own } = page!;
  if (type.is === "list") return { label, type, wide: true };
  if (type.is === "flag") return { label, type, choices: ["false", "true"] };
  const words = type.is === "value" && type.words.length ? type.words : null;
  if (words === null) return { label, type };
  return type.is === "value" && type.range === null
    ? { label, type, choices: words }
    : { label, type, suggestions: words };
}

const FIELDS = fieldsOf();
const NAMES = Object.keys(FIELDS) as Name[];
/** Names of fields in older addresses. */
const FORMER: ReadonlyMap<string, string> = new Map([
  ["batch", "batchSize"],
  ["every", "logEvery"],
  ["standardize", "scaling"],
]);
/** Values in those, where they are others today. */
const FORMER_VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  standardize: { true: "standard", false: "auto" },
};

/** What a setting is beside `others` where nobody says; undefined where that cannot be known here. */
function usual(name: Name, others: object): unknown {
  const row: Row = OPTIONS[name];
  return row.page?.default ?? defaultOf(row, others);
}

/** `given` with what is missing as it is usual, or else as in `base`. */
function complete(given: Partial<Settings>, base: Partial<Settings> = {}): Settings {
  const settings: Record<string, unknown> = {};
  for (const name of NAMES) settings[name] = given[name] ?? usual(name, settings) ?? base[name];
  return settings as unknown as Settings;
}

const COURSE = complete({});

export const PRESETS: Readonly<Record<string, Settings>> = {
  course: COURSE,
  student: { ...COURSE, init: 0.01 },
  flat: { ...COURSE, layers: [] },
};

/** Whether settings are what the policy chose, however long it is trained. */
export const isChosen = (settings: Settings, chosen: Partial<Settings>): boolean => {
  const { iterations, logEvery } = settings;
  return same(settings, { ...chosenFrom(chosen, settings), iterations, logEvery });
};

/** What the policy chose, with what is aside of it from `now`. */
export const chosenFrom = (
  chosen: Partial<Settings>,
  { seed, dtype, backend, numerics, threads }: Settings,
): Settings => complete({ ...chosen, seed, dtype, backend, numerics, threads }, COURSE);

export const same = (a: Settings, b: Settings) => NAMES.every((name) => textOf(a[name]) === textOf(b[name]));

/** The part of the address behind #: what differs from the course's settings. */
export function toAddress(settings: Settings): string {
  const changed = NAMES.filter((name) => {
    const { [name]: own, ...others } = settings;
    return textOf(own) !== textOf(complete(others, COURSE)[name]);
  });
  return changed
    .map((name) => `${name}=${encodeURIComponent(textOf(settings[name])).replaceAll("%2C", ",")}`)
    .join("&");
}

/** Settings of an address. `bad` names what could not be read and was left as it is usual. */
export function fromAddress(hash: string): { settings: Settings; bad: string[] } {
  const given: Record<string, unknown> = {};
  const bad: string[] = [];
  for (const [written, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const name = FORMER.get(written) ?? written;
    try {
      if (!Object.hasOwn(FIELDS, name)) throw new TextError("a setting");
      given[name] = parseText(FIELDS[name]!.type, FORMER_VALUES[written]?.[text] ?? text);
    } catch (error) {
      bad.push(`${written}=${text} is not ${(error as Error).message}`);
    }
  }
  return { settings: complete(given as Partial<Settings>, COURSE), bad };
}

/** Settings `now`; what was as usual beside those `before` is as usual beside these. */
export function follow(before: Settings, now: Settings): Settings {
  const own = Object.entries(now).filter(([name, value]) => textOf(value) !== textOf(usual(name as Name, before)));
  return complete(Object.fromEntries(own), now);
}

/** What a finding's change is in settings; null where a part of it has no field: the rest would be another advice. */
export function settingsOf({ layers, standardize, ...change }: Change): Partial<Settings> | null {
  const settings = {
    ...change,
    ...(layers && { layers: layers.slice(0, -1) }), // the outputs are those of the data
    ...(standardize !== undefined && { scaling: standardize ? ("standard" as const) : ("auto" as const) }),
  };
  const names = Object.keys(settings);
  return names.length > 0 && names.every((name) => Object.hasOwn(FIELDS, name)) ? settings : null;
}

/** Name of the preset that these settings are; null when they are none. */
export function presetOf(settings: Settings): string | null {
  return Object.keys(PRESETS).find((name) => same(PRESETS[name]!, settings)) ?? null;
}

/** Puts the fields into the form. `changed` is called with settings that can be read. */
export function createForm(form: HTMLFormElement, changed: (settings: Settings) => void) {
  let held = COURSE; // what the form was last known to say
  const controls = new Map<Name, HTMLInputElement | HTMLSelectElement>();
  for (const name of NAMES) {
    const { label, choices, suggestions, wide } = FIELDS[name]!;
    const control = document.createElement(choices ? "select" : "input");
    control.id = `field-${name}`;
    control.name = name;
    if (control instanceof HTMLSelectElement) for (const value of choices!) control.append(new Option(value, value));
    else {
      control.spellcheck = false;
      if (suggestions) {
        const list = document.createElement("datalist");
        list.id = `list-${name}`;
        for (const value of suggestions) list.append(new Option(value, value));
        control.setAttribute("list", list.id);
        form.append(list);
      }
    }
    const holder = document.createElement("label");
    if (wide) holder.className = "wide";
    holder.append(label, control);
    form.append(holder);
    controls.set(name, control);
    // while it is typed what can be read counts already; only a finished field is complained about
    control.addEventListener("input", () => {
      const settings = read(false);
      if (!settings) return;
      const now = follow(held, settings);
      for (const other of NAMES) if (textOf(now[other]) !== textOf(settings[other])) show(other, now);
      held = now;
      changed(now);
    });
    control.addEventListener("change", () => read());
  }
  form.addEventListener("submit", (event) => event.preventDefault());

  /** The settings, or null when a field cannot be read; that field then says what it wants, if `aloud`. */
  function read(aloud = true): Settings | null {
    const settings: Record<string, unknown> = {};
    let good = true;
    for (const [name, control] of controls) {
      let want = "";
      try {
        settings[name] = parseText(FIELDS[name]!.type, control.value);
      } catch (error) {
        want = `Pass ${(error as Error).message}.`;
        good = false;
      }
      if (want !== "" && !aloud) continue;
      control.setCustomValidity(want);
      control.setAttribute("aria-invalid", String(want !== ""));
      control.title = want;
    }
    if (!good && aloud) form.reportValidity();
    return good ? (settings as unknown as Settings) : null;
  }

  function show(name: Name, settings: Settings): void {
    const control = controls.get(name)!;
    control.value = textOf(settings[name]);
    control.setCustomValidity("");
    control.setAttribute("aria-invalid", "false");
  }

  function write(settings: Settings): void {
    held = settings;
    for (const name of NAMES) show(name, settings);
  }

  return { read, write };
}
