// The page: puts its parts together and opens the first data. What there is to see and to press is in page/, what a setting
// is in settings.ts; all computing is the worker's.

import { listen } from "./page/client.js";
import { listenToDoctor, showTrying } from "./page/doctor.js";
import { listenToDownloads } from "./page/downloads.js";
import { $ } from "./page/elements.js";
import { listenToFiles, openEmbedded } from "./page/files.js";
import { listenToSettings, setFromAddress } from "./page/form.js";
import { offer } from "./page/offer.js";
import { listenToRace, showRace } from "./page/race.js";
import { costs, showCost, showDone, showFinding, showJudging, showProgress, showStart, showTrial } from "./page/run.js";
import { alarm } from "./page/state.js";
import { listenToTrace } from "./page/trace.js";
import { follow, listenToTraining } from "./page/training.js";

listen({
  done: showDone,
  trial: showTrial,
  trying: showTrying,
  start: showStart,
  cost: showCost,
  progress: showProgress,
  diagnosis: (finding) => showFinding(finding, follow),
  judging: showJudging,
  race: showRace,
});
listenToSettings();
listenToFiles();
listenToTraining();
listenToDoctor();
listenToRace();
listenToDownloads();
listenToTrace();
$<HTMLInputElement>("log").onchange = ({ target }) => costs.setLogarithmic((target as HTMLInputElement).checked);
// what is scrolled to stops below the bar, however high it is
new ResizeObserver(([bar]) => {
  document.documentElement.style.scrollPaddingTop = `${bar!.borderBoxSize[0]!.blockSize + 8}px`;
}).observe(document.querySelector(".bar-top")!);

const complaint = setFromAddress();
await openEmbedded();
if (complaint) alarm(complaint);
void offer();
