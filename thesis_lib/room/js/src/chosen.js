// The chosen sound: large, with axes on demand, with what can be heard around it and beside it.
import { button, checkbox, iconButton, labelled, make, playing, select } from "./dom.js";
import { Picture, frequencyAxis, levelScale, ownPart, timeAxis } from "./picture.js";

const CONTEXT = [[0, "none"], [2, "2 s"], [5, "5 s"], [10, "10 s"]];

export class ChosenSound {
  constructor(room) {
    this.room = room;
    this.element = make("section", { class: "chosen", "aria-label": "Chosen sound" },
      make("p", { class: "hint" }, "Click a dot, or search: you hear the sound, and see below what is nearest to it."));
  }

  show(item) {
    const { room } = this;
    const { table } = room;
    this.item = item;
    const name = `${table.text("label", item) || "no label"}, ${table.place(item)}`;
    this.frame(name, room.dot(item), table.text("label", item) || "no label", table.place(item),
      [iconButton("keep", `Keep ${name} (K)`, () => room.keep([item]))]);
    this.load(item);
  }

  showClip(clip) {
    this.item = { sound: clip };
    this.frame(clip.name, "", "your clip", clip.name, []);
    this.fill(clip);
    this.play();
  }

  frame(name, dot, title, place, actions) {
    const { room } = this;
    this.playButton = iconButton("play", `Play ${name}`, () => this.toggle());
    this.picture = new Picture(() => room.lut, name, (share) => this.seek(share));
    this.times = make("div", { class: "times" });
    this.decibels = make("div", { class: "level-scale" });
    this.more = make("div", { class: "more" });
    room.axesButton = button("dB · Hz", () => room.toggleAxes(), { class: "small", title: "Frequency axis and dB scale (F)",
      "aria-pressed": room.element?.classList.contains("axes") ?? false });
    this.element.replaceChildren(
      make("div", { class: "heading" }, this.playButton, make("div", { class: "said" }, make("div", { class: "class" }, dot, title), make("div", { class: "place", title: place }, place)),
        make("div", { class: "actions" }, room.axesButton, ...actions)),
      make("div", { class: "large" }, frequencyAxis(room.model.get("picture").hertz), this.picture.element, this.times),
      this.decibels, this.more);
  }

  async load(item) {
    const asked = (this.asked = {});
    try {
      const sound = await this.room.source.sound(item, { ...this.room.options(), large: true });
      if (asked === this.asked) this.fill(sound);
    } catch (error) {
      if (asked !== this.asked) return;
      this.playButton.disabled = true;
      this.picture.element.replaceChildren(make("span", { class: "sorry" }, error.message));
    }
  }

  fill(sound) {
    this.picture.draw(sound.picture);
    if (typeof this.item === "number") this.picture.bound(ownPart(this.room.table, this.item, sound));
    this.times.replaceChildren(timeAxis(sound.start, sound.duration));
    this.decibels.replaceChildren(this.scale());
    if (this.room.source.alive && typeof this.item === "number") this.more.replaceChildren(...this.choices(sound));
    else this.more.replaceChildren(...this.nodes());
  }

  choices(sound) {
    const { room } = this;
    const around = select("Seconds around each sound", CONTEXT, (value) => room.hear({ context: Number(value) }), room.heard.context);
    const recorded = checkbox("as loud as recorded", room.heard.recorded, (on) => room.hear({ recorded: on }), "Else quiet sounds are raised, by 20 dB at most");
    const made = [labelled("around", around), recorded];
    if (sound.channels > 1) {
      const each = Array.from({ length: sound.channels }, (_, i) => [i, `${i + 1}`]);
      const heard = (value) => room.hear({ channel: value === "" ? null : Number(value) });
      made.push(labelled("channel", select("Channel", [["", "as embedded"], [-1, "all"], ...each], heard, room.heard.channel ?? "")));
    }
    return [...made, ...this.nodes()];
  }

  /** The same moment as other nodes heard it. */
  nodes() {
    if (typeof this.item !== "number") return [];
    const { room, item } = this;
    const same = room.table.moments(item);
    if (same.length < 2) return [];
    const each = same.map((other) => {
      const node = room.table.text("node", other);
      return button(node, () => room.choose(other, true), { class: "small", "aria-pressed": other === item, title: `The same moment at node ${node}` });
    });
    return [make("div", { class: "field", role: "group", "aria-label": "The same moment at each node" }, make("span", {}, "node"), ...each)];
  }


  play() {
    this.room.player.play([this.item]);
  }

  toggle() {
    const { player } = this.room;
    if (this.isHeard(player) && player.share > 0 && player.share < 1) player.toggle();
    else this.play();
  }

  seek(share) {
    if (this.isHeard(this.room.player)) this.room.player.seek(share);
    else this.play();
  }

  isHeard(player) {
    return this.item != null && player.item === this.item;
  }

  progress(player) {
    if (!this.picture) return;
    const own = this.isHeard(player);
    this.picture.point(own ? player.heard : null);
    playing(this.playButton, own && player.playing);
  }

  scale() {
    return levelScale(this.room.lut, this.room.model.get("picture").levels);
  }

  redraw() {
    this.picture?.redraw();
    this.decibels?.replaceChildren(this.scale());
  }
}
