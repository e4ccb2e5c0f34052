// A table that is open: its columns with what they hold, which of them is predicted and from which, the first rows. Built
// once for each table; what is changed in it becomes a plan.

import type { ColumnSummary, Plan, Reading, SetSummary, TableSummary } from "../protocol.js";
import { choiceOf, drawn, element, note, scrolled, shareChoice, tableOf } from "./elements.js";

const MOST = { columns: 300, cells: 40, letters: 60 }; // that are shown: of columns, of a row, of a cell
const BAR = { width: 10, height: 36 };

const KINDS: Readonly<Record<ColumnSummary["kind"], string>> = {
  ...{ number: "numbers", boolean: "yes or no", category: "categories", date: "dates", text: "text" },
  ...{ empty: "empty", id: "names the rows", unreadable: "cannot be read" },
};
const READINGS: Readonly<Record<Reading, string>> = {
  ...{ number: "numbers", log1p: "numbers, log(1 + v)", category: "categories", boolean: "yes or no" },
  date: "days since 1970",
};

const cut = (cell: string) => (cell.length > MOST.letters ? `${cell.slice(0, MOST.letters - 1)}…` : cell);

/** A table's view. `changed` is called with each new plan; `tell` shows what is made of it. */
export function createTableView(
  { name, count, columns, rows, plan, tested }: TableSummary,
  changed: (plan: Plan) => void,
) {
  const names = columns.map((column) => column.name);
  // by their places: a name may be empty
  const target = choiceOf("target", [["", "choose …"], ...names.map((one, c) => [String(c), one] as const)]);
  const task = choiceOf("task", [
    ["auto", "as they look"],
    ["classification", "classes"],
    ["regression", "numbers"],
  ]);
  const share = element("select", { id: "share" }, ...shareChoice(plan.test));
  const shown = columns.slice(0, MOST.columns).map((column) => createColumn(column, take));
  const hidden = new Set(names.slice(MOST.columns));
  const verdict = note("");
  const tasks = element("label", {}, "Its values are", task);

  function read(): Plan {
    const seen = shown.flatMap((column) => column.read() ?? []);
    const inputs = [...seen, ...plan.inputs.filter((one) => hidden.has(one.name))];
    const predicted = target.value === "" ? null : names[Number(target.value)]!;
    return {
      target: predicted,
      task: task.value as Plan["task"],
      inputs: inputs.filter((one) => one.name !== predicted),
      test: Number(share.value),
    };
  }

  function show(now: Plan): void {
    target.value = now.target === null ? "" : String(names.indexOf(now.target));
    task.value = now.task;
    share.value = String(now.test);
    const inputs = new Map(now.inputs.map((one) => [one.name, one.as]));
    for (const column of shown) column.show(inputs.get(column.name) ?? null, column.name === now.target);
    // of text there is nothing to choose
    tasks.hidden = columns.find((column) => column.name === now.target)?.kind !== "number";
  }

  function take(): void {
    const now = read();
    show(now);
    changed(now);
  }

  for (const choice of [task, share]) choice.onchange = take;
  target.onchange = () => {
    task.value = "auto";
    take();
  };
  show(plan);

  const more = hidden.size > 0 ? note(`${hidden.size} more columns are used as they look.`) : null;
  const caption = `The first ${rows.length} rows of ${name}`;
  const cells = rows.map((row) => row.slice(0, MOST.cells).map(cut));
  const whole = element(
    "fieldset",
    { id: "plan" },
    element("legend", {}, `${name}: ${count} rows, ${columns.length} columns`),
    element(
      "div",
      { className: "choices" },
      element("label", {}, "Column to predict", target),
      tasks,
      tested ? null : element("label", {}, "Rows held out to test on", share),
    ),
    verdict,
    element(
      "fieldset",
      { className: "columns" },
      element("legend", {}, "Columns to predict from"),
      scrolled(element("ul", {}, ...shown.map((column) => column.element)), "Columns", "tall"),
    ),
    more,
    scrolled(tableOf(names.slice(0, MOST.cells), cells, caption), caption, "rows"),
  );

  return {
    element: whole,
    show,
    /** Says how the plan is understood; null where nothing can be trained. */
    tell(set: SetSummary | null): void {
      verdict.textContent = set === null ? "" : taskInWords(read().target!, set);
    },
  };
}

