// A filter of neighbours by a column of numbers, such as BPM: from and to.
import { make, select } from "./dom.js";

export function within(room) {
  const names = Object.keys(room.table.numbers);
  const bound = (words) => make("input", { type: "number", step: "any", placeholder: words, "aria-label": `Neighbours ${words} this number`, onchange: () => ask() });
  const [low, high] = [bound("from"), bound("to")];
  let name = "";
  const ask = () => {
    const any = !name || (low.value === "" && high.value === "");
    const bounds = [low.value === "" ? -1e30 : Number(low.value), high.value === "" ? 1e30 : Number(high.value)];
    room.want({ within: any ? null : [name, ...bounds] });
  };
  const column = select("Neighbours by a number", [["", "any number"], ...names.map((one) => [one, one])], (value) => { name = value; ask(); }, "");
  return make("span", { class: "within" }, column, low, high);
}
