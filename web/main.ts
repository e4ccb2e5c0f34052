// The page: listens to the person and to the worker, and keeps the two in step. What things look like is show.ts's and
// charts.ts's, what a setting is settings.ts's, all computing the worker's.

import { countParameters } from "../src/architecture.js";
import type { Change, CostRecord, Diagnosis, Progress } from "../src/index.js";
import { costPlot } from "../src/plot.js";
import { cost, grouped, percent } from "../src/text.js";
import { createChart } from "./charts.js";
import { command, listen, request, WorkerError } from "./client.js";
import type { DataSummary, Events, NamedFile, NetworkSummary, RaceResult, Settings, TrainResult } from "./protocol.js";
import { createForm, fromAddress, PRESETS, presetOf, toAddress } from "./settings.js";
import { element, findingElement, looksElement, predictionElement, setElement } from "./show.js";

const $ = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T;
const button = (id: string) => $<HTMLButtonElement>(id);

let data: DataSummary | null = null;
let network: NetworkSummary | null = null;
let records: CostRecord[] = [];
let run: Settings | null = null; // the settings of the running or last training
let state: "loading" | "ready" | "training" | "paused" | "stopping" | "racing" = "loading";
let flops = 0; // of an iteration
let told = 0; // when the status line last told of the progress
const TELL = 4000; // milliseconds from one telling to the next, which screen readers speak
let speed = { iteration: 0, seconds: 0 }; // at the last look

listen({ start: showStart, cost: addRecord, progress: addProgress, diagnosis: addFinding, race: showRace }, (reason) =>
  alarm(`The page’s worker does not run here (${reason}).`),
);
const costs = createChart($("cost-chart"), [
  { name: "training", colour: "--accent" },
  { name: "test", colour: "--warm", dashed: true },
]);
const accuracies = createChart(
  $("accuracy-chart"),
  [
    { name: "training", colour: "--accent" },
    { name: "test", colour: "--warm", dashed: true },
  ],
  [0, 1],
);
const form = createForm($<HTMLFormElement>("settings"), settle);
const first = fromAddress(location.hash);
let settings = first.settings;

/** What is said of an address with settings that cannot be read. */
function complain(bad: readonly string[]): void {
  if (bad.length) alarm(`The address has settings that cannot be read: ${bad.join("; ")}.`);
}

/** Takes new settings: into the form, the address and the line above the form. */
function set(now: Settings): void {
  form.write(now);
  settle(now);
}

/** The same for settings that are the form's already. */
function settle(now: Settings): void {
  const rescaled = now.scale !== settings.scale;
  settings = now;
  const address = toAddress(now);
  if (address !== location.hash.slice(1)) history.replaceState(null, "", address ? `#${address}` : location.pathname);
  describe();
  if (rescaled && data && state === "ready") void open(() => request("open", [], "any", settings));
}

/** The line above the settings, and which preset they are. */
function describe(): void {
  const preset = presetOf(settings);
  for (const one of document.querySelectorAll<HTMLButtonElement>("[data-preset]")) {
    one.setAttribute("aria-pressed", String(one.dataset.preset === preset));
  }
  if (!data) return;
  const { features, classes } = data.train;
  const widths = [features, ...settings.layers, classes.length === 2 ? 1 : classes.length];
  const layers = widths.slice(1).map((units, l) => ({ inputs: widths[l]!, units, activation: settings.activation }));
  $("shape").textContent = `${widths.join("-")}: ${countParameters(layers).toLocaleString("en")} parameters`;
}

function alarm(message: string | null): void {
  $("alert").hidden = message === null;
  $("alert").textContent = message;
}

const busy = () => state === "training" || state === "paused" || state === "stopping";

function enter(next: typeof state): void {
  const focused = document.activeElement;
  state = next;
  button("train").disabled = data === null || state !== "ready";
  button("pause").disabled = !busy() || state === "stopping";
  button("pause").textContent = state === "paused" ? "Resume" : "Pause";
  button("stop").disabled = !busy() || state === "stopping";
  button("start-race").disabled = data === null || !(state === "ready" || state === "racing");
  button("start-race").textContent = state === "racing" ? "End the race" : "Start the race";
  button("save").disabled = network === null || busy();
  for (const id of ["svg", "csv"]) button(id).disabled = records.length === 0;
  // a keyboard is not left on a button that is out of use
  if (focused instanceof HTMLButtonElement && focused.disabled) homeless = true;
  refocus();
}

