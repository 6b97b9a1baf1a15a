// The upper edge: what is shown, the search, and what the map shows.
import { button, iconButton, labelled, make, select } from "./dom.js";
import { choices } from "./colouring.js";
import { searchBox } from "./search.js";
import { recordButton } from "./record.js";

const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

export function header(room) {
  const { about, model, table } = room;
  const counts = [plural(table.count, about.unit)];
  if (about.unit !== about.group && table.has("group")) counts.push(plural(table.group.names.length, about.group));
  if (table.has("label")) counts.push(`${table.label.names.filter((_, i) => i !== table.label.blank).length} classes`);
  if (about.note) counts.push(about.note);
  const maps = model.get("offered").map((name) => [name, name]);
  room.lassoButton = iconButton("lasso", "Lasso: draw around dots (L, or hold Shift)", () => room.toggleLasso(), { "aria-pressed": "false" });
  return make("header", {},
    make("div", { class: "title" }, make("h2", {}, model.get("title")), make("span", { class: "counts" }, counts.join(" · "))),
    make("div", { class: "tools" },
      searchBox(room),
      labelled("map", select("Map", maps, (name) => room.view.showMap(name), room.view.name)),
      labelled("colour", select("Colour", choices(table, about.group), (choice) => room.view.colourBy(choice), room.view.colour)),
      room.lassoButton, iconButton("whole", "The whole map", () => room.map.whole()),
      ...uploads(room),
      button("?", () => room.toggleHelp(), { class: "icon", title: "Help and keys", "aria-label": "Help and keys" })));
}

/** Where there is a network: a file of one's own, or the microphone. */
function uploads(room) {
  if (!room.model.get("can_upload") || !room.source.alive) return [];
  const file = make("input", { type: "file", accept: "audio/*,video/*", hidden: true, "aria-label": "A clip of your own",
    onchange: () => file.files[0] && room.upload(file.files[0]) });
  return [file, button("Your clip …", () => { file.value = ""; file.click(); }, { title: "A sound file of your own: what is nearest to it?" }), recordButton(room)];
}
