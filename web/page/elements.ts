// Elements of the page: found by their id, or made.

export const $ = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T;

/** What an element is made of; null is left out. */
export type Child = Node | string | null;

/** An element with properties and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A choice of values, each in words. */
export function choiceOf(id: string, options: readonly (readonly [value: string, words: string])[]): HTMLSelectElement {
  return element("select", { id }, ...options.map(([value, words]) => new Option(words, value)));
}

const SHARES = [0, 0.1, 0.2, 0.25, 0.3, 0.5];

/** Shares to hold out, `own` among them. */
export const shareChoice = (own: number): HTMLOptionElement[] =>
  [...new Set([...SHARES, own])].map(
    (one) => new Option(one === 0 ? "none" : `${Math.round(100 * one)} %`, String(one)),
  );

/** An element of SVG with attributes. */
export function drawn(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: Node[]
): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** A table with a row of names above; cells of text, or of numbers, which stand to the right. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  caption: string,
  numbers = false,
): HTMLTableElement {
  const className = numbers ? "" : "left";
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head.map((name) => element("th", { scope: "col", className }, name)))),
    element(
      "tbody",
      {},
      ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", { className }, cell)))),
    ),
  );
}

/** Content that scrolls within its place, also by keyboard. */
export function scrolled(content: HTMLElement, name: string, more = ""): HTMLElement {
  const scroll = element("div", { className: `scroll ${more}`.trim(), tabIndex: 0 }, content);
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", name);
  return scroll;
}

/** A paragraph in small print. */
export const note = (text: string) => element("p", { className: "hint" }, text);
