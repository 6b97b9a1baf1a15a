// What the colours of the map mean; a click on a name shows that one alone, another adds one.
import { make } from "./dom.js";

const number = (value) => Number(value.toPrecision(3)).toString();

export class Legend {
  constructor(view) {
    this.view = view;
    this.element = make("div", { class: "legend", role: "group", "aria-label": "What the colours mean" });
  }

  show(colouring) {
    this.chosen = this.view.codes ?? new Set();
    this.element.replaceChildren(...(colouring.kind === "names" ? this.names(colouring) : scaleOf(colouring)));
  }

  names({ legend, more }) {
    const chips = legend.map(({ code, name, colour, count }) => {
      const dot = make("span", { class: "dot", "aria-hidden": "true" });
      dot.style.background = colour;
      const chip = make("button", { type: "button", class: "chip", "aria-pressed": this.chosen.has(code), title: `Show ${name || "no label"} alone, or with others`,
        onclick: () => this.toggle(code, chip) }, dot, name || "no label", make("small", {}, ` ${count.toLocaleString("en")}`));
      return chip;
    });
    return [...chips, more ? make("small", {}, `and ${more} more`) : ""];
  }

  toggle(code, chip) {
    if (!this.chosen.delete(code)) this.chosen.add(code);
    chip.setAttribute("aria-pressed", this.chosen.has(code));
    this.view.only(this.chosen.size ? this.chosen : null);
  }
}

function scaleOf({ palette, low, high, words, unknown }) {
  const bar = make("span", { class: "scale", role: "img", "aria-label": `from ${number(low)} to ${number(high)}` });
  bar.style.background = `linear-gradient(to right, ${palette.slice(0, -1).filter((_, i) => i % 9 === 0).join(", ")})`;
  return [make("small", {}, `${words ? `${words[0]} ` : ""}${number(low)}`), bar, make("small", {}, `${number(high)}${words ? ` ${words[1]}` : ""}`), unknown ? make("small", {}, "· grey: not known") : ""];
}
