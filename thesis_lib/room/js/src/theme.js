// Light or dark: as the room is told, as JupyterLab or Voila shows itself, or as the system likes it.

export function isDark(asked) {
  if (asked) return asked === "dark";
  const lab = document.body.dataset.jpThemeLight;
  if (lab) return lab === "false";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Call back whenever it may have changed; gives a function that ends this. */
export function watch(changed) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const page = new MutationObserver(changed);
  page.observe(document.body, { attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  system.addEventListener("change", changed);
  return () => {
    page.disconnect();
    system.removeEventListener("change", changed);
  };
}
