// Widgets on a page without a kernel: drawn from the state that the notebook holds. Nothing is
// fetched: ipywidgets and anywidget are all that is known here.
import { made } from "./define.js";
import "anywidget";
import * as base from "@jupyter-widgets/base";
import { HTMLManager } from "@jupyter-widgets/html-manager/lib/htmlmanager";
import { renderWidgets } from "@jupyter-widgets/html-manager/lib/libembed";

delete window.define;
const anywidget = made[0](base);

async function loader(name) {
  if (name === "anywidget") return anywidget;
  throw new Error(`This page has no widgets of ${name}.`);
}

document.addEventListener("DOMContentLoaded", () =>
  renderWidgets(() => new HTMLManager({ loader })),
);
