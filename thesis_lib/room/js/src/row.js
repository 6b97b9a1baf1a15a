// A sound as a row: play button, picture, class, song, place and distance, and what can be done.
import { iconButton, make, playing as show } from "./dom.js";
import { Picture, ownPart } from "./picture.js";

/**
 * room: the `Listening` that owns all; item: a number; about: {distance, rank};
 * actions: [[icon, words, function], ...].
 */
export class Row {
  constructor(room, list, place, { distance = null, actions = [] } = {}) {
    this.room = room;
    this.item = list[place];
    const { table } = room;
    const { item } = this;
    const name = `${table.text("label", item) || "no label"}, ${table.place(item)}`;
    this.play = iconButton("play", `Play ${name}`, () => room.playRow(list, place));
    this.picture = new Picture(() => room.lut, name, (share) => room.seekOrPlay(list, place, share));
    this.said = make("div", { class: "said" },
      make("div", { class: "class" }, room.dot(item), table.text("label", item) || "no label",
        distance == null ? null : make("span", { class: "distance", title: "Distance in the embedding space" }, distance.toFixed(3))),
      make("div", { class: "place", title: table.place(item) }, table.place(item)));
    this.element = make("li", { class: "row", "data-item": item }, this.play, this.picture.element, this.said,
      make("div", { class: "actions" }, ...actions.map(([icon, words, act]) => iconButton(icon, `${words}: ${name}`, () => act(item, place)))));
  }

  async load() {
    try {
      const sound = await this.room.source.sound(this.item, this.room.options());
      this.picture.draw(sound.picture);
      this.picture.bound(ownPart(this.room.table, this.item, sound));
    } catch (error) {
      this.sorry(error.message);
    }
  }

  /** What is wrong with this sound, instead of its picture; all other rows go on. */
  sorry(message) {
    this.play.disabled = true;
    this.element.classList.add("missing");
    this.picture.element.replaceChildren(make("span", { class: "sorry", title: message }, message));
  }

  progress(item, share, playing) {
    const own = item === this.item;
    this.element.classList.toggle("playing", own && playing);
    show(this.play, own && playing);
    this.picture.point(own && share != null ? share : null);
  }
}
