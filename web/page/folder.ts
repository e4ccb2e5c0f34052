// Pictures in folders that are open: their size, how many are held out, those that cannot be read. What is changed in it
// becomes a plan.

import type { FolderSummary, PicturePlan } from "../protocol.js";
import { element, note, scrolled, shareChoice } from "./elements.js";

const SIZES = ["16x16", "32x32", "64x64", "96x96", "128x128"];

/** What may be done with pictures that are open. */
export interface FolderUse {
  /** Is called with each new plan. */
  changed(plan: PicturePlan): void;
  /** Is called with a folder to test on. */
  test(files: FileList): void;
}

/** A folder's view. `show` tells what is made of it now. */
export function createFolderView({ changed, test }: FolderUse) {
  const size = element("input", { id: "size", spellcheck: false, autocomplete: "off" });
  const list = element("datalist", { id: "sizes" }, ...SIZES.map((one) => new Option(one, one)));
  size.setAttribute("list", list.id);
  const share = element("select", { id: "share" });
  const shares = element("label", {}, "Pictures held out to test on", share);
  const folder = element("input", { type: "file", id: "test-folder", webkitdirectory: true });
  const title = element("legend");
  const skip = element("input", { type: "checkbox", id: "skip-broken" });
  const broken = element("div", { className: "broken" });
  const read = (): PicturePlan => ({
    size: size.value.trim(),
    test: Number(share.value),
    skipBroken: skip.checked,
  });
  for (const control of [size, share, skip]) control.onchange = () => changed(read());
  folder.onchange = () => {
    if (folder.files?.length) test(folder.files);
    folder.value = "";
  };
  const whole = element(
    "fieldset",
    { id: "pictures" },
    title,
    element("div", { className: "choices" }, element("label", {}, "Brought to width × height", size, list), shares),
    element("div", { className: "controls" }, element("label", { className: "file" }, "Folder to test on … ", folder)),
    broken,
  );

  return {
    element: whole,
    show(now: FolderSummary): void {
      const { name, count, sizes, plan, tested } = now;
      title.textContent = `${name}: ${count} pictures, ${sizes}`;
      size.value = plan.size;
      share.replaceChildren(...shareChoice(plan.test));
      share.value = String(plan.test);
      shares.hidden = tested;
      skip.checked = plan.skipBroken;
      const focused = document.activeElement === skip; // which goes with its place
      broken.replaceChildren(...brokenElements(now, skip));
      if (focused) skip.focus({ preventScroll: true });
    },
  };
}

function brokenElements({ broken: { count, reasons } }: FolderSummary, skip: HTMLInputElement): Node[] {
  if (count === 0) return [];
  const what = count === 1 ? "1 picture cannot be read" : `${count} pictures cannot be read`;
  const more = count - reasons.length;
  return [
    element("p", {}, `${what}:`),
    scrolled(element("ul", {}, ...reasons.map((reason) => element("li", {}, reason))), what),
    ...(more > 0 ? [note(`… and ${more} more.`)] : []),
    element("label", { className: "inline" }, skip, count === 1 ? "Leave it out" : "Leave them out"),
  ];
}
