// Files that come in, chosen or dropped: data, models, pictures.

import type { DataSummary, NamedFile } from "../protocol.js";
import { request } from "./client.js";
import { $, note } from "./elements.js";
import { predictionElement, setElement } from "./results.js";
import { clear, showNetwork } from "./run.js";
import { alarm, attempt, enter, page, refresh, setStatus, training } from "./state.js";

let opening = Promise.resolve(); // one after the other, as each builds on the one before

/** Opens what `read` gives. */
function open(read: () => Promise<DataSummary>): Promise<void> {
  if (page.phase !== "ready" && page.phase !== "loading") {
    alarm("Wait until the run has ended, or stop it, before you open data.");
    return Promise.resolve();
  }
  enter("loading");
  const mine = opening.then(async () => {
    if (await attempt(async () => showData(await read()))) setStatus("Ready: press Train.");
    else if (!page.data) setStatus("No data: open a file.");
    if (opening === mine) enter("ready");
  });
  opening = mine;
  return mine;
}

export const openEmbedded = () => open(() => request("embedded"));

const openFiles = (files: readonly NamedFile[], role: "train" | "test" | "any") =>
  open(() => request("open", files, role));

function showData(data: DataSummary): void {
  page.data = data;
  clear();
  if (page.network) $("looks").replaceChildren(note("Train on these data to look inside."));
  const { train, test } = data;
  $("sets").replaceChildren(
    setElement("Training set", train),
    test ? setElement("Test set", test) : note("No test set."),
  );
}

async function loadModel(file: NamedFile): Promise<void> {
  if (training()) return alarm("Wait until the training has ended, or stop it, before you load a model.");
  await attempt(async () => {
    const network = await request("load", file);
    page.network = network;
    page.drawn = false;
    clear();
    showNetwork(network);
    const { layers, parameters, shape, classes, train } = network;
    const loaded = `Loaded ${file.name}: ${layers.join("-")}, ${parameters.toLocaleString("en")} parameters.`;
    const takes = `It takes ${shape.join("×")} and tells ${classes.length} classes apart, so it cannot be judged on these data.`;
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

/** Files dropped on the page: models are loaded, pictures predicted, all else is data. */
async function take(list: FileList): Promise<void> {
  const files = await filesOf(list).catch(() => null);
  if (!files) return alarm("The files cannot be read; folders cannot be opened, drop files.");
  const models = files.filter(({ name }) => name.endsWith(".safetensors"));
  const pictures = files.filter((_, i) => list[i]!.type.startsWith("image/"));
  const data = files.filter((file) => !models.includes(file) && !pictures.includes(file));
  for (const model of models) await loadModel(model);
  if (pictures.length) await predict(pictures);
  if (data.length) await openFiles(data, "any");
}

async function filesOf(list: FileList): Promise<NamedFile[]> {
  return Promise.all(
    [...list].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
}

/** Listens to the buttons that choose files, and to files dropped anywhere. */
export function listenToFiles(): void {
  const chosen = (id: string, use: (files: NamedFile[]) => Promise<void>) => {
    const input = $<HTMLInputElement>(id);
    input.onchange = async () => {
      if (input.files?.length) await use(await filesOf(input.files));
      input.value = ""; // the same file can be chosen again
    };
  };
  chosen("open-train", (files) => openFiles(files, "train"));
  chosen("open-test", (files) => openFiles(files, "test"));
  chosen("photo", predict);
  chosen("load", ([file]) => loadModel(file!));
  $("embedded").onclick = openEmbedded;

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
    if (event.dataTransfer?.files.length) void take(event.dataTransfer.files);
  });
}
