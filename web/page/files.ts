// Files and folders that come in, chosen or dropped: data, tables, models, pictures.

import type { Task } from "../../src/index.js";
import type { Answers, NamedFile, NamedFolder, Opened, PicturePlan, Plan, Role } from "../protocol.js";
import { request } from "./client.js";
import { download } from "./downloads.js";
import { $, note } from "./elements.js";
import { createFolderView } from "./folder.js";
import { chosenFolder, droppedFolder, entriesOf } from "./folders.js";
import { followData } from "./form.js";
import { answersElement, predictionElement, setElement } from "./results.js";
import { clear, showNetwork, showScoreOf } from "./run.js";
import { alarm, attempt, enter, isIdle, page, refresh, setStatus, training } from "./state.js";
import { createTableView, type TableView } from "./table.js";

let opening = Promise.resolve(); // one after the other, as each builds on the one before

/** Opens what `read` opens. */
function open(read: () => Promise<void>): Promise<void> {
  if (!isIdle()) {
    alarm("Wait until the run has ended, or stop it, before you open data.");
    return Promise.resolve();
  }
  enter("loading");
  const mine = opening.then(async () => {
    if (!(await attempt(read)) && !page.data && !page.table && !page.folder) setStatus("No data: open a file.");
    if (opening === mine) enter("ready");
  });
  opening = mine;
  return mine;
}

export const openEmbedded = () => open(async () => showOpened(await request("embedded")));

const openFiles = (files: readonly NamedFile[], role: Role) =>
  open(async () => {
    const drawn = page.settings.seed;
    const before = $("status").textContent;
    setStatus(`Reading ${files.map(({ name }) => name).join(", ")} …`);
    const { opened, answers } = await request("open", files, role, drawn).catch((error) => {
      setStatus(before ?? "");
      throw error;
    });
    if (opened?.table) seed = drawn;
    if (opened) showOpened(opened);
    if (answers.length > 0) showAnswers(answers);
  });

const openFolder = (look: () => Promise<NamedFolder>, role: Role) =>
  open(async () => {
    const folder = await look();
    const drawn = page.settings.seed;
    const opened = await readFolder(folder.name, () => request("folder", folder, role, drawn));
    if (opened) showOpened(opened);
    if (opened) seed = drawn;
  });

function openChosen(files: FileList, role: Role): Promise<void> {
  const folder = chosenFolder(files); // now: the list is the input's
  return openFolder(async () => folder, role);
}

/** Makes something else of the pictures that are open. */
export async function replanFolder(plan: PicturePlan): Promise<void> {
  if (!isIdle()) return;
  await open(async () => {
    const { folder } = page;
    const drawn = page.settings.seed;
    const opened = await readFolder(folder!.name, () => request("pictures", plan, drawn)).catch((error) => {
      folderView.show(folder!); // as it was
      throw error;
    });
    if (!opened) return folderView.show(folder!);
    seed = drawn;
    forgetJudgements();
    showData(opened);
  });
}

// What comes of pictures that are read, which can be stopped.
async function readFolder(name: string, read: () => Promise<Opened | null>): Promise<Opened | null> {
  const before = $("status").textContent ?? "";
  setStatus(`Reading the pictures of ${name} …`);
  enter("reading");
  const opened = await read().catch((error) => {
    setStatus(before);
    throw error;
  });
  if (!opened) setStatus(page.data ? "Stopped reading; the data of before are still here." : "Stopped reading.");
  return opened;
}

let view: TableView | null = null; // of the table that is open
const folderView = createFolderView({
  changed: (plan) => void replanFolder(plan),
  test: (files) => void openChosen(files, "test"),
});
$("folder").append(folderView.element);

function showOpened(opened: Opened): void {
  const { table, folder } = opened;
  view = table && createTableView(table, (plan) => void planAnew(plan));
  $("table").hidden = table === null;
  $("table").replaceChildren(...(view ? [view.element] : []));
  $("folder").hidden = folder === null;
  showData(opened);
  const place = $(folder ? "folder" : "table");
  const { top } = place.getBoundingClientRect();
  if ((table || folder) && (top < 0 || top > 0.7 * innerHeight)) place.scrollIntoView();
}

function showData({ data, table, folder, task, problem }: Opened): void {
  page.data = data;
  page.task = task;
  page.table = table;
  page.folder = folder;
  clear();
  if (page.network) $("looks").replaceChildren(note("Train on these data to look inside."));
  if (table) view?.show(table.plan);
  if (folder) folderView.show(folder);
  $("labelled").hidden = task === null;
  if (task) $<HTMLSelectElement>("labels").value = task;
  view?.tell(data?.train ?? null);
  if (problem) alarm(problem);
  if (!data) {
    $("sets").replaceChildren();
    const what = folder ? "These pictures cannot be trained on" : "This table cannot be trained on as it is planned";
    setStatus(problem ? `${what}.` : "Choose the column to predict.");
    return;
  }
  const { train, test } = data;
  $("sets").replaceChildren(
    setElement("Training set", train, table !== null),
    test ? setElement("Test set", test, table !== null) : note("No test set."),
  );
  showScoreOf(train.classes === null);
  followData(data, table !== null || folder !== null || train.classes === null);
  setStatus("Ready: press Train.");
}

/** Reads the labels of the files that are open as classes or as numbers. */
export async function readLabelsAs(task: Task): Promise<void> {
  await open(async () => {
    const opened = await request("read", task).catch((error) => {
      $<HTMLSelectElement>("labels").value = page.task!; // as it was
      throw error;
    });
    forgetJudgements();
    showData(opened);
  });
}