let homeless = false; // whether the focus was lost with a button

function refocus(): void {
  const next = button(busy() ? "pause" : "train");
  if (!homeless || next.disabled) return;
  next.focus({ preventScroll: true });
  homeless = false;
}

/** Runs a question whose failure is the person's to know; true when it went well. */
async function attempt(work: () => Promise<void>): Promise<boolean> {
  alarm(null);
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof WorkerError && error.code === "E_BUG") alarm(`This is a bug of the page: ${error.message}`);
    else alarm(error instanceof Error ? error.message : String(error));
    return false;
  }
}

let opening = Promise.resolve(); // one after the other, as each builds on the one before

function open(ask: () => Promise<DataSummary>): Promise<void> {
  if (state !== "ready" && state !== "loading") {
    alarm("Wait until the run has ended, or stop it, before you open data.");
    return Promise.resolve();
  }
  enter("loading");
  const mine = opening.then(async () => {
    if (await attempt(async () => showData(await ask()))) $("status").textContent = "Ready: press Train.";
    else if (!data) $("status").textContent = "No data: open a file.";
    if (opening === mine) enter("ready");
  });
  opening = mine;
  return mine;
}

function showData(now: DataSummary): void {
  data = now;
  clear();
  if (network) $("looks").replaceChildren(element("p", { className: "hint" }, "Train on these data to look inside."));
  $("sets").replaceChildren(
    setElement("Training set", now.train),
    now.test ? setElement("Test set", now.test) : element("p", { className: "hint" }, "No test set."),
  );
  describe();
}

/** Nothing is left of the run before, but the network. */
function clear(): void {
  records = [];
  costs.clear();
  accuracies.clear();
  $("costs").querySelector("tbody")!.replaceChildren();
  $("findings").replaceChildren();
  $("prediction").replaceChildren();
  $("why").textContent = "";
  $<HTMLProgressElement>("progress").value = 0;
  for (const id of ["n-cost", "n-train", "n-test", "n-speed", "n-flops", "n-how"]) $(id).textContent = "–";
  showVerdict([]);
}

async function train(): Promise<void> {
  const now = form.read();
  if (!now || state !== "ready") return;
  settle(now);
  run = now;
  speed = { iteration: 0, seconds: 0 };
  told = performance.now();
  homeless ||= $("findings").contains(document.activeElement);
  clear();
  $("status").textContent = "Training …";
  enter("training");
  // on a phone the curve lies below the settings
  if ($("training").getBoundingClientRect().top > 0.7 * innerHeight) $("training").scrollIntoView();
  const good = await attempt(async () => {
    const result = await request("train", now);
    if (result) finish(result);
    else $("status").textContent = "Stopped before the first iteration.";
  });
  if (!good) $("status").textContent = "Ready: press Train.";
  enter("ready");
}

function finish(result: TrainResult): void {
  network = result.network;
  const { train, test } = network;
  const ends = { user: "Stopped", "not-finite": "Ended by a number that is not finite", none: "Done" };
  const parts = [
    `${ends[result.stopped ?? "none"]} after ${result.iterations} iterations, ${result.seconds.toFixed(2)} s of computing`,
    train && `cost ${cost(train.cost)}`,
    train && `training accuracy ${percent(train.accuracy)} (${train.correct} of ${train.count})`,
    test && `test accuracy ${percent(test.accuracy)} (${test.correct} of ${test.count})`,
  ];
  $("status").textContent = `${parts.filter(Boolean).join(", ")}.`;
  if (train) {
    $("n-cost").textContent = cost(train.cost);
    $("n-train").textContent = percent(train.accuracy);
    costs.add(result.iterations, [train.cost, test?.cost ?? null]);
    accuracies.add(result.iterations, [train.accuracy, test?.accuracy ?? null]);
  }
  if (test) $("n-test").textContent = percent(test.accuracy);
  $<HTMLProgressElement>("progress").value = result.stopped ? result.iterations / run!.iterations : 1;
  $("findings").replaceChildren(...result.diagnoses.map((finding) => findingElement(finding, follow)));
  if (result.diagnoses.length === 0) {
    $("findings").append(element("p", { className: "hint" }, "Nothing is wrong with this run."));
  }
  showVerdict(result.diagnoses);
  look();
}

function look(): void {
  $("looks").replaceChildren(looksElement(network!));
  $("fingerprint").textContent = network!.fingerprint ? `SHA-256 of the weights: ${network!.fingerprint}` : "";
}

