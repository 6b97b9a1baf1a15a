// The lists beside the map: neighbours, what the lasso selected, and what is kept.
import { button, checkbox, labelled, make, select } from "./dom.js";
import * as kept from "./kept.js";
import { Row } from "./row.js";
import { within } from "./within.js";

const AHEAD = 2; // rows that load at a time
const MOST = 60; // rows of a selection; the rest is played all the same
const COUNTS = [5, 10, 20, 50].map((count) => [count, `${count}`]);
const NAMES = { near: "Neighbours", selection: "Selection", kept: "Kept" };

export class Lists {
  constructor(room) {
    this.room = room;
    this.shown = "near";
    this.own = { near: [], selection: [] };
    this.distances = [];
    this.rows = [];
    this.tabs = Object.fromEntries(Object.entries(NAMES).map(([name, words]) =>
      [name, make("button", { type: "button", role: "tab", "aria-selected": name === "near", onclick: () => this.show(name) }, words)]));
    this.controls = make("div", { class: "controls" });
    this.list = make("ol", { class: "rows", "aria-label": "Sounds" });
    this.element = make("section", { class: "lists" },
      make("div", { class: "tabs", role: "tablist", "aria-label": "Lists" }, ...Object.values(this.tabs)), this.controls, this.list);
    this.wanted = this.nearControls();
    this.fill();
  }

  get items() {
    return this.shown === "kept" ? this.room.kept : this.own[this.shown];
  }

  show(name) {
    this.shown = name;
    for (const [own, tab] of Object.entries(this.tabs)) tab.setAttribute("aria-selected", own === name);
    this.fill();
  }

  showNear({ items, distances }) {
    this.own.near = items;
    this.distances = distances;
    this.show("near");
  }

  showSelection(items) {
    this.own.selection = items;
    this.show("selection");
  }

  keptChanged() {
    this.count();
    if (this.shown === "kept") this.fill();
  }

  count() {
    const counts = { near: this.own.near.length, selection: this.own.selection.length, kept: this.room.kept.length };
    for (const [name, tab] of Object.entries(this.tabs)) tab.textContent = counts[name] ? `${NAMES[name]} (${counts[name]})` : NAMES[name];
  }

  again() {
    this.fill();
  }

  fill() {
    this.count();
    const { items, shown } = this;
    this.controls.replaceChildren(...this.controlsOf(items));
    this.rows = items.slice(0, MOST).map((_, place) => new Row(this.room, items, place, {
      distance: this.distanceOf(place), actions: this.actions(shown),
    }));
    const more = items.length > MOST ? make("li", { class: "hint" }, `and ${items.length - MOST} more`) : "";
    const empty = items.length ? "" : make("li", { class: "hint" }, EMPTY[shown === "near" && this.room.chosen != null ? "none" : shown]);
    this.list.replaceChildren(...this.rows.map((row) => row.element), more, empty);
    this.progress(this.room.player);
    this.loading = this.rows.slice();
    for (let at = 0; at < AHEAD; at += 1) this.load(this.loading);
  }

  /** Load rows from the top, few at a time: what is clicked meanwhile is answered before them. */
  async load(loading) {
    while (loading === this.loading && loading.length) await loading.shift().load();
  }

  distanceOf(place) {
    const { room, shown } = this;
    if (shown === "near") return this.distances[place];
    const far = room.all?.[this.items[place]];
    return Number.isFinite(far) ? far : null;
  }

  actions(shown) {
    const { room } = this;
    const near = ["near", "Neighbours of", (item) => room.choose(item, true)];
    if (shown !== "kept") return [near, ["keep", "Keep", (item) => room.keep([item])]];
    return [near,
      ["up", "Move up", (_, place) => room.setKept(kept.moved(room.kept, place, -1))],
      ["down", "Move down", (_, place) => room.setKept(kept.moved(room.kept, place, 1))],
      ["remove", "Remove", (_, place) => room.setKept(kept.removed(room.kept, place))]];
  }

  controlsOf(items) {
    const { room, shown } = this;
    const made = shown === "near" ? [...this.wanted] : [];
    if (items.length) made.push(button("Play all", () => room.playList(), { class: "main", title: "All in sequence (P)" }));
    if (items.length && shown !== "kept") made.push(button("Keep all", () => room.keep(items)));
    if (items.length && shown === "kept") made.push(button("Clear", () => room.setKept([])));
    return made;
  }

  /** How neighbours are chosen; without a kernel only what a made list can answer. */
  nearControls() {
    const { room } = this;
    const { table, wanted, source, about } = room;
    const classes = [["", "any class"], ...table.label.names.map((name, code) => [code, name || "no label"])];
    const made = [labelled("nearest", select("How many neighbours", COUNTS, (value) => room.want({ k: Number(value) }), wanted.k))];
    if (table.has("label")) made.push(select("Neighbours of class", classes, (value) => room.want({ label: value === "" ? null : Number(value) }), ""));
    const apart = [["group", `other ${about.group}s`], ["recording", "other files"], ["moment", "other moments"], ["node", "other nodes"]];
    if (source.alive) {
      for (const [name, words] of apart) {
        if (!table.has(name) || (name === "recording" && about.group === "recording")) continue;
        const changed = (on) => room.want({ apart: on ? [...wanted.apart, name] : wanted.apart.filter((one) => one !== name) });
        made.push(checkbox(words, wanted.apart.includes(name), changed, `Leave out what shares its ${name === "group" ? about.group : name}`));
      }
    }
    made.push(checkbox(`one a ${about.group}`, wanted.spread, (on) => room.want({ spread: on }), `No two of one ${about.group}`));
    if (source.alive && Object.keys(table.numbers).length) made.push(within(room));
    return made;
  }

  progress(player) {
    for (const row of this.rows) row.progress(player.item, player.heard, player.playing);
  }

  reveal(place) {
    this.rows[place]?.element.scrollIntoView({ block: "nearest" });
  }

  redraw() {
    for (const row of this.rows) row.picture.redraw();
  }

  sorry(message) {
    this.own.near = [];
    this.show("near");
    this.list.replaceChildren(make("li", { class: "hint" }, message));
  }
}

const EMPTY = {
  near: "No sound is chosen yet.",
  none: "No sound qualifies: untick a box above, or choose another class.",
  selection: "Nothing is selected: hold Shift and drag around dots of the map, or press L.",
  kept: "Nothing is kept yet: + beside a sound puts it here.",
};
