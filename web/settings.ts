// The settings of a run: the form's fields as a table, their place in the page's address, and the presets.

import { ACTIVATIONS, BACKENDS, DTYPES, OPTIMIZERS } from "../src/catalogue.js";
import type { Settings } from "./protocol.js";

const COURSE: Settings = {
  layers: [20, 7, 5],
  activation: "relu",
  init: "lecun",
  optimizer: "sgd",
  learningRate: 0.0075,
  batchSize: "full",
  iterations: 2500,
  logEvery: 100,
  seed: 1,
  dtype: "float32",
  backend: "wasm",
  threads: "auto",
  scale: "data",
};

export const PRESETS: Readonly<Record<string, Settings>> = {
  course: COURSE,
  student: { ...COURSE, init: 0.01 },
  flat: { ...COURSE, layers: [] },
};

/** Thrown for a text that is no value of its field; the message says what would be. */
export class FieldError extends Error {}

interface Field {
  readonly label: string;
  /** Values to choose from; free text where there are none. */
  readonly choices?: readonly string[];
  /** Choices beside which a number may be written. */
  readonly suggestions?: readonly string[];
  readonly wide?: boolean;
  parse(text: string): unknown;
}

function refuse(want: string): never {
  throw new FieldError(want);
}
const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string) => {
    const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    const limits = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    return refuse(`a whole number ${limits}`);
  };
const positive = (text: string) => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return value > 0 && value < Number.POSITIVE_INFINITY ? value : refuse("a number above 0");
};
const notNegative = (text: string) => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return value >= 0 && value < Number.POSITIVE_INFINITY ? value : refuse("a number from 0 on");
};
const oneOf = (choices: readonly string[], other?: (text: string) => unknown) => (text: string) => {
  if (choices.includes(text.trim())) return text.trim();
  if (!other) return refuse(`one of ${choices.join(", ")}`);
  try {
    return other(text);
  } catch (error) {
    return refuse(`${choices.join(", ")} or ${(error as Error).message}`);
  }
};
const choice = (label: string, choices: readonly string[]): Field => ({ label, choices, parse: oneOf(choices) });

const INITS = ["lecun", "he", "glorot"];

/** Name in the address → field, in the form's order. */
export const FIELDS: Readonly<Record<keyof Settings, Field>> = {
  layers: {
    label: "hidden widths, such as 20,7,5; empty for none",
    wide: true,
    parse: (text) => (/^\s*(none)?\s*$/.test(text) ? [] : text.split(/[,\s-]+/).map(whole(1, 100_000))),
  },
  activation: choice("activation", ACTIVATIONS),
  init: { label: "initial weights", suggestions: INITS, parse: oneOf(INITS, notNegative) },
  optimizer: choice("optimizer", OPTIMIZERS),
  learningRate: { label: "learning rate", parse: positive },
  batchSize: { label: "batch size", suggestions: ["full"], parse: oneOf(["full"], whole(1)) },
  iterations: { label: "iterations", parse: whole(1, 100_000_000) },
  logEvery: { label: "log every", parse: whole(1) },
  seed: { label: "seed", parse: whole(0, 2 ** 32 - 1) },
  dtype: choice("precision", DTYPES),
  backend: choice("backend", BACKENDS),
  threads: { label: "threads", suggestions: ["auto"], parse: oneOf(["auto"], whole(1, 64)) },
  scale: { label: "input scale", suggestions: ["data"], parse: oneOf(["data"], positive) },
};
/** Names of fields in older addresses. */
const FORMER: Readonly<Record<string, string>> = { batch: "batchSize", every: "logEvery" };
const NAMES = Object.keys(FIELDS) as (keyof Settings)[];

const textOf = (value: unknown) => (Array.isArray(value) ? value.join(",") : String(value));
const same = (a: Settings, b: Settings) => NAMES.every((name) => textOf(a[name]) === textOf(b[name]));

/** The part of the address behind #: what differs from the course's settings. */
export function toAddress(settings: Settings): string {
  const changed = NAMES.filter((name) => textOf(settings[name]) !== textOf(COURSE[name]));
  return changed
    .map((name) => `${name}=${encodeURIComponent(textOf(settings[name])).replaceAll("%2C", ",")}`)
    .join("&");
}

/** Settings of an address. `bad` names what could not be read and was left at the course's value. */
export function fromAddress(hash: string): { settings: Settings; bad: string[] } {
  const settings: Record<string, unknown> = { ...COURSE };
  const bad: string[] = [];
  for (const [written, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const name = FORMER[written] ?? written;
    try {
      if (!Object.hasOwn(FIELDS, name)) throw new FieldError("a setting");
      settings[name] = FIELDS[name as keyof Settings].parse(text);
    } catch (error) {
      bad.push(`${name}=${text} is not ${(error as Error).message}`);
    }
  }
  return { settings: settings as unknown as Settings, bad };
}

/** Name of the preset that these settings are; null when they are none. */
export function presetOf(settings: Settings): string | null {
  return Object.keys(PRESETS).find((name) => same(PRESETS[name]!, settings)) ?? null;
}

/** Puts the fields into the form. `changed` is called with settings that can be read. */
export function createForm(form: HTMLFormElement, changed: (settings: Settings) => void) {
  const controls = new Map<keyof Settings, HTMLInputElement | HTMLSelectElement>();
  for (const name of NAMES) {
    const { label, choices, suggestions, wide } = FIELDS[name];
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
      if (settings) changed(settings);
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
        settings[name] = FIELDS[name].parse(control.value);
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

  function write(settings: Settings): void {
    for (const [name, control] of controls) {
      control.value = textOf(settings[name]);
      control.setCustomValidity("");
      control.setAttribute("aria-invalid", "false");
    }
  }

  return { read, write };
}