/** What is wrong, in the bar that is always seen: a way to the answers. */
function showVerdict([worst]: readonly Diagnosis[]): void {
  $("verdict").hidden = worst === undefined;
  if (worst)
    $("to-answers").textContent = `Something is wrong: ${worst.code.replaceAll("-", " ")}. See why, and what to do.`;
}

/** Follows a hint: its options become settings, and the training starts anew, ending the one that still runs. */
async function follow(change: Change): Promise<void> {
  if (busy()) halt();
  while (busy()) await new Promise((resolve) => setTimeout(resolve, 20));
  set({ ...settings, ...change });
  await opening; // a new scale reads the data anew
  await train();
}

function showStart(start: Events["start"]): void {
  const { threads, why, backend, firstLayer } = start;
  flops = start.flops;
  const gram = firstLayer === "gram";
  $("n-how").textContent = `${backend}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  const reasons = [
    why && `One thread: ${why}.`,
    gram &&
      "The first layer is trained through the products of the examples with one another (Gram form), which is less work here.",
  ];
  $("why").textContent = reasons.filter(Boolean).join(" ");
}

function addRecord(record: CostRecord): void {
  records.push(record);
  const { iteration, cost: value, accuracy, validation } = record;
  costs.add(iteration, [value, validation?.cost ?? null]);
  if (accuracy !== undefined) accuracies.add(iteration, [accuracy, validation?.accuracy ?? null]);
  const cells = [
    cost(value),
    percent(accuracy),
    validation ? cost(validation.cost) : "–",
    percent(validation?.accuracy),
  ];
  $("costs")
    .querySelector("tbody")!
    .append(
      element(
        "tr",
        {},
        element("th", { scope: "row" }, String(iteration)),
        ...cells.map((text) => element("td", {}, text)),
      ),
    );
  $("n-cost").textContent = cost(value);
  $("n-train").textContent = percent(accuracy);
  $("n-test").textContent = percent(validation?.accuracy);
  if (records.length === 1) enter(state);
}

function addProgress({ iteration, iterations, cost: value, seconds }: Progress): void {
  $<HTMLProgressElement>("progress").value = iteration / iterations;
  // a mini-batch's own cost is not one of the curve
  if (run!.batch === "full" && iteration > 0) {
    costs.add(iteration - 1, [value, null]);
    $("n-cost").textContent = cost(value);
  }
  if (state === "training" && performance.now() - told > TELL) {
    told = performance.now();
    $("status").textContent = `Training: ${Math.floor((100 * iteration) / iterations)} % done, cost ${cost(value)}.`;
  }
  const elapsed = seconds - speed.seconds;
  if (elapsed < 0.2 && iteration < iterations) return;
  const rate = (iteration - speed.iteration) / elapsed;
  if (Number.isFinite(rate) && rate > 0) {
    $("n-speed").textContent = grouped(rate);
    $("n-flops").textContent = grouped((rate * flops) / 1e9);
  }
  speed = { iteration, seconds };
}

function addFinding(finding: Diagnosis): void {
  if (!$("findings").hasChildNodes()) showVerdict([finding]);
  $("findings").append(findingElement(finding, follow));
}

function showRace({ wasm, js, ratio, sameBits }: RaceResult): void {
  $("bars").hidden = false;
  for (const [name, value] of [
    ["wasm", wasm],
    ["js", js],
  ] as const) {
    $<HTMLMeterElement>(`bar-${name}`).value = value / Math.max(wasm, js);
    $(`speed-${name}`).textContent = `${grouped(value)} iterations/s`;
  }
  $("ratio").textContent =
    `WebAssembly is ${ratio.toFixed(1)} times as fast; the weights are ${sameBits ? "the same bits" : "NOT the same bits: please report this"}.`;
}

async function filesOf(list: FileList): Promise<NamedFile[]> {
  return Promise.all(
    [...list].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
}

async function predict(file: NamedFile): Promise<void> {
  await attempt(async () => {
    const prediction = await request("predict", file);
    $("prediction").replaceChildren(predictionElement(prediction, network!));
  });
}

async function load(file: NamedFile): Promise<void> {
  if (busy()) return alarm("Wait until the training has ended, or stop it, before you load a model.");
  await attempt(async () => {
    network = await request("load", file);
    clear();
    look();
    const { layers, parameters, shape, classes, train: judged } = network;
    const told = `Loaded ${file.name}: ${layers.join("-")}, ${parameters.toLocaleString("en")} parameters.`;
    const takes = `It takes ${shape.join("×")} and tells ${classes.length} classes apart, so it cannot be judged on these data.`;
    $("status").textContent = data && !judged ? `${told} ${takes}` : told;
    enter(state);
  });
}

/** Files dropped on the page: models are loaded, pictures predicted, all else is data. */
async function take(list: FileList): Promise<void> {
  const files = await filesOf(list).catch(() => null);
  if (!files) return alarm("The files cannot be read; folders cannot be opened, drop files.");
  const picture = (_: NamedFile, i: number) => list[i]!.type.startsWith("image/");
  const models = files.filter(({ name }) => name.endsWith(".safetensors"));
  const pictures = files.filter(picture);
  const rest = files.filter((file) => !models.includes(file) && !pictures.includes(file));
  for (const model of models) await load(model);
  for (const photo of pictures) await predict(photo);
  if (rest.length) await open(() => request("open", rest, "any", settings));
}

function download(name: string, parts: BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

for (const one of document.querySelectorAll<HTMLButtonElement>("[data-preset]")) {
  one.onclick = () => set(PRESETS[one.dataset.preset!]!);
}
button("train").onclick = () => void train();
button("pause").onclick = () => {
  command(state === "paused" ? "resume" : "pause");
  enter(state === "paused" ? "training" : "paused");
  $("status").textContent = state === "paused" ? "Paused." : "Training …";
};
function halt(): void {
  command("stop");
  enter("stopping");
  $("status").textContent = "Stopping …";
}
button("stop").onclick = halt;
button("to-answers").onclick = () => {
  $("answers").scrollIntoView();
  $("answers-title").focus({ preventScroll: true });
};
button("embedded").onclick = () => void open(() => request("embedded", settings));
$<HTMLInputElement>("log").onchange = (event) => costs.setLogarithmic((event.target as HTMLInputElement).checked);
button("start-race").onclick = async () => {
  if (state === "racing") return command("stop");
  const now = form.read();
  if (!now) return;
  enter("racing");
  $("ratio").textContent = "Warming up …";
  const good = await attempt(async () => {
    const result = await request("race", now);
    if (result) showRace(result);
    else $("ratio").textContent = "Ended before the first lap.";
  });
  if (!good) $("ratio").textContent = "";
  enter("ready");
};
button("save").onclick = () =>
  void attempt(async () => download("model.safetensors", [await request("save")], "application/octet-stream"));
button("svg").onclick = () =>
  download("cost.svg", [costPlot(records, `Cost of ${network?.layers.join("-") ?? "the run"}`)], "image/svg+xml");
button("csv").onclick = () => {
  const lines = records.map(({ iteration, epoch, cost: value, accuracy, validation }) =>
    [iteration, epoch, value, accuracy ?? "", validation?.cost ?? "", validation?.accuracy ?? ""].join(","),
  );
  download(
    "costs.csv",
    [["iteration,epoch,cost,accuracy,test_cost,test_accuracy", ...lines, ""].join("\n")],
    "text/csv",
  );
};
button("link").onclick = async () => {
  await navigator.clipboard.writeText(location.href).then(
    () => {
      $("link").textContent = "copied";
      setTimeout(() => {
        $("link").textContent = "copy it as a link";
      }, 2000);
    },
    () => alarm(`Copy this address: ${location.href}`),
  );
};
const picked = (id: string, use: (files: NamedFile[]) => unknown) => {
  const input = $<HTMLInputElement>(id);
  input.onchange = async () => {
    if (input.files?.length) await use(await filesOf(input.files));
    input.value = ""; // the same file can be chosen again
  };
};
picked("open-train", (files) => open(() => request("open", files, "train", settings)));
picked("open-test", (files) => open(() => request("open", files, "test", settings)));
picked("photo", async (files) => predict(files[0]!));
picked("load", async (files) => load(files[0]!));

// what is scrolled to stops below the bar, however high it is
new ResizeObserver(([bar]) => {
  document.documentElement.style.scrollPaddingTop = `${bar!.borderBoxSize[0]!.blockSize + 8}px`;
}).observe(document.querySelector(".bar-top")!);
addEventListener("hashchange", () => {
  const { settings: now, bad } = fromAddress(location.hash);
  set(now);
  complain(bad);
});
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.body.classList.remove("dropping");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  if (event.dataTransfer?.files.length) void take(event.dataTransfer.files);
});

set(settings);
await open(() => request("embedded", settings));
complain(first.bad);
