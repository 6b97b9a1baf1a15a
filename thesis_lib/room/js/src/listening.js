// The room: what is chosen, shown and played, and how its parts follow each other.
import { ChosenSound } from "./chosen.js";
import { levels } from "./colours.js";
import { make } from "./dom.js";
import { header } from "./header.js";
import * as kept from "./kept.js";
import { help, onKey } from "./keys.js";
import { Lists } from "./lists.js";
import { SoundMap } from "./map.js";
import { MapView } from "./mapview.js";
import { Player } from "./player.js";
import { sourceOf } from "./source.js";
import style from "./style.css";
import { Table } from "./table.js";
import { isDark, watch } from "./theme.js";

const SAID = 8000; // ms that a sentence stays
const FEW = 20000; // sounds: of more, distances of all are asked for only where they are drawn
const CLIP = -1; // the number that asks for the clip that was uploaded

export class Listening {
  constructor(model, el) {
    this.model = model;
    this.about = model.get("about");
    this.table = new Table(model.get("columns"));
    this.colours = model.get("colours");
    this.source = sourceOf(model, this.table);
    this.dark = isDark(model.get("theme"));
    this.lut = levels(this.dark);
    this.chosen = null;
    this.clip = null;
    this.all = null; // distances of all sounds to the chosen one
    this.other = null; // of A/B
    this.heard = { context: 0, channel: null, recorded: false };
    this.wanted = { k: model.get("k"), apart: ["group"], spread: false, label: null, within: null };
    this.player = new Player(this.source, () => this.options());
    this.build(el);
    this.follow();
    this.begin();
  }

  build(el) {
    this.map = new SoundMap(this.dark);
    this.view = new MapView(this);
    this.now = new ChosenSound(this);
    this.lists = new Lists(this);
    this.help = help(() => this.toggleHelp());
    this.status = make("div", { class: "status", role: "status", "aria-live": "polite" });
    this.element = make("div", { class: "listening-room", tabindex: -1, "data-lm-suppress-shortcuts": "true",
      role: "region", "aria-label": `Listening room: ${this.model.get("title")}` },
      make("style", {}, style), header(this),
      make("div", { class: "halves" },
        make("div", { class: "left" }, this.map.element, this.view.legend.element),
        make("div", { class: "right" }, this.now.element, this.lists.element)),
      this.status, this.help, this.player.audio);
    this.element.addEventListener("keydown", (event) => onKey(event, this));
    this.element.dataset.theme = this.dark ? "dark" : "light";
    el.append(this.element);
  }

  follow() {
    const { map, player, model } = this;
    map.addEventListener("over", ({ detail }) => map.name(detail, this.words(detail)));
    map.addEventListener("out", () => map.name(null));
    map.addEventListener("chosen", ({ detail }) => this.choose(detail, true));
    map.addEventListener("selected", ({ detail }) => this.select(detail));
    map.canvas.addEventListener("keydown", (event) => this.view.walk(event));
    player.addEventListener("progress", () => this.progress());
    player.addEventListener("change", () => this.changed());
    player.addEventListener("failed", ({ detail }) => this.say(detail.message));
    this.onKept = () => this.lists.keptChanged();
    this.onChosen = () => model.get("chosen") >= 0 && this.choose(model.get("chosen"));
    model.on("change:kept", this.onKept);
    model.on("change:chosen", this.onChosen);
    this.unwatch = watch(() => this.theme());
  }

  // The element has a size once the page has laid it out; JupyterLab does that a moment later.
  begin() {
    const seen = new ResizeObserver(() => {
      if (!this.map.element.clientWidth) return;
      seen.disconnect();
      this.map.begin(this.table.count);
      this.view.paint();
      this.element.dataset.ready = "true";
      this.onChosen();
    });
    seen.observe(this.map.element);
    this.seen = seen;
  }

  options() {
    return this.heard;
  }

  words(item) {
    const { table } = this;
    const far = this.all && Number.isFinite(this.all[item]) ? `distance ${this.all[item].toFixed(3)}` : null;
    return [table.text("label", item) || "no label", ...table.place(item).split(" · "), far].filter(Boolean);
  }

  dot(item) {
    const dot = make("span", { class: "dot", "aria-hidden": "true" });
    const code = this.table.label.codes[item];
    dot.style.background = code === this.table.label.blank ? "#949494" : this.colours[code];
    return dot;
  }

  /** Say something for some seconds, or until something else is said. */
  say(words, stays = false) {
    this.status.textContent = words;
    clearTimeout(this.saying);
    if (stays) return;
    this.saying = setTimeout(() => { this.status.textContent = ""; }, SAID);
  }

  // --- what is chosen ---

  /** Show a sound with its neighbours, and play it where that is asked for. */
  choose(item, play = false) {
    const other = item !== this.chosen || this.clip;
    if (other) {
      this.other = this.chosen;
      this.chosen = item;
      this.clip = null;
      this.now.show(item);
    }
    if (play) this.player.play(item);
    if (!other) return;
    this.ask();
    if (this.model.get("chosen") !== item) {
      this.model.set("chosen", item);
      this.model.save_changes();
    }
  }

