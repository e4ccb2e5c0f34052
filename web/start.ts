// Runs before the page's module, on its own: what fails from here on, in whatever script, ends in a sentence.

{
  // charts and numbers ask Intl for the browser's language, which may be none that Intl knows ("c" under LANG=C)
  try {
    new Intl.NumberFormat(navigator.language);
  } catch {
    Object.defineProperty(navigator, "language", { value: "en" });
  }

  const say = (reason: string) => {
    const status = document.getElementById("status");
    const alert = document.getElementById("alert");
    if (!status || !alert) return;
    if (status.dataset.phase === "loading") status.textContent = "The page could not start.";
    alert.textContent = `This is a bug of the page: ${reason}. Please report it; reloading may help.`;
    alert.hidden = false;
  };
  addEventListener("unhandledrejection", ({ reason }) => say(String(reason?.message ?? reason)));
  // errors of elements do not bubble: a script that does not come is heard while it is captured
  addEventListener(
    "error",
    ({ target, message }) => {
      if (target instanceof HTMLScriptElement) say(`${target.src.split("/").pop()} did not come`);
      // a browser's remark on sizes that changed once more, which harms nothing
      else if (message && !message.startsWith("ResizeObserver loop")) say(message);
    },
    { capture: true },
  );
}