let seed: number; // that drew the rows or pictures to test on

/** Draws the rows of a table, or the pictures, to test on, where another seed drew them. */
export async function drawAnew(now: number): Promise<void> {
  const { table, folder } = page;
  if (now === seed) return;
  if (table && table.plan.test > 0) await planAnew(table.plan);
  if (folder && folder.plan.test > 0 && !folder.tested) await replanFolder(folder.plan);
}

// A network of before is of another plan.
function forgetJudgements(): void {
  if (page.network) page.network = { ...page.network, train: null, test: null };
}

let wanted: Plan | null = null; // the last one, while another is looked at

/** Makes something else of the table that is open. */
export async function planAnew(plan: Plan): Promise<void> {
  if (!isIdle()) return;
  const waiting = wanted !== null;
  wanted = plan;
  if (waiting) return;
  await open(async () => {
    const now = wanted!;
    wanted = null;
    seed = page.settings.seed;
    const opened = await request("plan", now, seed);
    forgetJudgements();
    showData(opened);
  });
}

async function loadModel(file: NamedFile): Promise<void> {
  if (training()) return alarm("Wait until the training has ended, or stop it, before you load a model.");
  await attempt(async () => {
    const network = await request("load", file);
    page.network = network;
    page.drawn = false;
    clear();
    showNetwork(network);
    const { layers, parameters, shape, classes, columns, train } = network;
    const loaded = `Loaded ${file.name}: ${layers.join("-")}, ${parameters.toLocaleString("en")} parameters.`;
    const does = classes === null ? "predicts numbers" : `tells ${classes.length} classes apart`;
    const takes = columns
      ? `It predicts ${columns.targets.join(", ")} from ${columns.inputs.length} columns, and cannot be judged on these data.`
      : `It takes ${shape.join("×")} and ${does}, so it cannot be judged on these data.`;
    const next = "Train on goes on from its weights, Train begins with new ones.";
    setStatus([loaded, page.data && (train ? next : takes)].filter(Boolean).join(" "));
    refresh();
  });
}

async function predict(files: readonly NamedFile[]): Promise<void> {
  const place = $("prediction");
  place.replaceChildren();
  await attempt(async () => {
    for (const file of files) {
      const prediction = await request("predict", file);
      place.append(predictionElement(prediction, page.network!));
    }
  });
  if (page.drawn && place.hasChildNodes()) {
    place.append(note("It has seen nothing but the drawings above: for photos, train it on photos."));
  }
  place.scrollIntoView({ block: "nearest" });
}

function showAnswers(answers: readonly Answers[]): void {
  const place = $("answered");
  const elements = answers.map((one) => {
    const name = one.name.replace(/(\.(csv|tsv|txt|jsonl?|ndjson))?(\.(gz|zip))?$/i, "");
    return answersElement(one, () => download(`${name}-answers.csv`, one.csv, "text/csv"));
  });
  place.replaceChildren(...elements);
  setStatus(`Answered to ${answers.map(({ name, count }) => `${count} rows of ${name}`).join(", ")}.`);
  place.scrollIntoView();
}

const answer = (files: readonly NamedFile[]) =>
  attempt(async () => {
    const answers = [];
    for (const file of files) answers.push(await request("answer", file));
    showAnswers(answers);
  });

/** What is dropped on the page: models are loaded, pictures predicted, all else is data or rows to predict. */
async function take(dropped: DataTransfer): Promise<void> {
  const entries = entriesOf(dropped);
  if (entries) return openFolder(() => droppedFolder(entries), "any");
  const list = dropped.files;
  if (list.length === 0) return;
  const files = await filesOf(list).catch(() => null);
  if (!files) return alarm("The files cannot be read; drop them again.");
  const models = files.filter(({ name }) => name.endsWith(".safetensors"));
  const pictures = files.filter((_, i) => list[i]!.type.startsWith("image/"));
  const data = files.filter((file) => !models.includes(file) && !pictures.includes(file));
  for (const model of models) await loadModel(model);
  if (pictures.length) await predict(pictures);
  if (data.length) await openFiles(data, "any");
}

async function filesOf(list: FileList): Promise<NamedFile[]> {
  return Promise.all(
    [...list].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()), file })),
  );
}

/** Listens to the buttons that choose files, and to files dropped anywhere. */
export function listenToFiles(): void {
  const chosen = (id: string, use: (files: NamedFile[]) => Promise<unknown>) => {
    const input = $<HTMLInputElement>(id);
    input.onchange = async () => {
      if (input.files?.length) await use(await filesOf(input.files));
      input.value = ""; // the same file can be chosen again
    };
  };
  chosen("open-train", (files) => openFiles(files, "train"));
  chosen("open-test", (files) => openFiles(files, "test"));
  chosen("photo", predict);
  chosen("rows", answer);
  chosen("load", ([file]) => loadModel(file!));
  const folder = $<HTMLInputElement>("open-folder");
  folder.onchange = () => {
    if (folder.files?.length) void openChosen(folder.files, "train");
    folder.value = "";
  };
  $("embedded").onclick = openEmbedded;
  $("labels").onchange = ({ target }) => readLabelsAs((target as HTMLSelectElement).value as Task);

  const dropping = (on: boolean) => document.body.classList.toggle("dropping", on);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    dropping(true);
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) dropping(false);
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    dropping(false);
    if (event.dataTransfer) void take(event.dataTransfer);
  });
}