export type TableView = ReturnType<typeof createTableView>;

function taskInWords(target: string, { classes, numbers }: SetSummary): string {
  if (numbers) return `${target} is a number to predict.`;
  const some = classes!
    .slice(0, 6)
    .map((one) => one.name)
    .join(", ");
  return `${target} is a class to tell: one of ${classes!.length} (${some}${classes!.length > 6 ? ", …" : ""}).`;
}

// A column as an item of the list.
function createColumn(column: ColumnSummary, changed: () => void) {
  const { name, kind, readings } = column;
  const use = element("input", { type: "checkbox", disabled: readings.length === 0 });
  const as = element("select", {}, ...readings.map((one) => new Option(READINGS[one], one)));
  as.setAttribute("aria-label", `How ${name} is read`);
  const state = element("span", { className: "state" });
  const item = element(
    "li",
    {},
    element("label", { className: "inline name" }, use, element("strong", {}, name)),
    element("span", { className: "kind" }, readings.length > 1 ? as : null, state),
    histogramOf(column),
    element("p", { className: "hint" }, factsInWords(column)),
  );
  // of the column to predict, what it is else
  let wanted = ["number", "boolean", "category"].includes(kind) ? readings[0]! : null;
  const take = () => {
    wanted = use.checked ? (as.value as Reading) : null;
    changed();
  };
  for (const control of [use, as]) control.onchange = take;
  return {
    name,
    element: item,
    read: () => wanted && { name, as: wanted },
    show(reading: Reading | null, predicted: boolean): void {
      if (!predicted) wanted = reading;
      use.checked = reading !== null;
      use.disabled = predicted || readings.length === 0;
      if (reading !== null) as.value = reading;
      as.hidden = reading === null;
      const alone = reading !== null && readings.length === 1;
      if (reading !== null) state.textContent = alone ? inWords(kind, reading) : "";
      else state.textContent = `${KINDS[kind]}, ${predicted ? "to predict" : "not used"}`;
    },
  };
}

const inWords = (kind: ColumnSummary["kind"], reading: Reading) =>
  KINDS[kind] === READINGS[reading] ? KINDS[kind] : `${KINDS[kind]}, as ${READINGS[reading]}`;

function factsInWords({ missing, distinct, range, first, bars, kind, trouble }: ColumnSummary): string {
  if (kind === "unreadable") return `it ${trouble}`;
  const frequent = kind === "category" || kind === "boolean" || (kind === "text" && bars.length > 0);
  const facts = [
    missing > 0 && `${missing} missing`,
    `${distinct} different`,
    range,
    frequent
      ? bars.map((bar) => `${cut(bar.name)} (${bar.count})`).join(", ")
      : `${first.map((cell) => cut(cell) || "–").join(", ")}, …`,
    trouble && `it ${trouble}`,
  ];
  return facts.filter(Boolean).join("; ");
}

function histogramOf({ name, bars }: ColumnSummary): Node {
  if (bars.length === 0) return element("span", { className: "histogram" });
  const most = Math.max(...bars.map(({ count }) => count));
  const frequent = bars.find(({ count }) => count === most)!;
  const boxes = bars.map((bar, b) => {
    const height = bar.count === 0 ? 0 : Math.max(1, (bar.count / most) * BAR.height);
    const box = { x: b * BAR.width, y: BAR.height - height, width: BAR.width - 1, height };
    return drawn("rect", box, drawn("title", {}, new Text(`${bar.name}: ${bar.count}`)));
  });
  const width = bars.length * BAR.width;
  return drawn(
    "svg",
    {
      ...{ class: "histogram", viewBox: `0 0 ${width} ${BAR.height}`, width, height: BAR.height, role: "img" },
      preserveAspectRatio: "xMinYMax",
      "aria-label": `Histogram of ${name}: most often ${frequent.name}, ${frequent.count} times`,
    },
    ...boxes,
  );
}