  /** Ask for the neighbours again, as they are wanted now. */
  async ask() {
    if (this.chosen == null) return;
    const asked = (this.asked = {});
    const item = this.clip ? CLIP : this.chosen;
    this.all = null;
    try {
      const found = await this.source.near(item, { ...this.wanted, all: this.view.colour === "distance" || this.table.count <= FEW });
      if (asked !== this.asked) return;
      this.all = found.all;
      this.found = found;
      this.lists.showNear(found);
      this.map.mark(this.clip ? found.items : [item, ...found.items]);
      if (this.view.colour === "distance") this.view.paint();
    } catch (error) {
      if (asked === this.asked) this.lists.sorry(error.message);
    }
  }

  async upload(file) {
    this.say(`Listening to ${file.name} …`, true);
    try {
      this.clip = await this.source.upload(file);
      this.clip.name = file.name;
      this.chosen = CLIP;
      this.now.showClip(this.clip);
      this.say("");
      await this.ask();
    } catch (error) {
      this.say(error.message);
    }
  }

  want(changes) {
    Object.assign(this.wanted, changes);
    this.ask();
  }

  /** Hear seconds around each sound, or one channel: everything that is shown is read again. */
  hear(changes) {
    Object.assign(this.heard, changes);
    if (this.chosen != null && !this.clip) this.now.show(this.chosen);
    this.lists.again();
  }

  /** What the lasso caught: it becomes a list, and plays. */
  select(items) {
    this.lists.showSelection(items);
    this.map.mark(items);
    if (items.length) this.playList();
  }

  // --- what is played ---

  playRow(list, place) {
    const { player } = this;
    if (player.item === list[place] && player.sound && player.share > 0 && player.share < 1) player.toggle();
    else {
      if (list[place] !== this.chosen) this.other = list[place];
      player.play(list[place]);
    }
  }

  seekOrPlay(list, place, share) {
    if (this.player.item === list[place] && this.player.sound) this.player.seek(share);
    else this.playRow(list, place);
  }

  playList() {
    const items = this.lists.items;
    if (items.length) this.player.play(items);
  }

  step(by) {
    const { items } = this.lists;
    if (!items.length) return;
    const at = items.indexOf(this.player.item);
    const place = at < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + by));
    this.playRow(items, place);
    this.lists.reveal(place);
  }

  /** A/B: from the chosen sound to the other one and back. */
  otherOfTwo() {
    if (this.chosen == null) return;
    const atChosen = this.player.item === this.chosen || typeof this.player.item === "object";
    if (atChosen && this.other == null) this.other = this.lists.items[0] ?? null;
    if (atChosen && this.other != null) this.player.play(this.other);
    else this.now.play();
  }

  chooseHeard() {
    if (typeof this.player.item === "number") this.choose(this.player.item);
  }

  /** Play or pause; where nothing has been heard yet, the chosen sound. */
  toggle() {
    if (this.player.sound) this.player.toggle();
    else if (this.chosen != null) this.now.play();
  }

  /** Another sound is played, or it ended: the map shows which. */
  changed() {
    const { player } = this;
    const item = player.playing && typeof player.item === "number" ? player.item : null;
    this.map.ring(item);
    if (item != null && player.queue.length > 1) {
      this.say(`${player.at + 1} of ${player.queue.length}: ${this.words(item)[0]}, ${this.table.place(item)}`);
    }
    this.progress();
  }

  progress() {
    this.now.progress(this.player);
    this.lists.progress(this.player);
  }

  // --- the kept list ---

  get kept() {
    return this.model.get("kept");
  }

  setKept(list) {
    this.model.set("kept", list);
    this.model.save_changes();
  }

  keep(items) {
    const before = this.kept.length;
    this.setKept(kept.added(this.kept, items));
    this.say(`${this.kept.length - before} added to the kept list, which has ${this.kept.length}.`);
  }

  keepHeard() {
    const item = typeof this.player.item === "number" ? this.player.item : this.chosen;
    if (item != null && item >= 0) this.keep([item]);
  }

  // --- the page ---

  toggleLasso() {
    this.map.useLasso(!this.map.lasso);
    this.lassoButton.setAttribute("aria-pressed", this.map.lasso);
  }

  toggleAxes() {
    const on = this.element.classList.toggle("axes");
    this.axesButton.setAttribute("aria-pressed", on);
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    if (!this.help.hidden) this.help.querySelector("button").focus();
  }

  theme() {
    const dark = isDark(this.model.get("theme"));
    if (dark === this.dark) return;
    this.dark = dark;
    this.lut = levels(dark);
    this.element.dataset.theme = dark ? "dark" : "light";
    this.map.theme(dark);
    this.now.redraw();
    this.lists.redraw();
    this.view.paint();
  }

  close() {
    this.unwatch();
    clearTimeout(this.saying);
    this.seen.disconnect();
    this.model.off("change:kept", this.onKept);
    this.model.off("change:chosen", this.onChosen);
    this.player.close();
    this.map.close();
    this.source.close();
    this.element.remove();
  }
}
