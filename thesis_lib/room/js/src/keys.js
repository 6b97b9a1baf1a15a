// The keys, and the help that names them.
import { button, make } from "./dom.js";

export const KEYS = [
  ["Space", "play or pause", (room) => room.toggle()],
  ["ArrowDown", "next row", (room) => room.step(1)],
  ["ArrowUp", "row before", (room) => room.step(-1)],
  ["Enter", "neighbours of the sound that is played", (room) => room.chooseHeard()],
  ["b", "A/B: the chosen sound and the one heard last, in turn", (room) => room.otherOfTwo()],
  ["p", "play all rows in sequence", (room) => room.playList()],
  ["k", "keep the sound that is played", (room) => room.keepHeard()],
  ["l", "lasso on or off", (room) => room.toggleLasso()],
  ["f", "frequency axis and dB scale on or off", (room) => room.toggleAxes()],
  ["/", "search", (room) => room.search.focus()],
  ["Escape", "stop", (room) => room.player.stop()],
  ["?", "this help", (room) => room.toggleHelp()],
];

const SHOWN = { ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" };
const TYPED = "input, select, textarea";
const PRESSED = "button, summary, a";

/** Answer a key, unless it is one of a field, or presses a button; it never reaches the page. */
export function onKey(event, room) {
  event.stopPropagation();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches(TYPED) && event.key !== "Escape") return;
  const pressing = event.target.matches(PRESSED) && [" ", "Enter"].includes(event.key);
  const onMap = event.target.matches("canvas") && event.key.startsWith("Arrow");
  if (pressing || onMap) return;
  const name = event.key === " " ? "Space" : event.key;
  const found = KEYS.find(([key]) => key.toLowerCase() === name.toLowerCase());
  if (!found) return;
  event.preventDefault();
  found[2](room);
}

export function help(close) {
  const rows = KEYS.map(([key, words]) => make("tr", {}, make("th", { scope: "row" }, make("kbd", {}, SHOWN[key] ?? key)), make("td", {}, words)));
  return make("div", { class: "help", role: "dialog", "aria-label": "Help", hidden: true },
    make("p", {}, "Point at a dot to read what it is, click it to hear it and to see what is nearest. Drag moves the map; once it is clicked, the wheel zooms. Hold Shift and drag around dots to listen to all of them. What is near on the map need not be near in the space: the number in each row is the true distance."),
    make("table", {}, make("tbody", {}, ...rows)), button("Close", close));
}
