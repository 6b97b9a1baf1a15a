// A search box with what it finds below it: arrow keys go through it, Enter chooses.
import { make } from "./dom.js";

let boxes = 0;

export function searchBox(room) {
  const id = `room-found-${(boxes += 1)}`;
  const found = make("ul", { id, role: "listbox", "aria-label": "Found", hidden: true });
  const input = make("input", { type: "search", placeholder: `Search ${room.about.group}, class …`, role: "combobox",
    "aria-label": "Search sounds", "aria-expanded": "false", "aria-controls": id, autocomplete: "off" });
  let [hits, at] = [[], -1];

  const show = () => {
    found.hidden = !hits.length;
    input.setAttribute("aria-expanded", !found.hidden);
    found.replaceChildren(...hits.map((item, i) =>
      make("li", { role: "option", id: `${id}-${i}`, "aria-selected": i === at, onpointerdown: (event) => { event.preventDefault(); take(item); } },
        room.dot(item), make("b", {}, room.table.text("label", item) || "no label"), ` ${room.table.place(item)}`)));
    if (at >= 0) input.setAttribute("aria-activedescendant", `${id}-${at}`);
    else input.removeAttribute("aria-activedescendant");
  };
  const take = (item) => {
    [hits, at] = [[], -1];
    show();
    room.choose(item, true);
  };
  input.addEventListener("input", () => {
    hits = room.table.search(input.value);
    at = hits.length ? 0 : -1;
    show();
  });
  input.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && hits.length) at = (at + by + hits.length) % hits.length;
    else if (event.key === "Enter" && at >= 0) return take(hits[at]);
    else if (event.key === "Escape") [hits, at] = [[], -1];
    else return;
    event.preventDefault();
    show();
  });
  input.addEventListener("blur", () => { [hits, at] = [[], -1]; show(); });
  room.search = input;
  return make("div", { class: "search" }, input, found);
}
